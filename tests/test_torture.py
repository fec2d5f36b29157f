"""A short version of `torture.py`: three processes of a study are ended, and all is as it was."""

from __future__ import annotations

from dataclasses import replace

import torture
import tortured


def test_a_study_that_is_killed_comes_to_the_same(tmp_path):
    features = tortured.CASES["features"]
    few = {**features.study, "alternative": features.study["alternative"][2:3]}
    count = torture.torture(3, 1, tmp_path, cases={"few": replace(features, study=few)})
    assert count.kills == 3
    assert count.runs >= 1
