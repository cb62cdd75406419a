"""ActivityNet's layout as a data set: one JSON, and videos, most of them gone."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from dbs_core.datasets import Elsewhere, open_dataset
from dbs_core.runtime.errors import InputError
from tests.shared_data import shared_data

ONE = [{"label": "Diving", "segment": [1.0, 2.5]}]
DATABASE: dict[str, Any] = {
    "aaa": {"subset": "training", "duration": 9.5, "annotations": ONE},
    "bbb": {"subset": "Training", "annotations": []},
    "v_ccc": {"subset": "validation", "annotations": ONE},
    "ddd": {"subset": "validation", "annotations": ONE * 2},
    "eee": {"subset": "testing", "annotations": []},
}


def write(folder: Path, database: Any = None, name: str = "truth.json") -> Path:
    """Write a JSON of annotation; gzip where its name says so."""
    folder.mkdir(exist_ok=True)
    text = json.dumps({"database": DATABASE if database is None else database})
    content = text.encode()
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def videos(folder: Path, *names: str) -> Path:
    """Make files with names of videos; opening a data set looks into none."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.mark.parametrize("name", ["truth.json", "v1-3.min.json.gz", "TRUTH.JSON"])
def test_a_json_with_videos_beside_or_below(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name=name)
    videos(tmp_path, "v_aaa.mp4", "train/bbb.mkv", "val/x/ccc.webm", "eee.mp4.avi")
    found = open_dataset(path)
    assert {v.video_id: (v.split, v.path.name) for v in found.videos} == {
        "aaa": ("train", "v_aaa.mp4"),
        "bbb": ("train", "bbb.mkv"),
        "v_ccc": ("validation", "ccc.webm"),
        "eee": ("test", "eee.mp4.avi"),
    }
    of = {v.video_id: v.truth for v in found.videos}
    assert of["aaa"] is not None
    assert of["aaa"].segments.spans_s.tolist() == [[1.0, 2.5]]
    assert of["bbb"] is not None
    assert len(of["bbb"].segments) == 0  # looked at, and no action in it
    assert of["eee"] is None  # of a subset that tells nothing of any video
    assert (found.kind, found.classes.names) == ("activitynet", ("Diving",))
    assert (found.learns_from, found.judged_on) == ("train", "validation")
    assert found.durations_s == {"aaa": 9.5}
    by_folder = open_dataset(tmp_path)  # which will do
    assert [v.path for v in by_folder.videos] == [v.path for v in found.videos]


def test_missing_videos_are_counted_and_their_truth_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path)
    videos(tmp_path, "v_aaa.mp4")
    found = open_dataset(path)
    assert {
        s: {v: len(t.segments) for v, t in of.items()} for s, of in found.absent.items()
    } == {
        "train": {"bbb": 0},
        "validation": {"v_ccc": 1, "ddd": 2},
    }
    assert "split validation: 2 of 2 videos without a video file: ddd, v_ccc" in (
        found.problems
    )
    assert "split test: 1 of 1 videos without a video file: eee" in found.problems


def test_videos_in_folders_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path / "text")
    first = videos(tmp_path / "disk 1", "v_aaa.mp4", "other.mp4")
    second = videos(tmp_path / "disk 2", "deep/v_aaa.avi", "ddd.mp4", "more.ts")
    found = open_dataset(path, elsewhere=Elsewhere((first, second)))
    assert [v.path for v in found.videos] == [second / "ddd.mp4", first / "v_aaa.mp4"]
    assert (
        f"{second}/deep/v_aaa.avi: 1 x second file of a video, the first is used"
        in (found.problems)
    )
    assert any("2 video files without annotation" in p for p in found.problems)
    with pytest.raises(InputError, match="gone: no such folder"):
        open_dataset(path, elsewhere=Elsewhere((tmp_path / "gone",)))


def test_a_name_of_another_video_is_none_of_this_one(tmp_path: Path) -> None:
    database = {v: DATABASE["aaa"] for v in ("x", "v_x", "v_v_y", "../up", "a/b", "")}
    path = write(tmp_path / "in", database)
    videos(tmp_path, "up.mp4", "in/x.mp4", "in/v_y.mp4", "in/b.mp4")
    found = open_dataset(path)
    assert {v.video_id: v.path.name for v in found.videos} == {
        "x": "x.mp4",
        "v_v_y": "v_y.mp4",
    }


def test_a_split_file_says_what_the_json_does_not(tmp_path: Path) -> None:
    path = write(tmp_path, {v: {"annotations": ONE} for v in ("a", "b c", "d")})
    videos(tmp_path, "a.mp4", "b c.mp4", "d.mp4", "e.mp4")
    with pytest.raises(InputError, match=r"no video of a split.*--split-file"):
        open_dataset(path)
    listed = tmp_path / "splits.txt"
    listed.write_text("video split\na train\nb c.mp4 test\ne\tval\n")
    found = open_dataset(path, elsewhere=Elsewhere(split_file=listed))
    assert {v.video_id: v.split for v in found.videos} == {
        "a": "train",
        "b c": "test",
        "e": "validation",
    }
    assert f"{path}: 1 x video of no subset, left out" in found.problems
    for bad, message in (
        ("a train\na test\n", r"splits.txt:2: video in two splits"),
        ("a dev\n", r"splits.txt:1: no line of a split file"),
        ("\n", "no line in it"),
    ):
        listed.write_text(bad)
        with pytest.raises(InputError, match=message):
            open_dataset(path, elsewhere=Elsewhere(split_file=listed))


def test_odd_subsets_and_spans_are_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    late = {"subset": "training", "duration": 1.0, "annotations": ONE}
    early = [{"label": "Diving", "segment": [-1, 2]}]
    database = DATABASE | {"f": {"subset": "dev", "annotations": ONE}, "late": late}
    database |= {"early": {"subset": "training", "annotations": early}}
    found = open_dataset(videos(write(tmp_path, database).parent, "late.mp4", "f.mp4"))
    said = "\n".join(found.problems)
    assert "1 x video of subset 'dev', left out" in said
    assert "1 videos with a span that begins after their duration, kept: late" in said
    assert "1 x start before 0 s, kept" in said
    assert [v.video_id for v in found.videos] == ["late"]


SLIPS = {
    "entry": 3,
    "list": {"subset": "training", "annotations": {"label": "Diving"}},
    "rows": {
        "subset": "training",
        "duration": "long",
        "annotations": [
            "Diving",
            {"label": 3, "segment": [0, 1]},
            {"label": "Diving", "segment": [0, 1], "label_id": 4},
            {"label": "Fishing", "segment": [0]},
            {"label": "Fishing", "segment": [0, "x"]},
            {"label": "Fishing", "segment": [0, float("nan")]},
            {"label": "Fishing", "segment": [0, 1e300]},
            {"label": "Diving", "segment": ["5", 7]},
        ],
    },
    "whole": {"subset": "training", "annotations": [{"segment": None}] * 5},
}


def test_a_slip_costs_itself_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Each is named, and the video whose instances are all unusable is none of rest."""
    path = write(tmp_path, {"entry": 4} | SLIPS | DATABASE)
    videos(tmp_path, "aaa.mp4", "rows.mp4", "whole.mp4", "list.mp4")
    found = open_dataset(path)
    assert {v.video_id for v in found.videos} == {"aaa", "rows"}
    assert found.classes.names == ("Diving",)
    of = {v.video_id: v.truth for v in found.videos}
    assert of["rows"] is not None
    assert of["rows"].segments.spans_s.tolist() == [[0, 1], [5, 7]]
    assert found.durations_s == {"aaa": 9.5}
    at = f"{path}: database"
    rows = f"{at}.rows.annotations"
    label, segment = "instance without a label", "instance without a segment of two"
    assert {
        f"1 x entry that is no object, left out (first: {at}.entry)",
        f"1 x entry whose annotations are no list, left out (first: {at}.list)",
        f"1 x instance that is no object, left out (first: {rows}[0])",
        f"6 x {label}, left out (first: {rows}[1], "
        f"{at}.whole.annotations[0], {at}.whole.annotations[1])",
        f"2 x {segment} numbers, left out (first: {rows}[3], {rows}[4])",
        f"2 x instance without start and end within 1e+09 s, left out (first: "
        f"{rows}[5], {rows}[6])",
        f"1 x video without an instance that can be used, left out (first: {at}.whole)",
        f"1 x duration that is no time in seconds, not used (first: {at}.rows)",
    } <= set(found.problems)
    assert len(found.left_out) == 1 + 1 + 1 + 6 + 2 + 2 + 1
    assert found.left_out[2] == f"{rows}[0]: instance that is no object"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"results": {}}', "a result file, no ground truth"),
        (b'{"version": 1}', "no member 'database'"),
        (b"{", r"truth.json:1:2: no valid JSON"),
        (gzip.compress(b'{"database": {}}' * 99, mtime=0)[:30], "cannot read"),
        (b'{"database": {}}', "no annotated instance"),
        (b'{"database": {"a": {"subset": "val", "annotations": []}}}', "no annotated"),
        (b'{"database": {"a": 3}}', "nothing in it can be used.*no object"),
        (
            b'{"database": {"a": {"annotations": [{"segment": [0, 1]}]}}}',
            "nothing in it can be used.*instance without a label",
        ),
        (
            b'{"database": {"a": 3, "b": {"subset": "val", "annotations": []}}}',
            "no annotated instance.*no object, left out",
        ),
        (b"\x80\x04K.", "a Python pickle"),
    ],
)
def test_what_is_no_annotation_is_one_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = videos(tmp_path, "a.mp4") / "truth.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        open_dataset(path)
    assert "\n" not in str(caught.value)


def test_no_file_of_any_video_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file of any of its 5 videos.*--videos"):
        open_dataset(write(tmp_path))
    with pytest.raises(InputError, match="several files of annotation"):
        open_dataset(write(tmp_path, name="other.json").parent)


def test_folders_named_apart_are_for_one_file_of_annotation(tmp_path: Path) -> None:
    videos(tmp_path, "a.mp4")
    with pytest.raises(InputError, match="for annotation in one file"):
        open_dataset(tmp_path, elsewhere=Elsewhere((tmp_path,)))


def test_the_official_file_with_two_of_its_videos() -> None:
    path = shared_data("activitynet", "activity_net.v1-3.rebuilt.json.gz")
    clips = shared_data("clips", "activitynet")
    found = open_dataset(path, elsewhere=Elsewhere((clips,)))
    assert {v.video_id: v.split for v in found.videos} == {
        "ZNVhz7ctTq0": "train",
        "GGSY1Qvo990": "validation",
    }
    lost = {split: len(found.absent_from(split)) for split in ("train", "validation")}
    assert lost == {"train": 10023, "validation": 4925}
    assert len(found.classes) == 200
    (held,) = found.split("validation")
    assert held.truth is not None
    assert found.classes.name_of(int(held.truth.segments.labels[0])) == "Clean and jerk"


def test_each_folder_is_listed_once_and_no_file_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So ten thousand videos, most of them gone, cost a second."""
    many = {f"{n:05}": DATABASE["aaa"] for n in range(10_000)}
    path = write(tmp_path / "text", many)
    folder = videos(tmp_path / "videos", *(f"v_{n:05}.mp4" for n in range(1000)))
    asked: list[Path] = []
    stat = Path.stat

    def counted(self: Path, *, follow_symlinks: bool = True) -> object:
        asked.append(self)
        return stat(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", counted)
    found = open_dataset(path, elsewhere=Elsewhere((folder,)))
    assert (len(found.videos), len(found.absent_from("train"))) == (1000, 9000)
    assert len(asked) < 50
