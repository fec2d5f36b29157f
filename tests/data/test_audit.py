"""The audit finds copies that were planted, and what is poor, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from photographs import CHANGED, cut, dataset_of, scenes

from cotejo.data.audit import (
    Audit,
    Issue,
    audit_dataset,
    read_audit,
    shown,
    with_issues,
    write_audit_files,
)
from cotejo.errors import OutputError

SCENES = 120


@pytest.fixture(scope="module")
def planted() -> tuple[Audit, dict[str, int]]:
    """Return the audit of a dataset with one copy of each kind in test, and their positions."""
    every = scenes(SCENES)
    train = np.stack([cut(scene) for scene in every[:90]])
    valid = np.stack([cut(scene) for scene in every[90:]])
    others = [cut(scene) for scene in scenes(30, seed=1)]
    copies = [change(scene) for change, scene in zip(CHANGED.values(), every, strict=False)]
    test = np.stack([*others, *copies, train[50], valid[4]])
    positions = {name: 30 + index for index, name in enumerate(CHANGED)}
    return audit_dataset(dataset_of(train, valid, test)), positions


@pytest.mark.parametrize("index", range(len(CHANGED)), ids=list(CHANGED))
def test_a_changed_copy_is_found(planted, index: int) -> None:
    audit, positions = planted
    found = {
        (issue.index, issue.partner_split, issue.partner)
        for issue in audit.of_kind("near-duplicate")
    }
    assert (list(positions.values())[index], "train", index) in found


def test_nothing_else_is_taken_for_a_copy(planted) -> None:
    audit, _ = planted
    assert len(audit.of_kind("near-duplicate")) == len(CHANGED)
    assert audit.about["method"]["expected_by_chance"] == 0


def test_exact_copies_are_found_and_are_not_near_duplicates_too(planted) -> None:
    audit, _ = planted
    places = [
        (one.index, one.partner_split, one.partner) for one in audit.of_kind("exact-duplicate")
    ]
    assert places == [(38, "train", 50), (39, "valid", 4)]


def test_three_exact_copies_are_two_pairs() -> None:
    images = np.stack([cut(scene) for scene in scenes(30)])
    audit = audit_dataset(dataset_of(images, images[7:8], images[7:8]))
    found = [(one.kind, one.split, one.partner_split) for one in audit.issues if one.is_duplicate]
    assert found == [
        ("exact-duplicate", "valid", "train"),
        ("exact-duplicate", "test", "train"),
    ]
    # The same scene has label 0 in these and label 1 in train.
    assert audit.about["differently_labelled"] == 2


def test_counts(planted) -> None:
    counts = planted[0].counts()
    assert counts["pairs"]["near-duplicate"] == {"learned": 0, "across": len(CHANGED), "test": 0}
    assert counts["pairs"]["exact-duplicate"] == {"learned": 0, "across": 2, "test": 0}
    assert counts["test_images_in_train_or_valid"] == len(CHANGED) + 2
    assert counts["test_images_in_train"] == len(CHANGED) + 1  # one exact copy is in valid
    assert counts["images"]["exact-duplicate"] == {"train": 1, "valid": 1, "test": 2}


def test_grey_images_of_any_size() -> None:
    large = np.stack([scene[..., :1] for scene in scenes(40)])  # [40, 48, 48, 1]
    test = np.stack([large[3][:, ::-1], 255 - large[5] // 2])
    audit = audit_dataset(dataset_of(large[:30], large[30:], test))
    found = [(issue.index, issue.partner) for issue in audit.of_kind("near-duplicate")]
    # A negative is not sought: its bright places are the other's dark ones.
    assert found == [(0, 3)]


def test_poor_images() -> None:
    images = np.stack([cut(scene) for scene in scenes(40)])
    poor = images[:4].copy()
    poor[0] = 7
    poor[1] = poor[1] // 4
    poor[2] = 215 + poor[2] // 8
    poor[3, :, 4:] = 90
    poor[3, :4] = 91
    audit = audit_dataset(dataset_of(images, images[:0], poor))
    kinds = ("blank", "dark", "bright", "low-information")
    found = {(issue.kind, issue.split, issue.index) for issue in audit.of_kind(*kinds)}
    assert found == {
        ("blank", "test", 0),
        ("dark", "test", 1),
        ("bright", "test", 2),
        ("low-information", "test", 3),
    }


def test_outliers_are_those_far_from_others_in_the_features() -> None:
    images = np.stack([cut(scene) for scene in scenes(60)])
    generator = np.random.default_rng(0)
    features = generator.normal(size=(60, 8)) * 0.1 + np.repeat(np.eye(8)[:2], 30, axis=0)
    features[17] = np.eye(8)[5]
    audit = audit_dataset(dataset_of(images[:40], images[40:50], images[50:]), features)
    assert [(issue.split, issue.index) for issue in audit.of_kind("outlier")] == [("train", 17)]
    assert audit.about["method"]["features"] is True


def test_features_lead_to_copies_that_descriptors_miss() -> None:
    every = scenes(60)
    images = np.stack([cut(scene) for scene in every])
    # Far off: a quarter of the image is beyond the other's edge.
    test = cut(every[0], 14, 14)[np.newaxis]
    dataset = dataset_of(images[:40], images[40:], test)
    features = np.random.default_rng(0).normal(size=(61, 16))
    features[60] = features[0]
    found = audit_dataset(dataset, features).of_kind("near-duplicate")
    assert [(issue.split, issue.index, issue.partner) for issue in found] == [("test", 0, 0)]


def test_features_of_another_number_are_refused() -> None:
    images = np.stack([cut(scene) for scene in scenes(4)])
    dataset = dataset_of(images[:3], images[:0], images[3:])
    with pytest.raises(ValueError, match="a row for each of the 4 images"):
        audit_dataset(dataset, np.zeros((3, 2)))


@pytest.mark.parametrize("count", [2, 3, 33])
def test_few_images(count: int) -> None:
    images = np.stack([cut(scene) for scene in scenes(count)])
    audit = audit_dataset(dataset_of(images[:-1], images[:0], images[-1:]))
    assert not audit.of_kind("exact-duplicate", "near-duplicate")


def test_images_all_alike_have_no_near_duplicates(digits) -> None:
    """Small digits of one class are alike by their pixels; upside-down ones say by how much."""
    method = audit_dataset(digits).about["method"]
    assert method["likeness"] > 0.8


def test_the_files_hold_what_was_found(planted, tmp_path) -> None:
    audit, _ = planted
    write_audit_files(tmp_path, audit)
    again = read_audit(tmp_path)
    assert [replace(one, score=round(one.score, 4)) for one in audit.issues] == list(again.issues)
    assert (again.images == audit.images).all()
    assert (again.places == audit.places).all()
    assert again.counts() == audit.counts() == again.about["counts"]
    header = (tmp_path / "audit.csv").read_text().splitlines()[0]
    assert header == "index,split,kind,score,partner,partner_split,predicted"
    assert json.loads((tmp_path / "audit.json").read_text())["dataset"]["images"]["train"] == 90


@pytest.mark.parametrize("text", ["index,split\n1,test\n", "nonsense", ""])
def test_damaged_rows_are_refused(planted, tmp_path, text: str) -> None:
    write_audit_files(tmp_path, planted[0])
    (tmp_path / "audit.csv").write_text(text)
    with pytest.raises(OutputError, match=r"audit\.csv is damaged"):
        read_audit(tmp_path)


def test_the_gallery_has_the_images_of_what_it_shows(planted) -> None:
    audit, _ = planted
    kept = {tuple(place) for place in audit.places.tolist()}
    splits = ("train", "valid", "test")
    for issue in shown(audit.issues):
        assert (splits.index(issue.split), issue.index) in kept


def test_labels_can_be_added_later() -> None:
    images = np.stack([cut(scene) for scene in scenes(20)])
    dataset = dataset_of(images[:10], images[10:15], images[15:])
    audit = with_issues(audit_dataset(dataset), [Issue(2, "test", "label", 0.9)], dataset)
    assert [issue.index for issue in audit.of_kind("label")] == [2]
    assert (2, 2) in map(tuple, audit.places.tolist())
