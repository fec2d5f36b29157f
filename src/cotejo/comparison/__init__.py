"""A comparison in Python, and in a notebook: trained by one call, looked at as tables and figures.

It is a study like any other, in a folder like any other's, for reports and checks. The command line
can go on with it, except where a network could not be written down as a file.
"""

from cotejo.comparison.comparing import compare
from cotejo.comparison.comparison import Comparison

__all__ = ["Comparison", "compare"]
