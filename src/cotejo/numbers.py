"""Numbers, durations and dates, written as readers of each language expect them."""

from __future__ import annotations

from datetime import datetime
from math import isfinite, isinf, isnan

__all__ = ["MINUS", "NOT_A_NUMBER", "NO_BREAK", "Numbers"]

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOT_A_NUMBER = "–"
"""What is shown instead of a missing number, as in the cells of a table."""

# Beyond this, digits are not useful, and Babel's decimals of 28 digits may not be enough.
_LARGEST = 1e15
_PERCENT_DECIMALS = 1
"""The decimals of a percentage that is given no other number of them."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_GROUPED_FROM = {"es": 10_000}


class Numbers:
    """Formats numbers for one language, by the rules of CLDR.

    Args:
        language: ``"en"`` or ``"es"``.

    Example:
        >>> english, spanish = Numbers("en"), Numbers("es")
        >>> english.percent(0.6972), spanish.integer(1707274), spanish.decimal(0.25, 2)
        ('69.7%', '1.707.274', '0,25')
        >>> english.decimal(0.123, 1), english.shortest(0.001)
        ('0.1', '0.001')
        >>> english.decimal(1e25, 3), english.percent(float("nan"))
        ('1.00×10²⁵', '–')
    """

    def __init__(self, language: str) -> None:
        from babel import Locale

        self.language = language
        self._locale = Locale.parse(language)

    def integer(self, value: float) -> str:
        """Return a whole number with its thousands grouped."""
        return self._decimal(round(value) if isfinite(value) else value, "#,##0")

    def decimal(self, value: float, decimals: int) -> str:
        """Return a number with exactly ``decimals`` decimals."""
        return self._decimal(value, "#,##0." + "0" * decimals if decimals else "#,##0")

    def shortest(self, value: float, decimals: int = 6) -> str:
        """Return a number with no more decimals than it needs, as for settings and axis ticks."""
        return self._decimal(value, "#,##0." + "#" * decimals)

    def percent(self, value: float, decimals: int = _PERCENT_DECIMALS) -> str:
        """Return a fraction as a percentage, written as in the language."""
        from babel.numbers import format_percent

        if not abs(value) < _LARGEST:
            return self._without_digits(100 * value, "%")
        pattern = self._locale.percent_formats[None].pattern
        places = "0." + "0" * decimals if decimals else "0"
        text: str = format_percent(value, pattern.replace("0", places), locale=self._locale)
        return text.replace("-", MINUS)

    def points(self, value: float, decimals: int = _PERCENT_DECIMALS) -> str:
        """Return a fraction in percentage points, without the unit."""
        return self.decimal(100 * value, decimals)

    def difference(self, difference: float) -> str:
        """Return a difference of two fractions in percentage points, without the unit.

        It has one decimal more than the percentages have. A reader who subtracts the rounded
        percentages gets what a last decimal less would contradict.

        Example:
            >>> english = Numbers("en")
            >>> english.percent(0.36952), english.percent(0.36048), english.difference(0.00904)
            ('37.0%', '36.0%', '0.90')
        """
        return self.points(difference, _PERCENT_DECIMALS + 1)

    def difference_interval(self, low: float, high: float) -> str:
        """Return an interval of differences as `difference` writes them."""
        return self._between(self.difference(low), self.difference(high))

    def interval(self, low: float, high: float) -> str:
        """Return an interval of fractions as percentages."""
        return self._between(self.percent(low), self.percent(high))

    def decimal_interval(self, low: float, high: float, decimals: int) -> str:
        """Return an interval of plain numbers, both with exactly ``decimals`` decimals."""
        return self._between(self.decimal(low, decimals), self.decimal(high, decimals))

    def duration(self, seconds: float) -> str:
        """Return a duration in the two largest units that it reaches: ``4 min 5 s``."""
        if not abs(seconds) < _LARGEST:
            return self._without_digits(seconds, "s")
        if seconds < 0:
            return MINUS + self.duration(-seconds)
        whole = round(seconds)
        if whole < 10:
            return f"{self.decimal(seconds, 1)}{NO_BREAK}s"
        hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
        if hours:
            return f"{self.integer(hours)}{NO_BREAK}h {minutes}{NO_BREAK}min"
        if minutes:
            return f"{minutes}{NO_BREAK}min {rest}{NO_BREAK}s"
        return f"{rest}{NO_BREAK}s"

    def day(self, moment: str) -> str:
        """Return an ISO date and time as a long date."""
        from babel.dates import format_date

        day: str = format_date(datetime.fromisoformat(moment), "long", locale=self._locale)
        return day

    def moment(self, moment: str) -> str:
        """Return an ISO date and time as a long date and a time of day, in its own time zone."""
        from babel.dates import format_time

        when = datetime.fromisoformat(moment)
        zone = " UTC" if when.utcoffset() is not None and not when.utcoffset() else ""
        return f"{self.day(moment)}, {format_time(when, 'HH:mm', locale=self._locale)}{zone}"

    def _between(self, low: str, high: str) -> str:
        # In languages with a decimal comma, a semicolon separates the bounds.
        separator = "; " if self._decimal(0.5, "0.0") == "0,5" else ", "
        return f"[{low}{separator}{high}]".replace(" ", NO_BREAK)

    def _decimal(self, value: float, pattern: str) -> str:
        from babel.numbers import format_decimal

        if not abs(value) < _LARGEST:
            return self._without_digits(value)
        # CLDR's minimumGroupingDigits, which Babel ignores: in Spanish, 4000 but 40.000.
        if abs(value) < _GROUPED_FROM.get(self.language, 0):
            pattern = pattern.replace("#,##0", "0")
        text: str = format_decimal(value, pattern, locale=self._locale)
        # A tiny negative number rounds to "-0".
        if text.startswith("-") and not any(digit in text for digit in "123456789"):
            text = text[1:]
        return text.replace("-", MINUS)

    def _without_digits(self, value: float, unit: str = "") -> str:
        """Return what is not written in plain digits: NaN, infinity, or a power of ten."""
        after = NO_BREAK + unit if unit else ""
        if isnan(value):
            return NOT_A_NUMBER
        sign = MINUS if value < 0 else ""
        if isinf(value):
            return f"{sign}∞{after}"
        mantissa, _, exponent = f"{abs(value):.2e}".partition("e")
        power = str(int(exponent)).translate(_SUPERSCRIPTS)
        return f"{sign}{self._decimal(float(mantissa), '0.00')}×10{power}{after}"
