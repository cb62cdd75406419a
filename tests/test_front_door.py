"""The front door: names that cost nothing and do what the command line does."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dbs_core
from dbs_core import InputError, detect, evaluate, open_dataset, open_run, train
from dbs_core.cli.main import main
from dbs_core.records import VideoResult
from dbs_core.runtime import files, store
from tests.core.colour_dataset import VIDEOS, write_actions, write_dataset
from tests.core.small_model import CLASSES, SETTINGS, MeanColours, small_run
from tests.shared_data import ROOT

NETWORK = "dbs_core.method.features.backbones.opening.EfficientNetLite0"
FIRST = "video_validation_0000001"
LIGHT = sorted({*dbs_core.__all__} - {"detect", "evaluate", "train"})


@pytest.fixture(autouse=True)
def _cheap_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(NETWORK, lambda device: MeanColours())
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "home"))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_actions(tmp_path / "match.mp4", VIDEOS[FIRST])


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return small_run(tmp_path / "run").root


def printed(code: str) -> str:
    """Give what a Python of its own prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but features."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "cache" not in path.relative_to(folder).parts
    }


class TestImport:
    def test_is_quick_and_loads_nothing(self):
        """The best of a few: others may use the machine meanwhile."""
        code = (
            "import time, sys; started = time.perf_counter(); import dbs_core;"
            "print(time.perf_counter() - started,"
            "[m for m in ('torch', 'numpy', 'av', 'matplotlib') if m in sys.modules])"
        )
        tries = [printed(code).split(maxsplit=1) for _ in range(3)]
        assert min(float(took) for took, _ in tries) < 0.5
        assert {loaded for _, loaded in tries} == {"[]"}

    def test_a_run_is_opened_and_drawn_without_pytorch(self):
        names = ", ".join(LIGHT)
        code = (
            f"import sys; from dbs_core import {names}; print('torch' in sys.modules)"
        )
        assert printed(code) == "False"

    def test_every_name_is_there_and_its_own(self):
        for name in dbs_core.__all__:
            assert getattr(dbs_core, name).__name__ == name
        assert set(dbs_core.__all__) <= set(dir(dbs_core))
        assert len(dbs_core.__all__) < 16

    def test_type_checkers_see_the_same_names_in_the_same_places(self):
        tree = ast.parse((ROOT / "dbs_core" / "__init__.py").read_text())
        seen = {
            alias.name: node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module != "typing"
            for alias in node.names
            if alias.name != "import_module"
        }
        homes = {name: f"dbs_core.{home}" for name, home in dbs_core._HOMES.items()}
        assert seen == homes
        assert set(seen) == set(dbs_core.__all__)

    def test_another_name_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match="no attribute 'fly'"):
            dbs_core.fly  # noqa: B018


class TestDetect:
    def test_gives_what_the_command_line_writes(self, video, run, tmp_path):
        other = Path(shutil.copytree(run, tmp_path / "other"))
        result = detect(video, run)
        assert main(["detect", str(video), "--run", str(other)]) == 0
        store.write_record(tmp_path / "mine.npz", result)
        written = other / "results" / "video" / "match.npz"
        assert (tmp_path / "mine.npz").read_bytes() == written.read_bytes()

    def test_knows_its_classes_and_its_video(self, video, run):
        result = detect(str(video), str(run))
        assert result.classes == result.detections.classes == CLASSES
        assert result.video_file == video.resolve()

    def test_writes_features_alone(self, video, run):
        before = contents(run)
        detect(video, open_run(run))
        assert contents(run) == before
        assert list((run / "cache" / "features").glob("*.f16"))

    def test_features_go_where_they_are_asked_to(self, video, run, tmp_path):
        detect(video, run, cache=str(tmp_path / "features"))
        assert list((tmp_path / "features").glob("*.f16"))
        assert not (run / "cache").exists()

    def test_keeps_the_result_if_asked(self, video, run):
        result = detect(video, run, keep=True)
        kept = open_run(run).result("video", "match")
        assert kept.frames.probability.tobytes() == result.frames.probability.tobytes()
        found = files.read_json(run / "detections" / "video.json")["results"]
        assert len(found["match"]) == len(result.detections)

    @pytest.mark.parametrize("keep", [False, True])
    def test_the_sample_stays_as_it_is(self, video, run, tmp_path, keep):
        info = files.read_json(run / "run.json") | {"kind": "sample"}
        files.write_json(run / "run.json", info)
        before = sorted(run.rglob("*"))
        detect(video, run, keep=keep)
        assert sorted(run.rglob("*")) == before
        (own,) = (tmp_path / "home" / "own").iterdir()
        assert list((own / "cache" / "features").glob("*.f16"))
        assert (own / "run.json").exists() == keep
        # The command goes on with what lies there.
        assert main(["detect", str(video), "--run", str(run)]) == 0
        assert open_run(own).result("video", "match").video_id == "match"

    def test_a_run_that_cannot_be_written_is_left_alone(
        self, video, run, tmp_path, monkeypatch
    ):
        before = sorted(run.rglob("*"))
        with monkeypatch.context() as patched:
            patched.setattr(os, "access", lambda path, mode: Path(path) != run)
            detect(video, run)
        assert sorted(run.rglob("*")) == before
        assert list((tmp_path / "home").rglob("*.f16"))

    def test_a_video_of_a_data_set_brings_its_truth(self, run, tmp_path):
        dataset = open_dataset(str(write_dataset(tmp_path / "colours")))
        result = detect(dataset.split("test")[0], run)
        assert result.truth is not None
        assert result.truth.segments.labels.tolist() == [1, 2]
        assert (result.split, len(result.truth.segments)) == ("test", 2)


class TestTrainAndEvaluate:
    @pytest.fixture
    def dataset(self, tmp_path: Path) -> Path:
        return write_dataset(tmp_path / "colours")

    def test_train_gives_the_run_and_finds_it_again(self, dataset, tmp_path):
        mine = train(str(dataset), str(tmp_path / "mine"), SETTINGS)
        model = (mine.root / "model.npz").read_bytes()
        assert mine.info.classes == CLASSES
        again = train(open_dataset(dataset), mine, SETTINGS)
        assert (again.root / "model.npz").read_bytes() == model

    def test_what_is_left_out_is_a_warning(self, dataset, tmp_path):
        (dataset / "validation" / "bad.mp4").write_bytes(b"no video")
        path = dataset / "annotation_val" / "Jumping_val.txt"
        path.write_text(path.read_text() + "bad 1 2\n")
        with pytest.warns(UserWarning, match=r"left out bad: .*not a video"):
            train(dataset, tmp_path / "mine", SETTINGS, leave_out=True)

    def test_evaluate_gives_what_the_command_line_prints(self, dataset, run, tmp_path):
        figures = tmp_path / "figures.json"
        found = evaluate(run, dataset, control=True)
        words = ["evaluate", str(dataset), "--run", str(run), "--control"]
        assert main([*words, "--json", str(figures)]) == 0
        wanted = files.read_json(figures)
        assert wanted.pop("counted") == [found.counted.as_json()]
        assert {row.name: row.as_json() for row in found.rows} == wanted
        rows = found.to_rows()
        assert rows[0]["method"] == "DBS"
        assert rows[0]["mAP@0.5"] == wanted["dbs"]["map"]["0.5"]
        assert repr(found).startswith(
            "Evaluated(THUMOS'14 rule, test: 2 videos, 3 truths counted; DBS: per-frame"
        )

    def test_evaluate_takes_the_runs_own_data_set(self, dataset, tmp_path):
        mine = train(dataset, tmp_path / "mine", SETTINGS)
        assert evaluate(mine).counted.videos == 2
        assert sorted(contents(mine.root / "results")) == [
            "test/video_test_0000001.npz",
            "test/video_test_0000002.npz",
        ]


class TestBadInput:
    """Each as one InputError with the line that the command line prints."""

    @pytest.fixture
    def same(self, capsys: pytest.CaptureFixture[str]):
        """Check that a call fails with the line that a command prints."""

        def checked(call, *command: object) -> str:
            with pytest.raises(InputError) as raised:
                call()
            capsys.readouterr()
            assert main([str(word) for word in command]) in (1, 2)
            line = str(raised.value)
            assert len(line.splitlines()) == 1
            said = capsys.readouterr().err.splitlines()
            ends = [x for x in said if x.startswith(("error: ", "failed "))]
            assert [x.split(": ", 1)[1] for x in ends] == [line]
            return line

        return checked

    def test_run_of_another_version(self, same, video, run):
        info = files.read_json(run / "run.json") | {"schema": 99}
        files.write_json(run / "run.json", info)
        said = same(lambda: detect(video, run), "detect", video, "--run", run)
        assert "run of another version, wanted 1, got 99. Train it again." in said

    def test_no_run_there(self, same, video, tmp_path):
        gone = tmp_path / "gone"
        said = same(lambda: detect(video, gone), "detect", video, "--run", gone)
        assert "no such file" in said

    def test_run_without_a_model(self, same, video, run):
        (run / "model.npz").unlink()
        said = same(lambda: detect(video, run), "detect", video, "--run", run)
        assert "model.npz: no such file" in said

    def test_damaged_model(self, same, video, run):
        (run / "model.npz").write_bytes(b"PK")
        said = same(lambda: detect(video, run), "detect", video, "--run", run)
        assert "damaged" in said

    @pytest.mark.parametrize("content", [b"", b"no video at all"])
    def test_file_that_is_no_video(self, same, run, tmp_path, content):
        bad = tmp_path / "bad.mp4"
        bad.write_bytes(content)
        said = same(lambda: detect(str(bad), run), "detect", bad, "--run", run)
        assert said.startswith(f"{bad}: not a video")

    def test_no_video_there(self, same, run, tmp_path):
        gone = tmp_path / "gone.mp4"
        said = same(lambda: detect(gone, run), "detect", gone, "--run", run)
        assert said == f"{gone}: no such file or folder"

    def test_data_set_of_other_classes(self, same, run, tmp_path):
        other = write_dataset(tmp_path / "other")
        (other / "detclasslist.txt").write_text("1 Running\n2 Flying\n")
        said = same(lambda: evaluate(run, other), "evaluate", other, "--run", run)
        assert "wanted Running, Jumping, got Running, Flying" in said

    def test_no_data_set_there(self, same, tmp_path):
        gone, mine = tmp_path / "gone", tmp_path / "mine"
        same(lambda: train(gone, mine), "train", gone, "--run", mine)
        assert not mine.exists()

    def test_run_in_a_folder_of_other_files(self, same, tmp_path):
        data = write_dataset(tmp_path / "colours")
        (tmp_path / "home.txt").write_text("mine")
        same(lambda: train(data, tmp_path), "train", data, "--run", tmp_path)

    def test_a_folder_is_no_video(self, run, tmp_path):
        with pytest.raises(InputError, match=r"a folder, not a video file.*one by one"):
            detect(tmp_path, run)

    @pytest.mark.parametrize("device", ["abacus", "cuda:99"])
    def test_no_such_device(self, video, run, device):
        with pytest.raises(InputError, match=f"no device '{device}' here"):
            detect(video, run, device=device)


def test_a_result_read_back_is_drawn_as_it_was(video: Path, run: Path) -> None:
    """What no file holds is known again from the run."""
    result = detect(video, run, keep=True)
    kept: Iterator[VideoResult] = open_run(run).results("video")
    (again,) = kept
    assert again.classes == CLASSES
    assert repr(again) == repr(result)
    assert dbs_core.heat_map(again).picture("svg") == dbs_core.heat_map(result).picture(
        "svg"
    )
