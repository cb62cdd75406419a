"""Bad input through the command line: one clear line each, the rest goes on.

The data set is made, the network is one that costs nothing: what is tested is what
becomes of input that cannot be used.
"""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.runs.run import Run
from dbs_core.runtime import files
from tests.core.colour_dataset import VIDEOS, write_actions, write_dataset
from tests.core.make_video import write_sound
from tests.core.runtime.test_files import full_disk
from tests.core.small_model import MeanColours

TRAIN = ("--grid", "16", "--epochs", "1", "--architecture", "C1")
NETWORK = "dbs_core.method.features.backbones.opening.EfficientNetLite0"
FIRST = "video_validation_0000001"


@pytest.fixture(scope="module", autouse=True)
def _cheap_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NETWORK, lambda device: MeanColours())
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("made") / "colours")


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(made, tmp_path / "colours"))


@pytest.fixture(scope="module")
def trained(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("trained") / "run"
    assert main(["train", str(made), "--run", str(run), *TRAIN]) == 0
    return run


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A copy of a trained run, to be damaged."""
    return Path(shutil.copytree(trained, tmp_path / "run"))


@dataclass
class Said:
    code: int
    out: str
    lines: list[str]

    def line(self, *words: object) -> str:
        """Give the one line of standard error that holds all words."""
        found = [x for x in self.lines if all(str(word) in x for word in words)]
        assert len(found) == 1, (words, self.lines)
        return found[0]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]):
    def called(*argv: object) -> Said:
        capsys.readouterr()
        code = main([str(part) for part in argv])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Said(code, captured.out, captured.err.splitlines())

    return called


def half_written(root: Path) -> list[Path]:
    """Files that must not be there: temporary ones, and scratch."""
    return [
        path
        for path in root.rglob("*")
        if path.name.startswith(".part-") or path.name == "descriptors.f16"
    ]


def refused(said: Said, *words: object) -> None:
    """The whole command was: exit 2, and one line that says why."""
    assert said.code == 2
    (line,) = [x for x in said.lines if x.startswith("error: ")]
    for word in words:
        assert str(word) in line


class TestFolders:
    def test_missing_folder(self, call, tmp_path):
        gone = tmp_path / "gone"
        refused(call("train", gone, "--run", tmp_path / "run"), gone, "no such file")
        assert not (tmp_path / "run").exists()

    def test_empty_folder(self, call, tmp_path):
        (tmp_path / "empty").mkdir()
        said = call("train", tmp_path / "empty", "--run", tmp_path / "run")
        refused(said, "empty", "no video file in it")
        assert not (tmp_path / "run").exists()

    def test_no_video_of_the_split(self, call, dataset, tmp_path):
        """Only annotation: nothing to train on."""
        shutil.rmtree(dataset / "validation")
        refused(call("train", dataset, "--run", tmp_path / "r"), "nothing to train on")

    def test_run_in_the_place_of_a_file(self, call, made, tmp_path):
        (tmp_path / "run").write_text("not a folder")
        said = call("train", made, "--run", tmp_path / "run", *TRAIN)
        refused(said, "run: a file, not a folder")
        assert (tmp_path / "run").read_text() == "not a folder"

    @pytest.mark.parametrize("command", ["detect", "evaluate"])
    def test_no_run_there(self, call, made, tmp_path, command):
        said = call(command, made, "--run", tmp_path / "gone")
        refused(said, "run.json", "no such file")
        assert not (tmp_path / "gone").exists()

    def test_run_of_other_settings_is_not_overwritten(self, call, made, run):
        model = (run / "model.npz").read_bytes()
        said = call("train", made, "--run", run, *TRAIN, "--seed", 7)
        refused(said, run, "--force")
        assert (run / "model.npz").read_bytes() == model


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder but what is safe to delete."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "cache" not in path.relative_to(root).parts
    }


class TestSomebodysFolder:
    """Named as the run's by mistake: refused, and every file in it stays."""

    @pytest.fixture
    def project(self, tmp_path):
        root = tmp_path / "project"
        for name in ("results/2024/thesis.csv", "detections/my.json", "model.npz"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"somebody's {name}")
        return root

    @pytest.mark.parametrize("options", [(), ("--force",)])
    @pytest.mark.parametrize("usable", [True, False])
    def test_train(self, call, dataset, project, options, usable):
        if not usable:
            shutil.rmtree(dataset / "validation")
        before = contents(project)
        said = call("train", dataset, "--run", project, *TRAIN, *options)
        refused(
            said,
            f"{project}: not empty, and without a run.json of ours",
            "wanted a new or empty folder, or a run's",
            "got detections, model.npz, results",
            "Name another folder.",
        )
        assert contents(project) == before
        assert not (project / "cache").exists()

    @pytest.mark.parametrize("text", ["{", "[]", '{"name": "a web page"}'])
    def test_a_run_json_of_something_else(self, call, made, project, text):
        (project / "run.json").write_text(text)
        before = contents(project)
        said = call("train", made, "--run", project, *TRAIN, "--force")
        refused(said, project, "without a run.json of ours", "results and 1 more")
        assert contents(project) == before

    def test_library(self, call, made, project):
        before = contents(project)
        refused(call("library", made, "--run", project), project, "not empty")
        assert contents(project) == before


class TestNothingToTrainOn:
    def test_no_folder_is_left(self, call, dataset, tmp_path):
        run = tmp_path / "run"
        for video in (dataset / "validation").iterdir():
            video.write_bytes(b"no video")
        refused(call("train", dataset, "--run", run, *TRAIN), "no video to train on")
        assert not run.exists()
        shutil.rmtree(dataset / "validation")
        refused(call("train", dataset, "--run", run, *TRAIN), "nothing to train on")
        assert not run.exists()

    def test_no_action_in_any_video_is_said_before_the_work(
        self, call, dataset, tmp_path
    ):
        run = tmp_path / "run"
        for file in (dataset / "annotation_val").glob("*.txt"):
            file.write_text("")
        said = call("train", dataset, "--run", run, *TRAIN)
        refused(
            said, "no action annotated in any of the videos to train on", "got 0 of"
        )
        assert not run.exists()

    def test_an_empty_folder_stays_and_is_used(self, call, made, dataset, tmp_path):
        run = tmp_path / "run"
        run.mkdir()
        shutil.rmtree(dataset / "validation")
        refused(call("train", dataset, "--run", run, *TRAIN), "nothing to train on")
        assert list(run.iterdir()) == []
        assert call("train", made, "--run", run, *TRAIN).code == 0

    @pytest.mark.parametrize("how", ["no split", "no video", "other classes"])
    def test_a_run_to_be_replaced_stays(self, call, made, dataset, run, how):
        """Whatever is wrong with what should take its place."""
        assert call("detect", made, "--run", run).code == 0
        before = contents(run)
        assert {"detections/test.json", "model.npz", "run.json"} < before.keys()
        folder = dataset / "validation"
        if how == "no split":
            shutil.rmtree(folder)
        for video in folder.glob("*") if how == "no video" else ():
            video.write_bytes(b"no video")
        if how == "other classes":
            (dataset / "detclasslist.txt").write_text("")
        said = call("train", dataset, "--run", run, *TRAIN, "--seed", 7, "--force")
        refused(said, "class list" if how == "other classes" else "to train on")
        assert contents(run) == before


class TestForce:
    def test_a_stop_leaves_the_old_run(self, call, made, run, monkeypatch):
        assert call("detect", made, "--run", run).code == 0
        before = contents(run)
        shutil.rmtree(run / "cache")
        with monkeypatch.context() as patched:
            interrupt(patched, 5)
            said = call("train", made, "--run", run, *TRAIN, "--seed", 7, "--force")
        assert said.code == 130
        assert contents(run) == before

    def test_the_new_run_takes_the_place_of_the_old(self, call, made, run, tmp_path):
        """With nothing left of it: results and the mark of a fusion neither."""
        assert call("detect", made, "--run", run).code == 0
        (run / "fusion.json").write_text("{}")
        new = (*TRAIN, "--seed", 7)
        assert call("train", made, "--run", tmp_path / "run 7", *new).code == 0
        assert call("train", made, "--run", run, *new, "--force").code == 0
        assert contents(run).keys() == {"model.npz", "run.json"}
        fresh = (tmp_path / "run 7" / "model.npz").read_bytes()
        assert (run / "model.npz").read_bytes() == fresh
        assert Run.open(run).info.seed == 7
        assert half_written(run) == []


class TestAnnotation:
    def test_bad_lines_are_named_and_the_rest_is_used(self, call, dataset, tmp_path):
        """An end missing, no numbers, an end before the start, no number."""
        bad = [f"{FIRST} {rest}" for rest in ("1.0", "one two", "3.0 1.0", "nan 1.0")]
        path = dataset / "annotation_val" / "Running_val.txt"
        path.write_text(path.read_text() + "\n".join(bad) + "\n")
        said = call("train", dataset, "--run", tmp_path / "run", *TRAIN)
        assert said.code == 0
        first = ", ".join(f"{path}:{number}" for number in (3, 4, 5))
        said.line("4 x line that is no 'video start end'", f"left out (first: {first})")
        listed = tmp_path / "run" / "missing" / "annotation.txt"
        said.line("could not be used", str(listed))
        places = [line.split(": line")[0] for line in listed.read_text().splitlines()]
        assert places == [f"{path}:{number}" for number, _ in enumerate(bad, 3)]
        assert (tmp_path / "run" / "model.npz").exists()

    def test_class_file_that_is_not_in_the_list(self, call, dataset, tmp_path):
        (dataset / "annotation_val" / "Flying_val.txt").write_text(f"{FIRST} 1 2\n")
        said = call("train", dataset, "--run", tmp_path / "run", *TRAIN)
        assert said.code == 0
        said.line("Flying", "not in the class list")

    def test_broken_class_list(self, call, dataset, tmp_path):
        (dataset / "detclasslist.txt").write_text("1 Running\ntwo Jumping\n")
        said = call("train", dataset, "--run", tmp_path / "run")
        refused(said, "detclasslist.txt:2", "two Jumping")

    @pytest.mark.parametrize("command", ["detect", "evaluate"])
    def test_data_set_of_other_classes(self, call, dataset, run, command):
        (dataset / "detclasslist.txt").write_text("1 Running\n2 Flying\n")
        said = call(command, dataset, "--run", run)
        refused(said, "other classes", "Running, Jumping", "Running, Flying")

    def test_truth_past_the_end_counts_whole_and_is_noted(
        self, call, dataset, run, tmp_path
    ):
        """In the result's record and in the evaluation; a training cuts it."""
        for split, short in (("validation", "val"), ("test", "test")):
            path = dataset / f"annotation_{short}" / f"Running_{short}.txt"
            video = f"video_{split}_0000002"
            path.write_text(path.read_text() + f"{video} 7.5 714.0\n{video} 400 410\n")
        said = call("train", dataset, "--run", tmp_path / "new", *TRAIN)
        assert said.code == 0
        figures = tmp_path / "figures.json"
        said = call("evaluate", dataset, "--run", run, "--json", figures)
        assert said.code == 0
        (counted,) = files.read_json(figures)["counted"]
        truth = open_dataset(dataset).split("test")
        assert counted["counted"]["truths"] == sum(len(v.truth.segments) for v in truth)
        assert "714.0 s" in counted["noted"]["video_test_0000002"]
        result = Run.open(run).result("test", "video_test_0000002")
        assert "714.0 s, the video at 8.0 s" in result.info.problems[0]
        assert result.truth is not None
        assert result.truth.segments.spans_s.max() == 714.0

    def test_no_annotated_action_at_all(self, call, dataset, run):
        for path in (dataset / "annotation_test").iterdir():
            path.write_text("")
        said = call("evaluate", dataset, "--run", run, "--json", run / "e.json")
        assert said.code == 2
        assert not (run / "e.json").exists()

    def test_mended_annotation_counts_at_once(self, call, dataset, run):
        """Results are kept, but the truth to judge by is that of the data set."""
        path, figures = dataset / "annotation_test" / "Running_test.txt", run / "e.json"
        found = []
        for content in (path.read_text(), "video_test_0000002 0.0 0.4\n"):
            path.write_text(content)
            options = ("--ceilings", "--json", figures)
            assert call("evaluate", dataset, "--run", run, *options).code == 0
            found.append(files.read_json(figures))
        assert found[0]["dbs"] != found[1]["dbs"]
        assert found[1]["ceiling_labels"]["map"]["0.5"] == pytest.approx(100)

    def test_unknown_split(self, call, made, run):
        refused(call("detect", made, "--run", run, "--split", "tset"), "got tset")
        refused(call("evaluate", "--run", run, "--split", "train"), "got train")


class TestVideos:
    def damage(self, folder: Path, name: str) -> dict[str, str]:
        """Put files that cannot be used into a folder: by id, a word of why."""
        whole = write_actions(folder / "whole.mp4", VIDEOS[FIRST])
        (folder / f"{name}_1.mp4").write_bytes(b"no video at all")
        (folder / f"{name}_2.mp4").write_bytes(b"")
        write_sound(folder / f"{name}_3.mp4")
        (folder / f"{name}_4.mp4").write_bytes(whole.read_bytes()[:3000])
        whole.unlink()
        return {
            f"{name}_1": "not a video",
            f"{name}_2": "not a video",
            f"{name}_3": "no video stream",
            f"{name}_4": "not a video",
        }

    def test_in_training_they_are_refused_or_left_out_and_listed(
        self, call, dataset, tmp_path
    ):
        bad = self.damage(dataset / "validation", "bad")
        path = dataset / "annotation_val" / "Jumping_val.txt"
        path.write_text(path.read_text() + "".join(f"{v} 1 2\n" for v in bad))
        given = ("train", dataset, "--run", tmp_path / "run", *TRAIN)
        refused(call(*given), "4 of 6 videos", *bad, "--leave-out")
        assert not (tmp_path / "run" / "model.npz").exists()
        said = call(*given, "--leave-out")
        assert said.code == 1
        for video, why in bad.items():
            said.line(f"left out {video}: ", why)
        assert (tmp_path / "run" / "model.npz").exists()
        assert half_written(tmp_path) == []
        assert set(Run.open(tmp_path / "run").info.left_out) == set(bad)
        again = call(*given)
        again.line("trained already, without", *bad)
        assert again.code == 1

    def test_in_detection_they_are_listed_and_the_rest_goes_on(
        self, call, dataset, run
    ):
        bad = self.damage(dataset / "test", "bad")
        said = call("detect", dataset, "--run", run)
        assert said.code == 1
        for video, why in bad.items():
            said.line(f"failed {video}: ", why)
        results = Run.open(run).result_files("test")
        assert [p.stem for p in results] == ["video_test_0000001", "video_test_0000002"]
        assert "video_test_0000002" in said.out

    def test_in_evaluation_they_are_listed_and_the_rest_is_judged(
        self, call, dataset, run
    ):
        bad = self.damage(dataset / "test", "bad")
        path = dataset / "annotation_test" / "Jumping_test.txt"
        path.write_text(path.read_text() + "".join(f"{v} 1 2\n" for v in bad))
        figures = run / "figures.json"
        said = call("evaluate", dataset, "--run", run, "--json", figures)
        assert said.code == 1
        for video in bad:
            said.line(f"failed {video}: ")
        found = files.read_json(figures)
        assert set(found) == {"dbs", "dbs_without_head", "counted"}
        (counted,) = found["counted"]
        assert counted["failed"].keys() == bad.keys()
        videos = counted["counted"]["videos"]
        assert videos == len(bad) + 2
        said.line(f"{run}: THUMOS'14 rule, test: {videos} videos")

    def test_none_that_can_be_used(self, call, dataset, tmp_path):
        for path in (dataset / "validation").iterdir():
            path.write_bytes(b"no video")
        said = call("train", dataset, "--run", tmp_path / "run", *TRAIN)
        refused(said, "no video to train on", f"{FIRST}.mp4")
        assert not (tmp_path / "run" / "model.npz").exists()

    def test_cut_file_gives_what_it_holds(self, call, run, tmp_path):
        """A damaged tail: a result of the frames that decode, and a note."""
        whole = write_actions(tmp_path / "whole.mkv", VIDEOS[FIRST])
        cut = tmp_path / "cut.mkv"
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        assert call("detect", cut, "--run", run).code == 0
        result = Run.open(run).result("video", "cut")
        assert result.info.problems
        assert 0 < len(result.frames) < 40
        assert result.detections.spans_s.max(initial=0) <= result.info.duration_s + 0.2

    def test_any_name_is_a_name(self, call, run, tmp_path):
        """Of good videos and of bad ones; nothing is written outside the run."""
        names = ("two\nlines", "a..b", "-dash", "semi;colon", "ä ö", "%2F", "a" * 200)
        folder = tmp_path / "videos"
        folder.mkdir()
        for name in names:
            shutil.copy(self.one(tmp_path), folder / f"{name}.mp4")
            (folder / f"bad {name}.mp4").write_bytes(b"no video")
        before = set(tmp_path.rglob("*")) - set(run.rglob("*"))
        said = call("detect", folder, "--run", run)
        assert said.code == 1
        assert sum("not a video" in line for line in said.lines) == len(names)
        for name in names:
            assert Run.open(run).result("video", name).video_id == name
        assert set(tmp_path.rglob("*")) - set(run.rglob("*")) == before

    def one(self, folder: Path) -> Path:
        path = folder / "one.mp4"
        return path if path.exists() else write_actions(path, VIDEOS[FIRST])


class TestRuns:
    def test_checkpoint_of_another_configuration(self, call, made, run):
        arrays, header = files.read_arrays(run / "model.npz")
        header["settings"]["architecture"] = "C3"
        files.write_arrays(run / "model.npz", arrays, header)
        said = call("detect", made, "--run", run)
        refused(said, "model.npz", "another configuration", "Train the run again")

    @pytest.mark.parametrize("keep", [0, 100])
    def test_damaged_checkpoint(self, call, made, run, keep):
        (run / "model.npz").write_bytes((run / "model.npz").read_bytes()[:keep])
        refused(call("detect", made, "--run", run), "model.npz", "damaged")

    def test_missing_checkpoint(self, call, made, run):
        (run / "model.npz").unlink()
        refused(call("evaluate", made, "--run", run), "model.npz", "no such file")

    def test_checkpoint_of_another_network(self, call, made, run):
        arrays, header = files.read_arrays(run / "model.npz")
        files.write_arrays(run / "model.npz", arrays, header | {"backbone": "other"})
        said = call("detect", made, "--run", run)
        assert said.code in (1, 2)
        assert any("wanted other, got mean-colours" in line for line in said.lines)
        assert Run.open(run).splits == ()

    def test_damaged_run_file(self, call, made, run):
        (run / "run.json").write_text("{")
        refused(call("detect", made, "--run", run), "run.json:1:2", "no valid JSON")

    @pytest.mark.parametrize(
        ("settings", "word"),
        [
            ({"epitome": {"iterations": 0}}, "iterations"),
            ({"smoothing": -1}, "smoothing"),
            ({"features": {"rate_hz": "5"}}, "rate_hz"),
            ({"features": None}, "features"),
            ({"control": {"hidden": 10**12}}, "size mismatch"),
            ({"control": {"hidden": 10**400}}, "another configuration"),
        ],
    )
    def test_settings_that_cannot_be(self, call, made, run, settings, word):
        arrays, header = files.read_arrays(run / "model.npz")
        for name, value in settings.items():
            old = header["settings"][name]
            header["settings"][name] = old | value if isinstance(value, dict) else value
        files.write_arrays(run / "model.npz", arrays, header)
        refused(call("detect", made, "--run", run), "model.npz", word)

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_weights_that_are_no_numbers(self, call, made, run, value):
        arrays, header = files.read_arrays(run / "model.npz")
        arrays["network/" + _first(arrays, "network/")].flat[0] = value
        files.write_arrays(run / "model.npz", arrays, header)
        refused(call("detect", made, "--run", run), "model.npz", "finite")

    @pytest.mark.parametrize("content", ["null", "[]", "5", '{"schema": 1}'])
    def test_run_file_that_is_no_run(self, call, made, run, content):
        (run / "run.json").write_text(content)
        refused(call("detect", made, "--run", run), "run.json", "no valid run")

    @pytest.mark.parametrize("name", ["name", "classes", "settings", "seed"])
    def test_run_file_with_a_null(self, call, made, run, name):
        value = files.read_json(run / "run.json")
        files.write_json(run / "run.json", value | {name: None})
        refused(call("detect", made, "--run", run), "run.json", name)

    @pytest.mark.parametrize("damage", ["npy", "member", "head", "null", "classes"])
    def test_a_result_that_unpacks_and_is_none(self, call, made, run, damage):
        """It is made again; of a video that is not asked about it is named."""
        assert call("detect", made, "--run", run).code == 0
        paths = Run.open(run).result_files("test")
        arrays, header = files.read_arrays(paths[0])
        whole = paths[0].read_bytes()
        if damage == "npy":
            with paths[0].open("wb") as file:
                np.save(file, np.arange(5))
        elif damage == "null":
            files.write_arrays(paths[0], arrays, header | {"frames": None})
        elif damage == "classes":
            few = arrays["frames.probability"][:, :-1]
            changed = arrays | {"frames.probability": few}
            files.write_arrays(paths[0], changed, header)
        else:
            inside = b"no array" if damage == "member" else _bad_head()
            with zipfile.ZipFile(paths[0], "w") as archive:
                archive.writestr("header.npy", inside)
        shutil.copy(paths[0], paths[0].with_name("other.npz"))
        said = call("detect", made, "--run", run)
        assert said.code == 1
        assert "other.npz" in said.line("failed other:")
        assert paths[0].read_bytes() == whole

    def test_damaged_result_is_made_again(self, call, made, run):
        assert call("detect", made, "--run", run).code == 0
        path = Run.open(run).result_path("test", "video_test_0000001")
        whole, found = path.read_bytes(), (run / "detections/test.json").read_bytes()
        path.write_bytes(whole[:200])
        assert call("detect", made, "--run", run).code == 0
        assert path.read_bytes() == whole
        assert (run / "detections/test.json").read_bytes() == found

    def test_damaged_features_are_named(self, call, made, run):
        for path in (run / "cache" / "features").glob("*.f16"):
            path.write_bytes(path.read_bytes()[:-1])
        said = call("train", made, "--run", run, *TRAIN, "--force")
        refused(said, ".f16: damaged", "Delete it")


class TestDiskFull:
    def test_while_training(self, call, made, tmp_path):
        """Wherever it strikes: one line, nothing half-written, and the next call
        makes what would have been made."""
        for limit in (100, 3000, 20_000):
            with full_disk(limit):
                said = call("train", made, "--run", tmp_path / "run", *TRAIN)
            refused(said, "cannot write (File too large)")
            assert half_written(tmp_path) == []
            assert not (tmp_path / "run" / "model.npz").exists()
        assert call("train", made, "--run", tmp_path / "run", *TRAIN).code == 0

    def test_while_detecting(self, call, made, run):
        with full_disk(3000):
            said = call("detect", made, "--run", run)
        refused(said, "cannot write (File too large)", "Free some space")
        assert half_written(run) == []
        assert Run.open(run).result_files("test") == ()
        assert call("detect", made, "--run", run).code == 0
        assert len(Run.open(run).result_files("test")) == 2

    def test_while_writing_figures(self, call, run, tmp_path):
        assert call("evaluate", "--run", run).code == 0
        with full_disk(100):
            said = call("evaluate", "--run", run, "--json", tmp_path / "e.json")
        refused(said, "cannot write (File too large)")
        assert not (tmp_path / "e.json").exists()


class TestStopped:
    @pytest.mark.parametrize("after", [2, 5])
    def test_training(self, call, made, trained, tmp_path, monkeypatch, after):
        """Ctrl-C in the middle of a video: exit 130, and the next call goes on."""
        run = tmp_path / "run"
        with monkeypatch.context() as patched:
            interrupt(patched, after)
            said = call("train", made, "--run", run, *TRAIN)
        assert said.code == 130
        said.line("stopped", "the same command goes on")
        assert half_written(run) == []
        assert not (run / "model.npz").exists()
        assert call("train", made, "--run", run, *TRAIN).code == 0
        assert (run / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()

    def test_detection(self, call, made, run, tmp_path, monkeypatch):
        with monkeypatch.context() as patched:
            interrupt(patched, 4)
            said = call("detect", made, "--run", run)
        assert said.code == 130
        assert half_written(run) == []
        results = Run.open(run).result_files("test")
        assert [path.stem for path in results] == ["video_test_0000001"]
        assert call("detect", made, "--run", run).code == 0
        assert len(Run.open(run).result_files("test")) == 2


def interrupt(patched: pytest.MonkeyPatch, after: int) -> None:
    """Let the network be interrupted at its `after`-th batch."""

    class Interrupted(MeanColours):
        batches = 0

        def __call__(self, frames):
            self.batches += 1
            if self.batches == after:
                raise KeyboardInterrupt
            return super().__call__(frames)

    patched.setattr(NETWORK, lambda device: Interrupted())


class TestWrongUse:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            pytest.param(("--grid", 8), ("16 to 64", "got 8"), id="grid"),
            pytest.param(("--epochs", 0), ("epochs", "got 0"), id="epochs"),
            pytest.param(("--dimensions", 0), ("dimensions", "got 0"), id="dimensions"),
        ],
    )
    def test_setting_that_makes_no_sense(self, call, made, tmp_path, options, words):
        said = call("train", made, "--run", tmp_path / "run", *options)
        refused(said, *words)
        assert not (tmp_path / "run" / "model.npz").exists()

    @pytest.mark.parametrize(
        "argv",
        [
            [],
            ["fly"],
            ["train"],
            ["train", "somewhere"],
            ["train", "x", "--run", "y", "--grid", "big"],
            ["train", "x", "--run", "y", "--device", "abacus"],
            ["detect", "x", "--run", "y", "--device", "cuda:99"],
            ["train", "x", "--run", "y", "--targets", "none"],
            ["detect", "--run", "y"],
        ],
        ids=" ".join,
    )
    def test_wrong_words(self, argv, capsys):
        with pytest.raises(SystemExit) as end:
            main(argv)
        assert end.value.code == 2
        assert "usage:" in capsys.readouterr().err

    @pytest.mark.parametrize("command", [[], ["train"], ["detect"], ["evaluate"]])
    def test_help_teaches(self, command, capsys):
        with suppress(SystemExit):
            main([*command, "--help"])
        text = capsys.readouterr().out
        assert len(text.splitlines()) > 10
        assert "run" in text


def _first(names, start):
    return next(n.removeprefix(start) for n in names if n.startswith(start))


def _bad_head() -> bytes:
    """Bytes that numpy takes for the head of an array, and cannot end."""
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
