"""Frames by presentation time: sampling, the frame at a time, integrity."""

import gc
import math
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.method.video import duration_s, frame_at, probe, sample_frames
from dbs_core.method.video.sampling import on_screen
from dbs_core.runtime.errors import InputError
from tests.core.make_video import number_in, numbered, write_sound, write_video
from tests.shared_data import shared_data

SHORT_GOP = {"g": "12", "bf": "2"}
FORMATS = [
    pytest.param(
        "a.mp4", {"codec": "libx264", **SHORT_GOP}, id="mp4-b-frames-edit-list"
    ),
    pytest.param("a.mp4", {"codec": "mpeg4", **SHORT_GOP}, id="mp4-mpeg4"),
    pytest.param("a.mkv", {"codec": "libx264", **SHORT_GOP}, id="mkv"),
    pytest.param("a.webm", {"codec": "libvpx", "deadline": "realtime"}, id="webm"),
    pytest.param("a.ts", {"codec": "libx264", **SHORT_GOP}, id="ts-no-index"),
    pytest.param("a.ts", {"codec": "mpeg2video", **SHORT_GOP}, id="ts-mpeg2"),
    pytest.param("a.mpg", {"codec": "mpeg2video", **SHORT_GOP}, id="program-stream"),
    pytest.param("a.avi", {"codec": "mpeg4", "g": "12"}, id="avi"),
    pytest.param("a.avi", {"codec": "mpeg4", **SHORT_GOP}, id="avi-b-frames"),
    pytest.param("a.avi", {"codec": "libx264", **SHORT_GOP}, id="avi-h264"),
    pytest.param("a.h264", {"codec": "libx264", **SHORT_GOP}, id="raw-without-times"),
    pytest.param("a.flv", {"codec": "libx264", **SHORT_GOP}, id="flv"),
    pytest.param("late.mp4", {"first": 1000, **SHORT_GOP}, id="mp4-starts-at-40-s"),
    pytest.param("late.mkv", {"first": 1000, **SHORT_GOP}, id="mkv-starts-at-40-s"),
    pytest.param("late.ts", {"first": 1000, **SHORT_GOP}, id="ts-starts-at-40-s"),
    pytest.param(
        "open.mp4", {"x264-params": "open-gop=1:keyint=12:bframes=3"}, id="open-gop"
    ),
]


def shown_at(times_s: list[float], moment_s: float) -> int:
    """Which frame is on screen: the last that has begun, by the slow way."""
    begun = [i for i, time_s in enumerate(times_s) if time_s <= moment_s + 1e-6]
    return begun[-1] if begun else 0


def expected_samples(times_s: list[float], end_s: float, rate_hz: float) -> list[int]:
    """Frames on screen at each multiple of 1/rate before the end, each once."""
    chosen: list[int] = []
    for tick in range(math.ceil((end_s - 1e-6) * rate_hz)):
        frame = shown_at(times_s, tick / rate_hz)
        if frame not in chosen:
            chosen.append(frame)
    return chosen


@given(
    gaps=st.lists(st.integers(1, 900), min_size=0, max_size=40),
    rate_hz=st.sampled_from([0.5, 1.0, 5.0, 24.0]),
    window=st.tuples(st.integers(0, 40), st.integers(1, 60)),
)
def test_on_screen_is_the_slow_rule(
    gaps: list[int], rate_hz: float, window: tuple[int, int]
) -> None:
    times = [0.0, *(int(t) / 1000 for t in np.cumsum(gaps))]
    start_s, end_s = window[0] / 10, window[0] / 10 + window[1] / 10
    kept = on_screen(
        [(t, i) for i, t in enumerate(times)],
        rate_hz=rate_hz,
        start_s=start_s,
        end_s=end_s,
        stay_s=lambda _: 0.04,
    )
    stop_s = min(end_s, times[-1] + 0.04)
    ticks = range(math.ceil((start_s - 1e-6) * rate_hz), 10**6)
    slow: list[int] = []
    for tick in ticks:
        if tick / rate_hz >= stop_s - 1e-6:
            break
        if (frame := shown_at(times, tick / rate_hz)) not in slow:
            slow.append(frame)
    assert [frame for _, frame in kept] == slow


@pytest.mark.parametrize(("name", "options"), FORMATS)
def test_samples_are_the_frames_on_screen(
    tmp_path: Path, name: str, options: dict
) -> None:
    path = write_video(tmp_path / name, 110, **options)
    times = [n / 25 for n in range(110)]
    samples = list(sample_frames(path))
    assert [number_in(image) for _, image in samples] == expected_samples(times, 4.4, 5)
    assert [t for t, _ in samples] == pytest.approx(
        [n / 5 for n in range(22)], abs=1e-3
    )
    assert probe(path).duration_s == pytest.approx(4.4, abs=2e-3)
    assert duration_s(path) == pytest.approx(4.4, abs=2e-3)
    assert probe(path).problems == ()


@pytest.mark.parametrize(("name", "options"), FORMATS)
def test_frame_at_is_the_sampled_frame(
    tmp_path: Path, name: str, options: dict
) -> None:
    path = write_video(tmp_path / name, 110, **options)
    for tick, (time_s, image) in enumerate(sample_frames(path)):
        if tick % 3 == 0:
            at_s, again = frame_at(path, tick / 5)
            assert at_s == time_s
            np.testing.assert_array_equal(again, image)


def test_frame_at_outside_the_video_is_its_first_or_last_frame(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 60, **SHORT_GOP)
    assert number_in(frame_at(path, -3.0)[1]) == 0
    at_s, image = frame_at(path, 99.0)
    assert (at_s, number_in(image)) == (pytest.approx(59 / 25), 59)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm"])
def test_variable_frame_rate_keeps_each_frames_time(
    tmp_path: Path, suffix: str, rng: np.random.Generator
) -> None:
    times_ms = np.cumsum(rng.integers(1, 400, 40)) - 1
    times_ms -= times_ms[0]
    codec = "libvpx" if suffix == "webm" else "libx264"
    path = write_video(
        tmp_path / f"a.{suffix}", codec=codec, times_ms=times_ms.tolist()
    )
    times = (times_ms / 1000).tolist()
    samples = list(sample_frames(path, end_s=times[-1]))
    chosen = expected_samples(times, times[-1], 5)
    assert [number_in(image) for _, image in samples] == chosen
    assert [t for t, _ in samples] == pytest.approx([times[i] for i in chosen])


def test_29_97_does_not_drift(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 1200, rate=Fraction(30000, 1001))
    samples = list(sample_frames(path))
    # Sample k shows frame floor(k / 5 * 29.97...), in exact arithmetic.
    numbers = [math.floor(Fraction(k * 30000, 5 * 1001)) for k in range(len(samples))]
    assert len(samples) == 201
    assert [number_in(image) for _, image in samples] == [n % 256 for n in numbers]
    times = [t for t, _ in samples]
    assert times == pytest.approx([n * 1001 / 30000 for n in numbers])
    assert probe(path).frame_rate == pytest.approx(30000 / 1001)


def test_a_rate_above_the_videos_gives_each_frame_once(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 30, rate=Fraction(10))
    samples = list(sample_frames(path, rate_hz=60.0))
    assert [number_in(image) for _, image in samples] == list(range(30))


@pytest.mark.parametrize("window", [(0.0, 1.0), (1.3, 2.9), (2.0, None), (3.99, None)])
def test_a_window_is_a_part_of_the_whole(
    tmp_path: Path, window: tuple[float, float | None]
) -> None:
    path = write_video(tmp_path / "a.mp4", 100, **SHORT_GOP)
    start_s, end_s = window
    whole = [t for t, _ in sample_frames(path)]
    part = [t for t, _ in sample_frames(path, start_s=start_s, end_s=end_s)]
    assert part == [t for t in whole if start_s <= t < (end_s or 99)]


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_rotation_flags_are_applied(tmp_path: Path, angle: int) -> None:
    path = write_video(tmp_path / "a.mp4", 5, rotation=angle)
    ((_, image),) = sample_frames(path, end_s=0.1)
    # The flag turns the stored picture counter-clockwise.
    upright = np.rot90(numbered(0), angle // 90)
    assert image.shape == upright.shape
    assert np.abs(image.astype(int) - upright).mean() < 6
    info = probe(path)
    assert (info.height, info.width) == image.shape[:2]
    assert info.rotation == angle


@pytest.mark.parametrize("angle", [None, 90])
def test_size_is_that_of_the_upright_image(tmp_path: Path, angle: int | None) -> None:
    path = write_video(tmp_path / "a.mp4", 5, rotation=angle)
    ((_, small),) = sample_frames(path, end_s=0.1, size=(30, 20))
    assert small.shape == (20, 30, 3)
    assert frame_at(path, 0.0, size=(7, 9))[1].shape == (9, 7, 3)


def test_odd_sizes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 5, size=(67, 51), pixels="yuv444p")
    ((_, image),) = sample_frames(path, end_s=0.1)
    assert image.shape == (51, 67, 3)
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - numbered(0, (67, 51))).mean() < 6


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 1)
    assert [t for t, _ in sample_frames(path)] == [0.0]
    assert probe(path).duration_s == pytest.approx(0.04)


def test_a_missing_index_is_no_obstacle(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.avi", 100, codec="mpeg4", g="12")
    content = whole.read_bytes()
    path = tmp_path / "a.avi"
    path.write_bytes(content[: content.rindex(b"idx1")])
    assert [number_in(i) for _, i in sample_frames(path)] == list(range(0, 100, 5))
    assert number_in(frame_at(path, 3.0)[1]) == 75
    assert probe(path).duration_s == pytest.approx(4.0)


@pytest.mark.parametrize("tail", [b"", bytes(9000)], ids=["cut off", "zeros"])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_a_damaged_tail_gives_what_decodes_and_says_so(
    tmp_path: Path, name: str, tail: bytes
) -> None:
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    whole = write_video(
        tmp_path / f"whole-{name}", 200, codec=codec, faststart="mp4" in name, g="12"
    )
    whole_times = [t for t, _ in sample_frames(whole)]
    content = whole.read_bytes()
    path = tmp_path / name
    kept = int(len(content) * 0.7)
    path.write_bytes(content[:kept] + tail[: len(content) - kept])

    sampling = sample_frames(path)
    times = [t for t, _ in sampling]
    assert 3 < len(times) < len(whole_times)
    assert times == whole_times[: len(times)]
    assert sampling.problem is not None
    info = probe(path)
    assert info.readable
    assert info.problems
    assert times[-1] < info.duration_s < times[-1] + 0.5


def test_a_whole_file_reports_no_problem(tmp_path: Path) -> None:
    sampling = sample_frames(write_video(tmp_path / "a.mp4", 20))
    assert len(list(sampling)) == 4
    assert sampling.problem is None


def test_a_transport_stream_joined_in_the_middle_starts_at_0(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.ts", 100, codec="mpeg2video", g="12")
    content = whole.read_bytes()
    path = tmp_path / "a.ts"
    path.write_bytes(content[len(content) // 2 :])
    times = [t for t, _ in sample_frames(path)]
    assert times[0] == 0.0
    assert 1 < probe(path).duration_s < 3


def test_any_damage_ends_in_frames_or_one_line(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    sources = [
        write_video(tmp_path / "a.mp4", 40, **SHORT_GOP),
        write_video(tmp_path / "a.mkv", 40, **SHORT_GOP),
        write_video(tmp_path / "a.ts", 40, **SHORT_GOP),
        write_video(tmp_path / "a.avi", 40, codec="mpeg4", **SHORT_GOP),
    ]
    for case in range(40):
        source = sources[case % len(sources)]
        content = np.frombuffer(source.read_bytes(), np.uint8).copy()
        hit = rng.integers(0, len(content), int(rng.choice([1, 5, 100])))
        content[hit] = rng.integers(0, 256, len(hit))
        path = tmp_path / f"damaged{source.suffix}"
        path.write_bytes(content.tobytes())
        info = probe(path)
        if not info.readable:
            assert len(info.problems) == 1
            with pytest.raises(InputError, match="damaged"):
                sample_frames(path)
        else:
            times = [t for t, _ in sample_frames(path)]
            assert np.all(np.diff(times) > 0)


def test_what_is_no_video_is_one_clear_line(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")
    sound = write_sound(tmp_path / "sound.mp4")
    for path in (text, empty, sound):
        with pytest.raises(InputError, match=path.name) as caught:
            sample_frames(path)
        assert "\n" not in str(caught.value)
        info = probe(path)
        assert not info.readable
        assert len(info.problems) == 1
        assert str(tmp_path) not in info.problems[0]


@pytest.mark.parametrize("use", [probe, sample_frames, lambda p: frame_at(p, 0.0)])
def test_missing_files_and_folders_are_named(tmp_path: Path, use) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=r"nowhere\.mp4: no such file"):
        use(tmp_path / "nowhere.mp4")
    with pytest.raises(InputError, match="wanted a file, got a folder"):
        use(tmp_path)


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 5)
    with pytest.raises(InputError, match=r"got -1\.0"):
        sample_frames(path, rate_hz=-1.0)
    with pytest.raises(InputError, match=r"got \(0, 5\)"):
        sample_frames(path, size=(0, 5))


@pytest.mark.parametrize("name", ["http:x.mp4", "a%03d.mp4", "-x y'.mp4", "ä#?.mp4"])
def test_a_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    path = write_video(tmp_path / "plain.mp4", 5).rename(tmp_path / name)
    assert len(list(sample_frames(path))) == 1


def test_a_playlist_opens_nothing_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "list.mp4"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    assert not probe(path).readable


def full_decode(path: Path) -> list[float]:
    """Times of all frames from one plain decode: by number in AVI, else by pts."""
    with av.open(str(path), metadata_errors="ignore") as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        if path.suffix == ".avi":
            return [float(n / stream.average_rate) for n in range(len(frames))]
        return [float((f.pts - frames[0].pts) * stream.time_base) for f in frames]


def test_real_clips_match_a_full_decode() -> None:
    root = shared_data("clips")
    clips = [p for p in sorted(root.rglob("*")) if p.suffix in {".mp4", ".avi"}]
    assert len(clips) == 13
    for path in clips:
        check_against_full_decode(path)


def check_against_full_decode(path: Path) -> None:
    times = full_decode(path)
    step = times[-1] - times[-2]
    info = probe(path)
    assert (info.readable, info.problems) == (True, ()), path
    # Packed B-frames: one packet of some AVI files holds no frame of its own.
    assert info.duration_s == pytest.approx(times[-1] + step, abs=step + 1e-3), path
    sampled = [t for t, _ in sample_frames(path, size=(32, 24))]
    chosen = expected_samples(times, times[-1] + step, 5)
    assert sampled == pytest.approx([times[i] for i in chosen]), path
    middle = info.duration_s / 2
    shown = times[shown_at(times, middle)]
    assert frame_at(path, middle)[0] == pytest.approx(shown), path


def test_frames_leave_no_open_file_or_thread_behind(tmp_path: Path) -> None:
    here = Path("/proc/self")
    if not here.is_dir():
        pytest.skip("counts open files in /proc")
    path = write_video(tmp_path / "a.mp4", 60, **SHORT_GOP)

    def held() -> tuple[int, int]:
        return len(list((here / "fd").iterdir())), len(list((here / "task").iterdir()))

    before = held()
    gc.disable()
    try:
        for _ in range(20):
            frame_at(path, 2.0)
            probe(path)
            sampling = sample_frames(path)
            next(sampling)
            sampling.close()
        files, threads = held()
    finally:
        gc.enable()
    assert files <= before[0] + 2
    assert threads <= before[1] + 4
