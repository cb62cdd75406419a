"""Pictures that are not decoded: what is sampled is as in a full decode, to the bit."""

import math
from pathlib import Path

import av
import numpy as np
import pytest

from dbs_core.method.video import sample_frames
from dbs_core.method.video.stream import VideoStream
from tests.core.make_video import write_video
from tests.shared_data import shared_data

B_FRAMES = {"g": "25", "x264-params": "bframes=3:b-adapt=0"}
KINDS = [
    *(f"bframes={n}:b-adapt=0:b-pyramid={how}" for n in (2, 7) for how in (0, 1, 2)),
    "bframes=3:open-gop=1:keyint=12:b-adapt=0",
    "bframes=3:intra-refresh=1:keyint=20:b-adapt=0",
    "bframes=3:slices=4:ref=5:b-adapt=0",
    "bframes=3:tff=1",
    "bframes=0",
]


def plain(path: Path) -> list[tuple[float, np.ndarray]]:
    """Decode all frames by nothing but PyAV: seconds from the first, and RGB."""
    with av.open(str(path), metadata_errors="ignore") as container:
        frames = list(container.decode(video=0))
    zero = frames[0].pts
    return [
        (float((one.pts - zero) * one.time_base), one.to_ndarray(format="rgb24"))
        for one in frames
    ]


def on_screen(
    frames: list[tuple[float, np.ndarray]], rate_hz: float, start_s: float = 0.0
) -> list[tuple[float, np.ndarray]]:
    """Find what is shown at each sampling time before the last frame; each once."""
    chosen: list[int] = []
    for tick in range(math.ceil(start_s * rate_hz), 10**5):
        moment_s = tick / rate_hz
        if moment_s > frames[-1][0] + 1e-6:
            break
        shown = max(i for i, (t, _) in enumerate(frames) if t <= moment_s + 1e-6)
        if shown not in chosen:
            chosen.append(shown)
    return [frames[i] for i in chosen]


def assert_sampled(path: Path, rate_hz: float, start_s: float = 0.0) -> None:
    whole = plain(path)
    expected = on_screen(whole, rate_hz, start_s)
    found = list(
        sample_frames(path, rate_hz=rate_hz, start_s=start_s, end_s=whole[-1][0] + 1e-3)
    )
    assert [t for t, _ in found] == pytest.approx([t for t, _ in expected])
    for (_, image), (_, wanted) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(image, wanted)


def decoded(path: Path, rate_hz: float = 5.0) -> tuple[int, int]:
    """Count what is decoded for samples, and in all."""
    with VideoStream(path) as stream:
        sampled = sum(1 for _ in stream.sampled(0.0, rate_hz))
    with VideoStream(path) as stream:
        return sampled, sum(1 for _ in stream.frames())


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("kind", KINDS)
def test_samples_are_those_of_a_full_decode(
    tmp_path: Path, kind: str, suffix: str, rng: np.random.Generator
) -> None:
    steady = write_video(tmp_path / f"a.{suffix}", 80, **{"x264-params": kind})
    assert_sampled(steady, 5.0)
    assert_sampled(steady, 12.5, start_s=1.9)
    times_ms = np.cumsum(rng.integers(1, 150, 60))
    times_ms -= times_ms[0]
    uneven = write_video(
        tmp_path / f"b.{suffix}", times_ms=times_ms.tolist(), **{"x264-params": kind}
    )
    assert_sampled(uneven, 5.0)


def test_what_no_sample_shows_is_not_decoded(tmp_path: Path) -> None:
    """Of I B b b P, each pair b is for nothing else: half of all, but for samples."""
    path = write_video(tmp_path / "a.mp4", 100, **B_FRAMES)
    few, every = decoded(path)
    assert every == 100
    assert few < 70
    assert decoded(path, 25.0) == (100, 100)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mkv", "libx265"),
        ("a.avi", "libx264"),
        ("a.ts", "libx264"),
        ("a.mp4", "mpeg4"),
    ],
)
def test_where_marks_or_times_say_less_all_is_decoded(
    tmp_path: Path, name: str, codec: str
) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {"bf": "2"}
    path = write_video(tmp_path / name, 60, codec=codec, **options)
    assert decoded(path) == (60, 60)


def test_times_of_decoding_are_no_times_to_go_by(tmp_path: Path) -> None:
    source = write_video(tmp_path / "a.mp4", 60, **B_FRAMES)
    path = tmp_path / "b.mkv"
    with av.open(str(source)) as given, av.open(str(path), "w") as to:
        stream = to.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.pts = packet.dts
                packet.stream = stream
                to.mux(packet)
    assert decoded(path) == (60, 60)


@pytest.mark.parametrize("lost", [0.3, 0.7])
def test_a_lost_picture_brings_the_full_decode(tmp_path: Path, lost: float) -> None:
    """What was left out before it may be on screen in its place."""
    path = write_video(tmp_path / "a.mp4", 100, **B_FRAMES)
    content = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        sizes = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    # Others are of a few bytes: that one is an anchor.
    about = len(sizes) * lost
    at = max(range(round(about), round(about) + 4), key=lambda i: sizes[i][1])
    pos, size = sizes[at]
    content[pos + 4 : pos + size] = bytes(size - 4)
    path.write_bytes(content)
    with VideoStream(path) as stream:
        full = [(t, stream.rgb(f, (64, 48))) for t, f in stream.frames()]
    assert len(full) < 100
    expected = on_screen(full, 5.0)
    found = list(sample_frames(path, end_s=full[-1][0] + 1e-3))
    assert [t for t, _ in found] == [t for t, _ in expected]
    for (_, image), (_, wanted) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(image, wanted)
    assert decoded(path)[0] > 70


def test_real_films_lose_nothing() -> None:
    root = shared_data("clips")
    films = ["codecs/R6llTwEh07w.mp4", "codecs/WUzgd7C1pWA.mp4"]
    for film in films:
        assert_sampled(root / film, 5.0)
        few, every = decoded(root / film)
        assert few < 0.75 * every
