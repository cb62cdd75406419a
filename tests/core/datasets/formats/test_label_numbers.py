"""What numbers as labels mean, and what is said where they could mean two things."""

import json

import pytest

from dbs_core.datasets.formats import Reading, load_detections, load_truth
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError

LIST = ClassList(("Dive", "Jump", "Run", "Swim"), (26, 40, 41, 42))
COUNTED = ClassList(LIST.names, (1, 2, 3, 4))


def read(tmp_path, labels, classes=LIST, kind="csv", **reading):
    """Read one detection of each label."""
    path = tmp_path / f"d.{kind}"
    if kind == "csv":
        rows = [f"v,0,1,{label},0.5" for label in labels]
        path.write_text("\n".join(["video,start_s,end_s,label,score", *rows]))
    elif kind == "txt":
        path.write_text("\n".join(f"v 0 1 {label} 0.5" for label in labels))
    else:
        rows = [{"label": x, "score": 0.5, "segment": [0, 1]} for x in labels]
        path.write_text(json.dumps({"results": {"v": rows}}))
    loaded = load_detections(path, classes, Reading(**reading))
    return loaded.found["v"].labels.tolist(), " ".join(loaded.warnings)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("csv", ["26", "40.0", " 41 "]),
        ("txt", ["26", "40.0", "41"]),
        ("json", [26, 40.0, "41"]),
    ],
)
def test_official_ids_are_read_alike_in_every_format(tmp_path, kind, labels):
    assert read(tmp_path, labels, kind=kind) == ([1, 2, 3], "")


@pytest.mark.parametrize(
    ("labels", "found", "said"),
    [
        ([0, 1, 3], [1, 2, 4], "places in the class list counted from 0, 0 is Dive"),
        ([1, 4], [1, 4], "places in the class list counted from 1, 1 is Dive"),
    ],
)
def test_places_in_the_list_are_taken_where_the_ids_do_not_fit(
    tmp_path, labels, found, said
):
    numbers, warnings = read(tmp_path, labels)
    assert numbers == found
    assert said in warnings
    assert "they could be" not in warnings


@pytest.mark.parametrize(
    ("kind", "found", "taken", "other"),
    [("csv", [2, 3], "from 0", "order-1"), ("txt", [1, 2], "from 1", "order-0")],
)
def test_what_could_be_two_numberings_is_said_with_the_choice(
    tmp_path, kind, found, taken, other
):
    """Tables count from 0 as ActionFormer does, submissions from 1 as CDC's kit."""
    numbers, warnings = read(tmp_path, [1, 2], kind=kind)
    assert numbers == found
    assert f"counted {taken}" in warnings
    assert f"(--labels {other})" in warnings
    assert read(tmp_path, [1, 2], kind=kind, numbers=other)[0] != found


def test_the_truth_s_own_ids_win_and_the_other_reading_is_said(tmp_path):
    numbers, warnings = read(tmp_path, [1, 2, 3], COUNTED)
    assert numbers == [1, 2, 3]
    assert "official ids of the class list, 1 is Dive" in warnings
    assert "--labels order-0" in warnings
    assert read(tmp_path, [0, 1, 2], COUNTED)[0] == [1, 2, 3]


def test_names_and_numbers_may_stand_side_by_side(tmp_path):
    numbers, warnings = read(tmp_path, ["Swim", 26, "swim", "S_wim"])
    assert numbers == [4, 1, 4, 4]
    assert "2 x class name in another spelling, 'swim' is Swim" in warnings


def test_only_names_where_that_is_asked_for(tmp_path):
    numbers, warnings = read(tmp_path, ["Swim", 26], numbers="names")
    assert numbers == [4]
    assert "1 x class id 26 is not in the class list" in warnings


def test_two_classes_of_one_spelling_are_told_apart_by_case_alone(tmp_path):
    pair = ClassList(("Run", "run", "Swim"), (1, 2, 3))
    numbers, warnings = read(tmp_path, ["run", "RUN", "Run"], pair)
    assert numbers == [2, 1]
    assert "1 x class 'RUN' is not in the class list" in warnings


def test_numbers_that_mostly_fit_nothing_are_refused(tmp_path):
    with pytest.raises(InputError, match=r":2: numbers as labels .*got 26, 50, 51"):
        read(tmp_path, [26, 50, 51])


def test_a_numbering_that_the_classes_do_not_have_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"--labels thumos14, wanted --labels names"):
        read(tmp_path, [7], numbers="thumos14")


def annotated(tmp_path, *ids):
    path = tmp_path / "truth.json"
    rows = [
        {"label": name, "segment": [0, 1]} | ({} if i is None else {"label_id": i})
        for name, i in ids
    ]
    path.write_text(
        json.dumps({"database": {"v": {"subset": "val", "annotations": rows}}})
    )
    return load_truth(path)


def test_label_id_numbers_the_classes_of_a_truth(tmp_path):
    truth = annotated(tmp_path, ("Swim", 0), ("Dive", 7), ("Dive", None), ("Swim", "0"))
    assert truth.classes == ClassList(("Dive", "Swim"), (7, 0))
    assert truth.ids == "the truth's label_id"
    assert truth.warnings == ()


@pytest.mark.parametrize(
    "ids",
    [
        [("Swim", 0), ("Dive", 0)],
        [("Swim", 0), ("Dive", 1), ("Dive", 2)],
        [("Swim", 0), ("Dive", None)],
        [("Swim", 0), ("Dive", "x")],
    ],
)
def test_a_label_id_that_numbers_nothing_is_not_used_and_said(tmp_path, ids):
    truth = annotated(tmp_path, *ids)
    assert truth.classes == ClassList(("Dive", "Swim"), (1, 2))
    assert truth.ids == ""
    assert "label_id is not one number for each class" in truth.warnings[0]


def test_numbers_of_a_truth_without_ids_are_refused(tmp_path):
    truth = annotated(tmp_path, ("Swim", None), ("Dive", None))
    path = tmp_path / "d.csv"
    path.write_text("video,start_s,end_s,label,score\nv,0,1,1,1\n")
    with pytest.raises(InputError, match=r"no 'label_id'.*--labels order-0, order-1"):
        load_detections(path, truth.classes, truth.reading("empty"))
