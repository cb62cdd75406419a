"""Own videos through the path: no video, no frame, four hours, a stop, any name."""

import dataclasses
import io
import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.method import pipeline
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.imprint import em, fitting
from dbs_core.records import VideoInfo
from dbs_core.runs.detecting import Detector
from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.detect_in_parts import look, open_request
from dbs_core.runs.own_videos.estimate import Speed, estimate, measure
from dbs_core.runs.own_videos.parts import LONGEST_S, clock, parts_of
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import SILENT, Progress, Step
from tests.core.make_video import write_sound, write_video
from tests.core.small_model import MeanColours, small_model, small_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return requests.own_run(tmp_path / "own", small_run(tmp_path / "base"))


def opened(
    run: Run, progress: Progress = SILENT, backbone: type[MeanColours] = MeanColours
) -> Detector:
    cache = FeatureCache(run.features_path)
    return Detector(run, small_model(), backbone, cache, progress=progress)


def keep(run: Run, path: Path, name: str = "") -> requests.Request:
    content = path.read_bytes()
    return requests.keep_upload(
        run, name or path.name, io.BytesIO(content).read, len(content)
    )


def left_over(run: Run) -> list[Path]:
    """List half-written files and kept features."""
    return [
        p
        for p in run.root.rglob("*")
        if p.is_file() and (p.name.startswith(".part") or p.suffix == ".f16")
    ]


def test_a_video_gets_a_result_that_travels_with_its_folder(
    run: Run, tmp_path: Path
) -> None:
    request = keep(run, write_video(tmp_path / "a.mp4", 60), "<b>goal</b>.mp4")
    look(request, opened(run))
    stored = requests.requests(run)[0]
    assert requests.done(run, stored)
    result = run.result(requests.SPLIT, stored.video_id)
    assert not Path(result.video_path).is_absolute()
    moved = run.root.rename(tmp_path / "moved")
    again = Run.open(moved)
    assert again.video_file(again.result(requests.SPLIT, stored.video_id)).is_file()
    assert (moved / "detections" / "video.json").is_file()


def test_a_second_look_goes_on_where_the_first_stopped(
    run: Run, tmp_path: Path
) -> None:
    request = keep(run, write_video(tmp_path / "a.mp4", 60))
    look(request, opened(run))
    path = run.result_path(requests.SPLIT, "a")
    before = path.stat().st_mtime_ns
    steps: list[Step] = []
    look(request, opened(run, Progress(steps.append)))
    assert path.stat().st_mtime_ns == before
    assert "features" not in {step.stage for step in steps}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"this is text, not video" * 50, "not a video", id="text"),
        pytest.param(b"", "not a video", id="empty"),
        pytest.param(b"\0" * 100_000, "not a video", id="zeros"),
    ],
)
def test_no_video_is_one_line(
    run: Run, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    request = requests.name_file(run, path)
    with pytest.raises(InputError, match=told) as caught:
        look(request, opened(run))
    assert "\n" not in str(caught.value)
    assert not list(run.root.glob("results/*/*"))


def write_no_frame(path: Path) -> Path:
    """Write the header of a video, and no frame."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
    return path


def test_sound_alone_and_zero_frames_are_one_line(run: Run, tmp_path: Path) -> None:
    sound = keep(run, write_sound(tmp_path / "sound.mp4"))
    with pytest.raises(InputError, match="no video"):
        look(sound, opened(run))
    none = keep(run, write_no_frame(tmp_path / "none.avi"))
    with pytest.raises(InputError, match="none: not one frame can be decoded"):
        look(none, opened(run))


def test_no_space_for_the_features_is_said_before_any_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = keep(run, write_video(tmp_path / "a.mp4", 60))
    monkeypatch.setattr("dbs_core.runtime.files.SPARE", 1 << 60)
    with pytest.raises(InputError, match="not enough space"):
        look(request, opened(run))
    assert not left_over(run)


def test_a_model_of_another_backbone_is_refused(run: Run, tmp_path: Path) -> None:
    class Other(MeanColours):
        name = "other-features"

    request = keep(run, write_video(tmp_path / "a.mp4", 30))
    with pytest.raises(InputError, match="got other-features"):
        look(request, opened(run, backbone=Other))


@pytest.mark.parametrize("stage", ["open", "features", "imprint", "segment"])
def test_a_stop_at_any_stage_leaves_nothing_half_written(
    run: Run, tmp_path: Path, stage: str
) -> None:
    request = keep(run, write_video(tmp_path / "a.mp4", 200))
    seen: list[str] = []
    progress = Progress(lambda step: seen.append(step.stage), lambda: stage in seen)
    with pytest.raises(Cancelled):
        look(request, opened(run, progress))
    assert not [p for p in left_over(run) if p.name.startswith(".part")]
    assert not list(run.root.glob("results/*/*"))
    assert request.file(run).is_file()
    look(request, opened(run))
    assert requests.done(run, requests.requests(run)[0])
    assert not left_over(run)


def test_a_stop_in_the_em_ends_before_its_next_iteration(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = keep(run, write_video(tmp_path / "a.mp4", 100))
    taken: list[object] = []
    step = em.iteration

    def spied(*args: object, **options: object) -> object:
        taken.append(step(*args, **options))
        return taken[-1]

    monkeypatch.setattr(em, "iteration", spied)
    with pytest.raises(Cancelled):
        look(request, opened(run, Progress(cancelled=lambda: len(taken) == 2)))
    assert len(taken) == 2
    assert not list(run.root.glob("results/*/*"))


def test_the_em_works_on_the_device_of_the_detector(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is told from the default "cpu"."""
    request = keep(run, write_video(tmp_path / "a.mp4", 30))
    asked: list[object] = []

    def fit(*args: object, device: str = "none", **options: object) -> object:
        asked.append(device)
        return fitting.fit(*args, device=device, **options)

    monkeypatch.setattr(pipeline, "fit", fit)
    look(request, dataclasses.replace(opened(run), device="cpu:0"))
    assert asked == ["cpu:0"]


def test_a_stop_behind_the_features_keeps_them_for_the_next_time(
    run: Run, tmp_path: Path
) -> None:
    request = keep(run, write_video(tmp_path / "a.mp4", 100))
    seen: list[str] = []
    progress = Progress(lambda step: seen.append(step.stage), lambda: "imprint" in seen)
    with pytest.raises(Cancelled):
        look(request, opened(run, progress))
    assert len(left_over(run)) == 1
    seen.clear()
    look(request, opened(run, Progress(lambda step: seen.append(step.stage))))
    assert "features" not in seen
    requests.forget(run, requests.requests(run)[0])
    assert not list(run.root.glob("results/*/*"))
    assert not list((run.root / "videos").iterdir())


@pytest.fixture
def four_hours(tmp_path: Path) -> Path:
    """Four hours with a frame every half minute: long, and small to decode."""
    times = range(0, 4 * 3600 * 1000, 30_000)
    return write_video(
        tmp_path / "long.mp4", len(times), times_ms=list(times), rate=Fraction(25)
    )


def test_four_hours_go_through_in_parts_with_bounded_memory(
    run: Run, four_hours: Path
) -> None:
    request = keep(run, four_hours, "talk.mp4")
    steps: list[Step] = []
    ids = look(request, opened(run, Progress(steps.append)))
    assert len(ids) == 16
    assert ids[0] == "talk 0:00-15:00"
    assert ids[-1].startswith("talk 3:4")
    assert [s.done for s in steps if s.stage == "parts"] == list(range(16))
    results = [run.result(requests.SPLIT, name) for name in ids]
    times = np.concatenate([r.placement.times_s for r in results])
    for result in results:
        lived = result.placement.duration_s - result.placement.times_s[0]
        assert lived <= LONGEST_S + 60  # a frame stays on screen half a minute
        assert "of 16" in result.info.problems[-1]
    # Times are those of the whole video: the parts follow one another.
    assert times[0] == 0
    assert times[-1] > 4 * 3600 - 90
    assert not left_over(run)


def test_a_stop_between_parts_keeps_the_finished_ones(
    run: Run, four_hours: Path
) -> None:
    request = keep(run, four_hours)
    steps: list[Step] = []
    progress = Progress(
        steps.append, lambda: steps[-1].stage == "parts" and steps[-1].done == 3
    )
    with pytest.raises(Cancelled):
        look(request, opened(run, progress))
    assert len(run.result_files(requests.SPLIT)) == 3
    assert not requests.done(run, requests.requests(run)[0])
    assert not left_over(run)


@pytest.mark.parametrize(
    ("seconds", "count"), [(0.0, 1), (899.9, 1), (900.0, 1), (901.0, 2), (14400.0, 16)]
)
def test_parts_cover_the_video_and_none_is_too_long(seconds: float, count: int) -> None:
    parts = parts_of(seconds)
    assert len(parts) == count
    assert parts[0][0] == 0
    assert parts[-1][1] == seconds
    assert all(a[1] == b[0] for a, b in itertools.pairwise(parts))
    assert max(end - start for start, end in parts) <= LONGEST_S


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0:00"),
        (59.6, "1:00"),
        (750.0, "12:30"),
        (3723.0, "1:02:03"),
        (14400.0, "4:00:00"),
    ],
)
def test_clock_says_times_as_people_do(seconds: float, said: str) -> None:
    assert clock(seconds) == said


def test_the_estimate_of_four_hours_names_parts_and_bounded_disk() -> None:
    info = VideoInfo(14400.0, 25.0, 640, 360, "h264")
    found = estimate(info, Speed(0.02, 0.01, 7 * 7 * 1280), 5.0)
    assert found.samples == 72_000
    assert found.total_s == pytest.approx(72_000 * 0.03)
    assert found.parts == 16
    assert found.disk_bytes == 4500 * 7 * 7 * 1280 * 2  # one part's, not 9 GB


def test_an_estimate_is_measured_on_the_video_itself(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 200)
    speed = measure(path, 8.0, small_model(), MeanColours(), tmp_path)
    assert speed.features_s > 0
    assert speed.imprint_s > 0
    assert speed.values == 7 * 7 * 6


def test_opening_notes_the_length_once(run: Run, tmp_path: Path) -> None:
    request = keep(run, write_video(tmp_path / "a.mp4", 50))
    found, info = open_request(run, request)
    assert found.duration_s == info.duration_s == pytest.approx(2.0)
    assert requests.requests(run) == (found,)


def test_the_command_leaves_the_sample_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Own videos of the sample's classes go into the user's folder."""
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    base = small_run(tmp_path / "shipped")
    shipped = Run.create(base.root, dataclasses.replace(base.info, kind="sample"))
    before = sorted(p.name for p in shipped.root.rglob("*"))
    video = write_video(tmp_path / "a.mp4", 60)
    assert main(["detect", "--run", str(shipped.root), str(video)]) == 0
    assert "the sample stays as it is" in capsys.readouterr().err
    assert sorted(p.name for p in shipped.root.rglob("*")) == before
    (own,) = (tmp_path / "home" / "own").iterdir()
    assert Run.open(own).result("video", "a").video_id == "a"
