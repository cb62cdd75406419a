"""Run folders: what is written comes back, what does not fit is named."""

import json
from dataclasses import replace

import pytest

from dbs_core.records import ClassList, Segments
from dbs_core.runs import places
from dbs_core.runs.run import SCHEMA, Run, RunInfo, open_run
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result

INFO = RunInfo(
    "mine",
    "thumos14",
    "/data/th14",
    ClassList(("Run", "Jump"), (7, 9)),
    {"grid": 16, "list": [1.5, 2.0]},
    3,
    {"torch": "2.13.0"},
)


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", INFO)


def test_info_comes_back(run):
    assert Run.open(run.root).info == INFO


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"schema": SCHEMA + 1}, f"got {SCHEMA + 1}", id="other version"),
        pytest.param({"classes": {"names": ["a"]}}, "official_ids", id="broken"),
    ],
)
def test_run_that_does_not_fit_is_named(run, change, says):
    path = run.root / "run.json"
    files.write_json(path, json.loads(path.read_text()) | change)
    with pytest.raises(InputError, match=says):
        Run.open(run.root)


def test_no_run_there(tmp_path):
    with pytest.raises(InputError, match=r"run.json: no such file"):
        Run.open(tmp_path)


def test_results_by_split(run):
    assert run.splits == ()
    assert run.result_files("test") == ()
    for video_id, split in (("b", "test"), ("a", "test"), ("c", "validation")):
        run.write_result(make_result(video_id, split))
    assert run.splits == ("test", "validation")
    assert [r.video_id for r in run.results("test")] == ["a", "b"]
    assert run.result("validation", "c").split == "validation"
    with pytest.raises(InputError, match=r"c.npz: no such file"):
        run.result("test", "c")


@pytest.mark.parametrize("projection", ["soft", "argmax"])
def test_a_file_from_before_the_projection_has_that_of_its_run(tmp_path, projection):
    """Files of today keep their own: of a fusion one stream may project softly."""
    run = Run.create(tmp_path, replace(INFO, settings={"projection": projection}))
    for video, own in (("old", "argmax"), ("new", "soft")):
        run.write_result(replace(make_result(video), projection=own))
    arrays, header = files.read_arrays(run.result_path("test", "old"))
    del header["projection"]
    files.write_arrays(run.result_path("test", "old"), arrays, header)
    assert run.result("test", "old").projection == projection
    assert run.result("test", "new").projection == "soft"
    assert [r.projection for r in run.results("test")] == ["soft", projection]


def test_id_cannot_leave_the_folder(run):
    run.write_result(make_result("../../../escaped"))
    written = [p for p in run.root.parent.rglob("*.npz")]
    assert all((run.root / "results" / "test") in p.parents for p in written)
    assert run.result("test", "../../../escaped").video_id == "../../../escaped"


def test_video_file_is_relative_to_the_run(run):
    there = replace(make_result(), video_path="/videos/a.mp4")
    assert str(run.video_file(there)) == "/videos/a.mp4"
    beside = replace(make_result(), video_path="videos/a.mp4")
    assert run.video_file(beside) == (run.root / "videos" / "a.mp4").resolve()


def test_detections_in_activitynets_layout(run):
    found = {
        "b": Segments.of([[0.12345, 2.0]], [2], [0.1234567]),
        "a": Segments.empty(),
    }
    path = run.write_detections("test", found)
    value = json.loads(path.read_text())
    assert value["results"] == {
        "a": [],
        "b": [{"label": "Jump", "score": 0.123457, "segment": [0.123, 2.0]}],
    }
    first = path.read_bytes()
    run.write_detections("test", dict(reversed(found.items())))
    assert path.read_bytes() == first


def test_a_result_learns_from_its_run_what_no_file_holds(run):
    run.write_result(replace(make_result(), video_path="../a.mp4"))
    for found in (run.result("test", "v"), *run.results("test")):
        assert found.classes == run.info.classes
        assert found.video_file == run.root / ".." / "a.mp4"
        assert [one.name for one in found.detections] == ["Jump", "Run"]
        assert [one.name for one in found.truth.segments] == ["Run"]


def test_opened_by_its_folder_by_name_or_as_it_is(run, tmp_path, monkeypatch):
    assert open_run(str(run.root)) == open_run(run.root) == run
    assert open_run(run) is run
    assert open_run().root == open_run("sample").root == places.SAMPLE
    monkeypatch.chdir(tmp_path)
    Run.create(tmp_path / "sample", run.info)
    assert open_run("sample").info == run.info
    with pytest.raises(InputError, match=r"run\.json: no such file"):
        open_run(tmp_path / "gone")
