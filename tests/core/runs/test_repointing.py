"""Videos that moved: found by name, size and length; results stay byte for byte."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dbs_core.cli.main import main
from dbs_core.method.video import probe
from dbs_core.records import ClassList, VideoEntry
from dbs_core.runs.detecting import _same_video
from dbs_core.runs.moved_videos import MOVED
from dbs_core.runs.repointing import repoint
from dbs_core.runs.run import Run, RunInfo
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result
from tests.core.make_video import write_video

CLASSES = ClassList(("a", "b"), (1, 2))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of three videos: one by a path from the run, two in one folder."""
    run = Run.create(
        tmp_path / "run", RunInfo("r", "ucf101", "data", CLASSES, {}, 0, {})
    )
    for name in ("run/own.mp4", "old/a/one.mp4", "old/b/two.mp4"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_video(path)
        recorded = path.name if path.stem == "own" else str(path)
        result = replace(make_result(path.stem, path=recorded), info=probe(path))
        run.write_result(result)
    return run


def places(run: Run) -> dict[str, Path]:
    return {r.video_id: run.video_file(r) for r in run.results("test")}


def contents(run: Run) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in run.result_files("test")}


def test_a_moved_folder_is_found_again(run: Run, tmp_path: Path) -> None:
    before = contents(run)
    shutil.move(tmp_path / "old", tmp_path / "new")
    found = repoint(run, tmp_path / "new")
    assert found.found == ("one", "two")
    assert found.there == ("own",)
    assert not found.not_found
    assert contents(run) == before
    new = tmp_path / "new"
    assert places(run) == {
        "one": new / "a" / "one.mp4",
        "two": new / "b" / "two.mp4",
        "own": run.root / "own.mp4",
    }
    result = run.result("test", "one")
    assert result.video_file == new / "a" / "one.mp4"
    assert _same_video(
        VideoEntry("one", new / "a" / "one.mp4", "test", result.truth), run
    )


@pytest.mark.parametrize("name", ["two.mkv", "v_two.avi"])
def test_videos_of_features_alone_are_found_by_name_and_length(
    run: Run, tmp_path: Path, name: str
) -> None:
    """Whatever their ending, with ActivityNet's letter or without; size is unknown."""
    result = run.result("test", "two")
    info = replace(result.info, width=0, height=0, frame_rate=0.0, codec="")
    run.write_result(replace(result, info=info, video_path="gone/two.mp4"))
    (tmp_path / "new").mkdir()
    write_video(tmp_path / "made.mp4")
    shutil.move(tmp_path / "made.mp4", tmp_path / "new" / name)
    found = repoint(run, tmp_path / "new")
    assert found.found == ("two",)
    assert places(run)["two"] == tmp_path / "new" / name


def test_of_files_of_one_name_the_one_in_its_folder_counts(
    run: Run, tmp_path: Path
) -> None:
    shutil.move(tmp_path / "old", tmp_path / "new")
    shutil.copy(tmp_path / "new" / "a" / "one.mp4", tmp_path / "new" / "b")
    repoint(run, tmp_path / "new")
    assert places(run)["one"] == tmp_path / "new" / "a" / "one.mp4"


def test_files_that_fit_alike_are_not_guessed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new" / "x").mkdir(parents=True)
    (tmp_path / "new" / "y").mkdir()
    shutil.copy(tmp_path / "old" / "a" / "one.mp4", tmp_path / "new" / "x")
    shutil.copy(tmp_path / "old" / "a" / "one.mp4", tmp_path / "new" / "y")
    shutil.rmtree(tmp_path / "old")
    found = repoint(run, tmp_path / "new")
    assert (found.found, found.unclear, found.missing) == ((), ("one",), ("two",))
    assert not (run.root / MOVED).exists()


def test_another_video_of_the_name_is_not_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    write_video(tmp_path / "new" / "one.mp4", count=100)
    (tmp_path / "new" / "two.mp4").write_bytes(b"no video")
    shutil.rmtree(tmp_path / "old")
    found = repoint(run, tmp_path / "new")
    assert (found.found, found.others) == ((), ("one", "two"))


def test_what_is_at_its_place_is_never_replaced(run: Run, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "old", tmp_path / "copy")
    shutil.move(tmp_path / "old", tmp_path / "new")
    repoint(run, tmp_path / "new")
    shutil.move(tmp_path / "copy", tmp_path / "old")
    assert places(run)["one"] == tmp_path / "old" / "a" / "one.mp4"


def test_by_command(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.move(tmp_path / "old", tmp_path / "new")
    command = ["videos", "--run", str(run.root), "--to"]
    assert main([*command, str(tmp_path / "new" / "a")]) == 1
    said = capsys.readouterr()
    assert "1 video found, 1 still missing, 1 where they were" in said.out
    assert "not found: two" in said.err
    assert main([*command, str(tmp_path / "new")]) == 0
    assert "1 video found, 0 still missing, 2" in capsys.readouterr().out
    assert main([*command, str(tmp_path / "nowhere")]) == 2
    assert "no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["[", "[]", '{"moved": {"a": 1}}'])
def test_a_damaged_list_is_one_line(run: Run, tmp_path: Path, content: str) -> None:
    shutil.rmtree(tmp_path / "old")
    (run.root / MOVED).write_text(content)
    with pytest.raises(InputError, match=MOVED):
        run.result("test", "one")
    assert run.result("test", "own").video_id == "own"
