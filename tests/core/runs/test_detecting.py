"""Detection over many videos: resumes, goes on past a bad file, stops cleanly."""

import os

import numpy as np
import pytest

from dbs_core.datasets import open_video
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.pipeline import detect
from dbs_core.records import VideoEntry
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runtime.errors import Cancelled, CannotWrite, InputError
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.stage_clock import StageClock
from tests.core.make_video import write_sound, write_video
from tests.core.runtime.test_files import full_disk, names
from tests.core.small_model import MeanColours, small_model, small_run


@pytest.fixture
def videos(tmp_path):
    folder = tmp_path / "videos"
    folder.mkdir()
    for number, name in enumerate("abc"):
        write_video(folder / f"{name}.mp4", 50, first=10 * number)
    return folder


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path / "run")


def detector(run, tmp_path, progress=None):
    cache = FeatureCache(tmp_path / "cache")
    return Detector(
        run, small_model(), MeanColours, cache, progress=progress or Progress()
    )


def entries_of(folder):
    return open_video(folder).videos


def written(run):
    """Every file of results and detections, with its bytes."""
    return {
        str(path.relative_to(run.root)): path.read_bytes()
        for folder in ("results", "detections")
        for path in sorted((run.root / folder).rglob("*"))
        if path.is_file()
    }


def test_a_name_that_is_no_utf_8_is_detected_in_like_any_other(videos, run, tmp_path):
    """A file of an old disk, with a Latin-1 name beside good ones."""
    odd = os.fsencode(videos) + b"/caf\xe9.mp4"
    os.rename(videos / "b.mp4", odd)  # noqa: PTH104 - a name of bytes
    entries = entries_of(videos)
    assert detect_all(entries, detector(run, tmp_path)) == {}
    for entry in entries:
        result = run.result(entry.split, entry.video_id)
        assert result.video_id == entry.video_id
    assert {"a", "c", os.fsdecode(b"caf\xe9")} == {e.video_id for e in entries}


class TestDetect:
    def test_result_holds_every_record(self, videos, tmp_path):
        entry = entries_of(videos)[0]
        cache = FeatureCache(tmp_path / "cache")
        result = detect(entry, small_model(), MeanColours(), cache)
        assert result.video_id == "a"
        assert len(result.placement) == len(result.frames) == 10
        assert result.mosaic.shape == (16 * 12, 16 * 12, 3)
        assert result.usage.sum() == pytest.approx(490, rel=1e-3)
        assert len(result.log_likelihood) == len(result.trace)
        assert result.grid.probability.shape == (16, 16, 3)
        assert result.control.probability.shape == (10, 3)
        np.testing.assert_array_equal(result.frames.times_s, result.control.times_s)
        assert result.truth is None
        assert result.info.codec == "h264"

    def test_reads_no_more_than_its_arguments(self, videos, tmp_path):
        """Twice, in whatever order, the same: nothing is kept from one to the next."""
        a, b, _ = entries_of(videos)
        cache = FeatureCache(tmp_path / "cache")
        first = detect(a, small_model(), MeanColours(), cache)
        detect(b, small_model(), MeanColours(), cache)
        again = detect(a, small_model(), MeanColours(), cache)
        for name in ("placement.weights", "frames.probability", "grid.probability"):
            record, field = name.split(".")
            one, two = (getattr(getattr(r, record), field) for r in (first, again))
            assert one.tobytes() == two.tobytes()

    def test_every_stage_is_entered_once_in_the_papers_order(self, videos, tmp_path):
        """What times the path has every stage's name, and no order of its own."""
        clock = StageClock()
        result = detect(
            entries_of(videos)[0],
            small_model(),
            MeanColours(),
            FeatureCache(tmp_path / "cache"),
            stage=clock,
        )
        assert list(clock.seconds) == [
            *("features", "imprint", "describe", "segment"),
            *("project", "control", "head", "localise"),
        ]
        plain = detect(
            entries_of(videos)[0],
            small_model(),
            MeanColours(),
            FeatureCache(tmp_path / "cache"),
        )
        assert result.detections.scores.tobytes() == plain.detections.scores.tobytes()

    def test_model_of_another_backbone_is_named(self, videos, tmp_path):
        class Other(MeanColours):
            name = "other"

        with pytest.raises(InputError, match="wanted mean-colours, got other"):
            detect(
                entries_of(videos)[0],
                small_model(),
                Other(),
                FeatureCache(tmp_path / "cache"),
            )


class TestDetectAll:
    def test_writes_a_result_each_and_one_list(self, videos, run, tmp_path):
        assert detect_all(entries_of(videos), detector(run, tmp_path)) == {}
        assert sorted(written(run)) == [
            "detections/video.json",
            "results/video/a.npz",
            "results/video/b.npz",
            "results/video/c.npz",
        ]

    def test_second_call_does_nothing(self, videos, run, tmp_path):
        detect_all(entries_of(videos), detector(run, tmp_path))
        before = written(run)

        def never():
            raise AssertionError("the network was loaded")

        again = Detector(run, small_model(), never, FeatureCache(tmp_path / "none"))
        assert detect_all(entries_of(videos), again) == {}
        assert written(run) == before

    def test_two_runs_give_the_same_bytes(self, videos, tmp_path):
        contents = []
        for name in ("one", "two"):
            run = small_run(tmp_path / name)
            detect_all(entries_of(videos), detector(run, tmp_path / name))
            contents.append(written(run))
        assert contents[0] == contents[1]

    def test_order_of_videos_does_not_matter(self, videos, tmp_path):
        contents = []
        for name, step in (("one", 1), ("two", -1)):
            run = small_run(tmp_path / name)
            detect_all(entries_of(videos)[::step], detector(run, tmp_path / name))
            contents.append(written(run))
        assert contents[0] == contents[1]

    def test_bad_videos_are_named_and_the_rest_goes_on(self, videos, run, tmp_path):
        (videos / "a.mp4").write_bytes(b"no video")
        write_sound(videos / "aa.mp4")
        (videos / "b.mp4").unlink()
        gone = VideoEntry("b", videos / "b.mp4", "video", None)
        entries = [*entries_of(videos), gone]
        failures = detect_all(entries, detector(run, tmp_path))
        assert sorted(failures) == ["a", "aa", "b"]
        for video_id, why in failures.items():
            assert f"{video_id}.mp4" in why
            assert "\n" not in why
        assert sorted(written(run)) == ["detections/video.json", "results/video/c.npz"]

    def test_damaged_result_is_made_again(self, videos, run, tmp_path):
        detect_all(entries_of(videos), detector(run, tmp_path))
        before = written(run)
        path = run.result_path("video", "b")
        path.write_bytes(path.read_bytes()[:100])
        assert detect_all(entries_of(videos), detector(run, tmp_path)) == {}
        assert written(run) == before

    def test_damaged_result_of_another_video_does_not_stop_the_rest(
        self, videos, run, tmp_path
    ):
        """It is named; the videos asked for get their results and detections."""
        detect_all(entries_of(videos), detector(run, tmp_path))
        path = run.result_path("video", "b")
        path.write_bytes(path.read_bytes()[:100])
        (run.root / "detections" / "video.json").unlink()
        failures = detect_all(entries_of(videos)[2:], detector(run, tmp_path))
        assert list(failures) == ["b"]
        assert "b.npz" in failures["b"]
        assert "detections/video.json" in written(run)

    def test_another_file_of_the_same_name_is_looked_at(self, videos, run, tmp_path):
        detect_all(entries_of(videos), detector(run, tmp_path))
        other = tmp_path / "other"
        other.mkdir()
        write_video(other / "a.mp4", 75)
        detect_all(entries_of(other), detector(run, tmp_path))
        assert len(run.result("video", "a").frames) == 15

    @pytest.mark.parametrize("stage", ["features", "imprint", "segment"])
    def test_stopped_half_way_keeps_what_is_finished(
        self, videos, run, tmp_path, stage
    ):
        steps = []

        def cancelled():
            last = steps[-1]
            return last.stage == stage and sum(s.stage == "detect" for s in steps) == 2

        with pytest.raises(Cancelled):
            detect_all(
                entries_of(videos),
                detector(run, tmp_path, Progress(steps.append, cancelled)),
            )
        assert list(written(run)) == ["results/video/a.npz"]
        parts = [p for p in tmp_path.rglob("*") if p.name.startswith(".part")]
        assert parts == []
        assert detect_all(entries_of(videos), detector(run, tmp_path)) == {}
        assert len(written(run)) == 4

    def test_full_disk_is_named_and_leaves_nothing_half_written(
        self, videos, run, tmp_path
    ):
        """Features are kept already; results do not fit."""
        other = small_run(tmp_path / "other")
        detect_all(entries_of(videos), detector(other, tmp_path))
        with full_disk(1000), pytest.raises(CannotWrite, match=r"a.npz: cannot write"):
            detect_all(entries_of(videos), detector(run, tmp_path))
        assert names(run.root / "results" / "video") == []


class TestOpen:
    """A run's model and network, wherever a run is opened for detection."""

    @pytest.fixture
    def networks(self, monkeypatch):
        """Note each network that is loaded, by the name it was asked for under."""
        asked = []

        def load(settings, device):
            asked.append((settings.backbone, device))
            return MeanColours()

        monkeypatch.setattr("dbs_core.runs.detecting.named_backbone", load)
        return asked

    def test_the_network_is_loaded_once_and_when_it_is_needed(self, run, networks):
        opened = Detector.open(run)
        assert networks == []
        assert opened.backbone is opened.backbone
        assert networks == [("efficientnet-lite0", "cpu")]

    def test_a_network_that_moved_is_named_anew(self, run, networks):
        opened = Detector.open(run, backbone="maps:elsewhere", device="cuda")
        assert opened.backbone.name == "mean-colours"
        assert networks == [("maps:elsewhere", "cuda")]

    def test_features_are_kept_in_the_run_unless_a_folder_is_named(
        self, run, videos, tmp_path, networks
    ):
        assert Detector.open(run).cache.root == run.root / "cache" / "features"
        opened = Detector.open(run, cache=tmp_path / "shared")
        assert detect_all(entries_of(videos), opened) == {}
        assert list((tmp_path / "shared").glob("*.f16"))
        assert not run.features_path.exists()

    def test_finds_what_the_stages_find_with_the_model_that_was_saved(
        self, run, videos, tmp_path, networks
    ):
        detect_all(entries_of(videos), Detector.open(run, cache=tmp_path / "cache"))
        other = small_run(tmp_path / "other")
        detect_all(entries_of(videos), detector(other, tmp_path))
        assert written(run) == written(other)

    def test_a_run_without_a_model_is_one_line(self, run):
        run.model_path.unlink()
        with pytest.raises(InputError, match=r"model\.npz: no such file"):
            Detector.open(run)
