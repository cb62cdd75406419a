"""Only video is video: what FFmpeg would take for one, and is none, is refused."""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import create_autospec

import av
import numpy as np
import pytest

from dbs_core.datasets.folders import VIDEO_SUFFIXES
from dbs_core.method.video import probe
from dbs_core.method.video.container import CONTAINERS, open_container, packets
from dbs_core.runtime.errors import InputError
from tests.core.make_video import write_video

TEXTS = {
    "notes.txt": "a line\n" * 40,
    "notes.nfo": "\x1b[31mred\n" * 40,
    "list.mp4": "ffconcat version 1.0\nfile whole.mp4\n",
    "hls.mp4": "#EXTM3U\n#EXTINF:10,\nwhole.mp4\n",
    "dash.mp4": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
    "session.mp4": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5004 RTP/AVP 96\n",
    "words.mp4": "1\n00:00:00,000 --> 00:00:01,000\nhello\n",
    "script.avi": "[Script Info]\nScriptType: v4.00+\n",
}


def picture(kind: str) -> bytes:
    """Draw a picture in a format that FFmpeg has a demuxer for."""
    cv2 = pytest.importorskip("cv2")
    ok, coded = cv2.imencode(f".{kind}", np.full((48, 64, 3), 90, np.uint8))
    assert ok
    return bytes(coded)


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_refused_by_name(tmp_path: Path, name: str) -> None:
    write_video(tmp_path / "whole.mp4", 5)
    path = tmp_path / name
    path.write_text(TEXTS[name])
    with pytest.raises(InputError, match=rf"{name}: not a video that can be opened"):
        open_container(path)


@pytest.mark.parametrize("kind", ["png", "jpg", "bmp", "tiff", "webp", "ppm"])
def test_pictures_are_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture.mp4"
    path.write_bytes(picture(kind))
    with pytest.raises(InputError, match="not a video that can be opened"):
        open_container(path)


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "avi", "flv", "ts", "mpg"])
def test_videos_open_whatever_their_name(tmp_path: Path, suffix: str) -> None:
    codec = "mpeg2video" if suffix == "mpg" else "libx264"
    made = write_video(tmp_path / f"made.{suffix}", 30, codec=codec)
    assert made.suffix in VIDEO_SUFFIXES
    other = made.rename(tmp_path / "name without ending")
    with open_container(other) as container:
        assert container.streams.video


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "loop.mp4").symlink_to(tmp_path / "loop.mp4")
    for name, why in (
        ("pipe.mp4", "wanted a file, got a pipe"),
        ("folder.mp4", "wanted a file, got a folder"),
        ("loop.mp4", "symbolic links"),
        ("gone.mp4", "no such file"),
        ("x" * 300, "too long"),
        ("zero\0byte", "null byte"),
    ):
        with pytest.raises(InputError, match=why):
            open_container(tmp_path / name)
    with pytest.raises(InputError, match="wanted a file, got a device"):
        open_container(Path("/dev/zero"))


def stamped(path: Path, times_ms: list[int]) -> Path:
    return write_video(path, len(times_ms), times_ms=times_ms)


@pytest.mark.parametrize("last_ms", [4_000_000, 2_000_000_000])
def test_times_that_leap_are_refused(tmp_path: Path, last_ms: int) -> None:
    """A time stamp of 2 KB of video made a grid of 25 thousand million frames."""
    path = stamped(tmp_path / "far.mkv", [*range(0, 2000, 40), last_ms])
    info = probe(path)
    assert not info.readable
    (problem,) = info.problems
    assert "times of its frames leap" in problem
    assert "51 frames" in problem


def test_a_picture_that_stays_for_minutes_is_no_leap(tmp_path: Path) -> None:
    """Recordings of a screen hold one frame for as long as nothing moves."""
    path = stamped(tmp_path / "screen.mkv", [0, 40, 80, 1_800_000, 1_800_040])
    info = probe(path)
    assert info.readable
    assert info.duration_s == pytest.approx(1800, abs=0.2)


def test_every_demuxer_of_the_list_is_one(tmp_path: Path) -> None:
    known = {name for each in av.formats_available for name in each.split(",")}
    assert set(CONTAINERS.split(",")) <= known


def test_packets_of_a_stream_that_comes_up_on_the_way_are_passed_over() -> None:
    """PyAV reads such a packet, then ends with an IndexError: 2 and 5 here."""

    left = iter(range(8))

    def demux(*_: object) -> Iterator[int]:
        for number in left:
            if number in (2, 5):
                raise IndexError("list index out of range")
            yield number

    container = create_autospec(av.container.InputContainer, instance=True)
    container.demux = demux
    assert list(packets(container)) == [0, 1, 3, 4, 6, 7]
