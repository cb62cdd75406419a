"""Length of a video of variable rate: by when its frames are shown, never decoded."""

from pathlib import Path

import av
import pytest

from dbs_core.method.video import duration_s, probe
from tests.core.make_video import write_video

STEADY = list(range(0, 4000, 40))
PAUSED = [*STEADY, *range(7000, 7160, 40)]
"""25 frames a second, and 3 s of stillness before the last four."""
B_FRAMES = {"bf": "3", "x264-params": "b-adapt=0"}


def lasting(source: Path, target: Path, last_s: float) -> Path:
    """Copy a video's packets; the last one shown stays for so many seconds."""
    with av.open(str(source)) as taken, av.open(str(target), "w") as given:
        stream = taken.streams.video[0]
        copy = given.add_stream_from_template(stream)
        packets = [packet for packet in taken.demux(stream) if packet.size]
        last = max(packets, key=lambda packet: packet.pts)
        last.duration = round(last_s / stream.time_base)
        for packet in packets:
            packet.stream = copy
            given.mux(packet)
    return target


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "ts"])
@pytest.mark.parametrize("options", [B_FRAMES, {"bf": "0"}], ids=["B", "no-B"])
def test_a_pause_near_the_end_is_no_missing_frame(tmp_path, suffix, options):
    """MP4 gives frames after the pause the pause's length: 10 s instead of 7.16."""
    path = write_video(tmp_path / f"a.{suffix}", times_ms=PAUSED, **options)
    info = probe(path)
    assert info.problems == ()
    assert info.duration_s == pytest.approx(7.16, abs=0.01)
    assert duration_s(path) == info.duration_s
    assert info.frame_rate == pytest.approx(len(PAUSED) / 7.16, rel=0.01)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [("mp4", {"bf": "0"}), ("mkv", {"bf": "0"}), ("mkv", B_FRAMES)],
    ids=["mp4", "mkv", "mkv-B"],
)
def test_a_last_frame_that_stays_long_is_no_missing_frame(tmp_path, suffix, options):
    source = write_video(tmp_path / f"a.{suffix}", times_ms=STEADY, **options)
    info = probe(lasting(source, tmp_path / f"b.{suffix}", 3.0))
    assert info.problems == ()
    assert info.duration_s == pytest.approx(3.96 + 3.0, abs=0.01)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_frames_of_a_variable_rate_that_are_missing_are_said(tmp_path, suffix):
    """The last second's packets are there, but noise."""
    source = write_video(
        tmp_path / f"a.{suffix}", times_ms=PAUSED, **B_FRAMES, g="1000"
    )
    target = tmp_path / f"b.{suffix}"
    with av.open(str(source)) as taken, av.open(str(target), "w") as given:
        stream = taken.streams.video[0]
        copy = given.add_stream_from_template(stream)
        for packet in taken.demux(stream):
            if not packet.size:
                continue
            if packet.pts * stream.time_base > 2.5:
                noise = av.Packet(b"\0\0\0\1" + b"\xff" * (packet.size - 4))
                noise.pts, noise.dts = packet.pts, packet.dts
                noise.time_base, noise.duration = packet.time_base, packet.duration
                packet = noise
            packet.stream = copy
            given.mux(packet)
    info = probe(target)
    assert any("decodes only to" in problem for problem in info.problems)
    assert info.duration_s == pytest.approx(2.5, abs=0.3)
