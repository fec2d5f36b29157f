"""A comparison in Python, and in a notebook: trained by one call, looked at as tables and figures.

It is a study like any other, in a folder like any other's; a report, a check, or the command line
goes on from there.
"""

from cotejo.comparison.comparing import compare
from cotejo.comparison.comparison import Comparison

__all__ = ["Comparison", "compare"]
