"""The THUMOS'14 layout: official statistics, made-up folders, bad lines."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from dbs_core.datasets import (
    open_dataset,
    open_thumos,
    read_annotation,
    read_classes,
    read_truth,
)
from dbs_core.datasets.annotation import clock_s
from dbs_core.method.video.integrity import check
from dbs_core.runtime.errors import InputError
from tests.core.make_video import write_video
from tests.shared_data import shared_data

# METHOD section 8.1, counted from the official files; classes in alphabetical order.
OFFICIAL_IDS = (7, 9, 12, 21, 22, 23, 24, 26, 31, 33, 36, 40, 45, 51, 68, 79, 85, 92)
VALIDATION = (30, 303, 81, 42, 143, 178, 181, 499, 103, 31, 199, 271, 192, 163, 120, 70)
TEST = (41, 488, 106, 98, 217, 138, 170, 388, 48, 36, 242, 135, 169, 142, 399, 144)


@pytest.mark.parametrize(
    ("split", "videos", "instances", "per_class", "ambiguous"),
    [
        ("validation", 200, 3007, (*VALIDATION, 66, 69, 120, 146), 89),
        ("test", 213, 3358, (*TEST, 48, 141, 88, 120), 99),
    ],
)
def test_official_annotation_has_the_published_counts(
    split: str, videos: int, instances: int, per_class: tuple[int, ...], ambiguous: int
) -> None:
    annotation = read_annotation(shared_data("thumos14"), split)
    truths = annotation.truths
    assert annotation.problems == ()
    assert annotation.classes.official_ids == (*OFFICIAL_IDS, 93, 97)
    assert len(truths) == videos
    labels = np.concatenate([t.segments.labels for t in truths.values()])
    assert len(labels) == instances
    assert tuple(np.bincount(labels, minlength=21)[1:]) == per_class
    assert sum(len(t.ambiguous_s) for t in truths.values()) == ambiguous
    with_action = sum(len(t.segments) > 0 for t in truths.values())
    assert with_action == (212 if split == "test" else 200)


def test_every_cliff_dive_is_also_a_dive() -> None:
    root = shared_data("thumos14")
    classes = read_classes(root)
    cliff, dive = classes.label_of("CliffDiving"), classes.label_of("Diving")
    for split in ("val", "test"):
        for truth in read_truth(root, split).values():
            spans = {(s, e, int(label)) for (s, e), label in _pairs(truth)}
            for start_s, end_s, label in spans:
                assert label != cliff or (start_s, end_s, dive) in spans


def test_spans_past_the_end_are_the_known_ones() -> None:
    root = shared_data("thumos14")
    past: Counter[str] = Counter()
    for split in ("validation", "test"):
        fields = (root / f"{split}_durations.txt").read_text().split()
        seconds = dict(zip(fields[::2], map(float, fields[1::2]), strict=True))
        for video_id, truth in read_truth(root, split).items():
            ends = truth.segments.spans_s[:, 1]
            past[video_id] += int((ends > seconds[f"{video_id}.mp4"]).sum())
    assert {video_id: count for video_id, count in past.items() if count} == {
        "video_validation_0000364": 2,
        "video_validation_0000856": 2,
        "video_test_0000270": 22,
        "video_test_0000814": 3,
        "video_test_0001081": 1,
    }


def test_spans_keep_the_order_of_their_file() -> None:
    root = shared_data("thumos14")
    lines = (root / "temporal_annotations_test" / "Diving_test.txt").read_text()
    listed: dict[str, list[tuple[float, float]]] = {}
    for line in lines.splitlines():
        video_id, start_s, end_s = line.split()
        listed.setdefault(video_id, []).append((float(start_s), float(end_s)))
    truths = read_truth(root, "test")
    dive = read_classes(root).label_of("Diving")
    for video_id, spans in listed.items():
        read = [s for s, label in _pairs(truths[video_id]) if label == dive]
        assert read == spans


def test_annotation_without_videos_is_no_data_set_to_run() -> None:
    with pytest.raises(InputError, match=r"thumos14: no video file in it"):
        open_dataset(shared_data("thumos14"))


@pytest.mark.parametrize(
    ("name", "counts", "duration_files"),
    [
        ("ucf9-untrimmed", (60, 24), ("val_durations.txt", "test_durations.txt")),
        ("sample", (24, 4), ("validation_durations.txt", "test_durations.txt")),
    ],
)
def test_real_data_sets_are_read_completely(
    name: str, counts: tuple[int, int], duration_files: tuple[str, str]
) -> None:
    root = shared_data(name)
    dataset = open_dataset(root)
    assert (dataset.kind, dataset.problems) == ("thumos14", ())
    assert tuple(len(dataset.split(s)) for s in ("val", "test")) == counts
    lines = [
        line
        for path in sorted(root.glob("annotation_*/*.txt"))
        if not path.name.startswith("Ambiguous")
        for line in path.read_text().splitlines()
        if line.strip()
    ]
    truths = [video.truth for video in dataset.videos]
    assert all(truth is not None for truth in truths)
    assert sum(len(t.segments) for t in truths if t) == len(lines)
    seconds = {
        line.split()[0]: float(line.split()[1])
        for file in duration_files
        for line in (root / file).read_text().splitlines()
    }
    for video in dataset.videos:
        info = check(video)
        assert info.problems == (), video.video_id
        assert info.duration_s == pytest.approx(seconds[video.video_id], abs=0.01)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A small data set: two classes with ids out of order, three videos."""
    _write(tmp_path / "detclasslist.txt", "92 TennisSwing\n9 BasketballDunk\n")
    for video in ("validation/v1", "validation/v2", "test/t1"):
        path = tmp_path / f"{video}.mp4"
        path.parent.mkdir(exist_ok=True)
        write_video(path, 5)
    val = tmp_path / "annotation_val"
    _write(val / "TennisSwing_val.txt", "v1  0.1 0.2\nv1 0.3 0.4\n")
    _write(val / "BasketballDunk_val.txt", "v1  0.0 0.1\n")
    _write(val / "Ambiguous_val.txt", "v1 0.5 0.6\n")
    _write(tmp_path / "annotation_test" / "TennisSwing_test.txt", "")
    _write(tmp_path / "annotation_test" / "BasketballDunk_test.txt", "t1 0.0 0.1\n")
    return tmp_path


def test_labels_follow_the_class_list_not_the_ids(made: Path) -> None:
    dataset = open_dataset(made)
    assert dataset.problems == ()
    assert dataset.classes.names == ("TennisSwing", "BasketballDunk")
    assert dataset.classes.official_ids == (92, 9)
    v1, v2 = dataset.split("validation")
    assert v1.truth is not None
    assert v1.truth.segments.labels.tolist() == [1, 1, 2]
    assert v1.truth.segments.spans_s.tolist() == [[0.1, 0.2], [0.3, 0.4], [0.0, 0.1]]
    assert v1.truth.ambiguous_s.tolist() == [[0.5, 0.6]]
    assert v2.truth is not None
    assert len(v2.truth.segments) == 0


def test_ambiguous_in_the_class_list_is_no_class(made: Path) -> None:
    text = "92 TennisSwing\n9 BasketballDunk\n102 Ambiguous\n"
    _write(made / "detclasslist.txt", text)
    assert read_classes(made).names == ("TennisSwing", "BasketballDunk")


@pytest.mark.parametrize(
    "line",
    [
        *("v1 0.3", "v1 0.3 0.2", "v1 0.3 0.3", "v1 nan 0.3", "v1 0.1 inf"),
        *("v1 zero one", "v 1 0.1 0.2", "\x00\xff"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(made: Path, line: str) -> None:
    """By its number: problems are shown on pages too, and no page quotes a file."""
    path = made / "annotation_val" / "TennisSwing_val.txt"
    _write(path, f"v2 0.1 0.2\n\n{line}\nv2 0.3 0.4\n")
    dataset = open_dataset(made)
    what = "line that is no 'video start end' with start before end"
    assert dataset.problems == (f"1 x {what}, left out (first: {path}:3)",)
    assert dataset.left_out == (f"{path}:3: {what}",)
    truth = dataset.split("validation")[1].truth
    assert truth is not None
    assert truth.segments.spans_s.tolist() == [[0.1, 0.2], [0.3, 0.4]]


def test_many_bad_lines_are_counted_once_and_all_listed(made: Path) -> None:
    """Of both splits, whatever their number; three are named in the sentence."""
    bad = made / "annotation_val" / "TennisSwing_val.txt"
    _write(bad, "v1 0.1 0.2\n" + "v1 later\n" * 40)
    other = made / "annotation_test" / "BasketballDunk_test.txt"
    _write(other, "t1 0.0 0.1\nt1 0.3 0.2\n")
    dataset = open_dataset(made)
    first = ", ".join(f"{bad}:{line}" for line in (2, 3, 4))
    lines = "line that is no 'video start end' with start before end"
    assert set(dataset.problems) == {
        f"40 x {lines}, left out (first: {first})",
        f"1 x {lines}, left out (first: {other}:2)",
    }
    places = [*(f"{bad}:{number}" for number in range(2, 42)), f"{other}:2"]
    assert sorted(dataset.left_out) == sorted(f"{at}: {lines}" for at in places)


def test_a_video_of_bad_lines_alone_does_not_pass_for_one_without_action(
    made: Path,
) -> None:
    """As in a JSON or a table; a video without any line has no action, as ever."""
    path = made / "annotation_val" / "TennisSwing_val.txt"
    _write(path, "v2.mp4 0.4 0.3\nv2 0.5\n")
    dataset = open_dataset(made)
    assert [video.video_id for video in dataset.split("validation")] == ["v1"]
    said = "video of validation without a line that can be used"
    assert dataset.problems[-1] == f"1 x {said}, left out (first: {path}:1)"
    assert dataset.left_out[-1] == f"{path}:1: {said}"
    assert dataset.absent_from("validation") == {}


def test_a_data_set_of_bad_lines_alone_is_one_line(made: Path) -> None:
    for path in made.glob("annotation_*/*.txt"):
        path.unlink()
    (made / "test" / "t1.mp4").unlink()
    path = made / "annotation_val" / "TennisSwing_val.txt"
    _write(path, "v1 0.4 0.3\nv2 0.5\n")
    with pytest.raises(InputError, match=r"no video that can be used.*_val\.txt:1"):
        open_dataset(made)


def test_a_start_below_zero_is_kept_as_in_a_ground_truth_json(made: Path) -> None:
    path = made / "annotation_val" / "TennisSwing_val.txt"
    _write(path, "v1 -0.2 0.3\n")
    dataset = open_dataset(made)
    assert dataset.problems == (f"1 x start before 0 s, kept (first: {path}:1)",)
    assert dataset.left_out == ()
    truth = dataset.split("validation")[0].truth
    assert truth is not None
    assert truth.segments.spans_s.tolist() == [[-0.2, 0.3], [0.0, 0.1]]


def test_a_file_ending_after_a_video_s_id_is_ignored_and_said(made: Path) -> None:
    path = made / "annotation_val" / "TennisSwing_val.txt"
    _write(path, "v1.mp4 0.1 0.2\nv1.MP4 0.3 0.4\n")
    dataset = open_dataset(made)
    (problem,) = dataset.problems
    said = f"2 x file ending after a video's id, ignored (first: {path}:1)"
    assert problem == said
    truth = dataset.split("validation")[0].truth
    assert truth is not None
    assert len(truth.segments) == 3


@pytest.mark.parametrize(
    "name", ["tennisswing_val.txt", "Tennis_Swing_VAL.txt", "Tennis swing_val.txt"]
)
def test_a_class_file_in_another_spelling_is_read_and_said(
    made: Path, name: str
) -> None:
    folder = made / "annotation_val"
    (folder / "TennisSwing_val.txt").rename(folder / name)
    (folder / "Ambiguous_val.txt").rename(folder / "ambiguous_val.txt")
    dataset = open_dataset(made)
    assert set(dataset.problems) == {
        f"{folder / name}: taken for class TennisSwing (letter case or blanks)",
        f"{folder / 'ambiguous_val.txt'}: taken for class Ambiguous (letter case or "
        "blanks)",
    }
    truth = dataset.split("validation")[0].truth
    assert truth is not None
    assert (len(truth.segments), len(truth.ambiguous_s)) == (3, 1)


def test_of_two_spellings_the_exact_class_file_counts(made: Path) -> None:
    folder = made / "annotation_val"
    _write(folder / "tennisswing_val.txt", "v1 0.0 9.0\n")
    dataset = open_dataset(made)
    (problem,) = dataset.problems
    assert "class tennisswing is not in the class list" in problem
    truth = dataset.split("validation")[0].truth
    assert truth is not None
    assert len(truth.segments) == 3


def test_line_ends_and_byte_order_marks_of_other_systems(made: Path) -> None:
    path = made / "annotation_val" / "TennisSwing_val.txt"
    path.write_bytes(b"\xef\xbb\xbfv2 0.1 0.2\r\nv2\t0.3  0.4\r\n")
    truth = read_truth(made, "validation")["v2"]
    assert truth.segments.spans_s.tolist() == [[0.1, 0.2], [0.3, 0.4]]


def test_unknown_class_missing_class_and_missing_videos_are_problems(
    made: Path,
) -> None:
    val = made / "annotation_val"
    _write(val / "Chess_val.txt", "v1 0.1 0.2\n")
    _write(val / "BasketballDunk_val.txt", "v9 0.1 0.2\nv1 0.1 0.2\n")
    (made / "annotation_test" / "TennisSwing_test.txt").unlink()
    dataset = open_dataset(made)
    assert len(dataset.videos) == 3
    problems = "\n".join(dataset.problems)
    assert "Chess_val.txt: class Chess is not in the class list" in problems
    assert "annotation_test: no annotation of TennisSwing" in problems
    assert "split validation: 1 annotated without a video file: v9" in problems


def test_one_id_twice_is_a_problem_and_the_first_is_used(made: Path) -> None:
    write_video(made / "validation" / "v1.mkv", 5)
    dataset = open_dataset(made)
    (problem,) = dataset.problems
    assert "id v1 twice in validation" in problem
    assert [v.path.name for v in dataset.split("val")] == ["v1.mkv", "v2.mp4"]


def test_names_of_the_official_archives(made: Path) -> None:
    (made / "validation").rename(made / "TH14_validation_set_mp4")
    (made / "test").rename(made / "TH14_test_set_mp4")
    deep = made / "TH14_Temporal_annotations_validation" / "annotation"
    deep.parent.mkdir()
    (made / "annotation_val").rename(deep)
    (made / "detclasslist.txt").rename(deep / "detclasslist.txt")
    dataset = open_dataset(made)
    assert dataset.problems == ()
    assert [len(dataset.split(s)) for s in ("validation", "test")] == [2, 1]
    truth = dataset.split("validation")[0].truth
    assert truth is not None
    assert len(truth.segments) == 3


def test_videos_may_lie_elsewhere(made: Path, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (made / "validation").rename(elsewhere / "films")
    dataset = open_thumos(made, {"val": elsewhere / "films"})
    assert [v.video_id for v in dataset.split("validation")] == ["v1", "v2"]
    assert dataset.splits == ("validation",)


def test_a_split_without_annotation_has_unknown_truth(made: Path) -> None:
    for path in (made / "annotation_test").iterdir():
        path.unlink()
    dataset = open_dataset(made)
    assert dataset.split("test")[0].truth is None
    assert dataset.problems == ("split test: no annotation, its truth is unknown",)
    with pytest.raises(InputError, match=r"no annotation of split test"):
        read_truth(made, "test")


def test_a_second_annotation_is_not_counted_twice(made: Path) -> None:
    copy = made / "temporal_annotations_validation"
    _write(copy / "TennisSwing_val.txt", "v1 0.1 0.2\n")
    dataset = open_dataset(made)
    truth = dataset.split("validation")[0].truth
    assert truth is not None
    assert len(truth.segments) == 3
    (problem,) = dataset.problems
    assert problem.startswith(f"{copy}: second annotation of validation")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("7 A\nB\n", r"detclasslist\.txt:2: class list line, .* got B"),
        ("7 A\n7 B\n", r"detclasslist\.txt:2: class or id twice, got 7 B"),
        ("7 A\n8 A\n", r"detclasslist\.txt:2: class or id twice, got 8 A"),
        ("\n", r"class list without a class"),
    ],
)
def test_a_bad_class_list_is_one_line(made: Path, text: str, match: str) -> None:
    _write(made / "detclasslist.txt", text)
    with pytest.raises(InputError, match=match):
        open_dataset(made)


def test_no_class_list_is_one_line(made: Path) -> None:
    (made / "detclasslist.txt").unlink()
    with pytest.raises(InputError, match=r"no class list, wanted a file detclasslist"):
        open_dataset(made)


def _pairs(truth):  # type: ignore[no-untyped-def]
    spans = [tuple(span) for span in truth.segments.spans_s.tolist()]
    return list(zip(spans, truth.segments.labels.tolist(), strict=True))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="latin-1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12.5", 12.5),
        ("-0.2", -0.2),
        ("0:2.5", 2.5),
        ("1:02.5", 62.5),
        ("1:00:01", 3601),
    ],
)
def test_times_may_be_a_clocks(text: str, seconds: float) -> None:
    assert clock_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["1:60", "1:-2", "a:1", "1:2:3:4", ":5", "", "x"])
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time in seconds"):
        clock_s(text)
