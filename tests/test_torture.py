"""A short version of `torture.py`: three processes of a study are ended, and all is as it was."""

from __future__ import annotations

import torture


def test_a_study_that_is_killed_comes_to_the_same(tmp_path):
    features = torture.STUDIES["features"]
    few = {**features, "alternative": features["alternative"][2:3]}
    count = torture.torture(3, seed=1, place=tmp_path, studies={"few": few})
    assert count.kills == 3
    assert count.runs >= 1
