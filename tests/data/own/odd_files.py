"""All kinds of odd files: those that are read, and those that are left out."""

from __future__ import annotations

import odd_forms
import odd_left_out
import odd_modes
from odd_making import LEFT_OUT, READ

__all__ = ["LEFT_OUT", "READ", "odd_forms", "odd_left_out", "odd_modes"]
