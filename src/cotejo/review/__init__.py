"""The review of a Keras notebook, read without running it: what its evidence is worth.

``notebook`` reads the file and ``source`` parses its cells; ``following`` follows the names from
cell to cell (``machine``, ``statements``, ``expressions``, ``calls``, with what libraries and
methods do in ``libraries``, ``methods``, ``trainings`` and ``from_data``) and leaves a record of
what happens, ``trace``. ``checks`` reads the findings off that record, and off the conclusions
that ``claims`` finds in the text. ``alternatives``, ``networks`` and ``study_file`` make a study of
what could be read.

What can't be followed is unknown, and nothing is found about it.
"""

from __future__ import annotations

from cotejo.review.finding import Weakness
from cotejo.review.reviewing import Review, review

__all__ = ["Review", "Weakness", "review"]
