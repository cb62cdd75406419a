"""A copy that browsers play: same times, upright, whole or absent."""

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dbs_core.method.video import probe, sample_frames
from dbs_core.method.video.browser_copy import browser_can_play, proxy_size, write_proxy
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress, Step
from tests.core.make_video import write_video
from tests.shared_data import shared_data


@pytest.mark.parametrize(
    ("name", "options", "plays"),
    [
        ("a.mp4", {}, True),
        ("a.mp4", {"codec": "mpeg4"}, False),
        ("a.mp4", {"pixels": "yuv444p"}, False),
        ("a.mkv", {}, False),
        ("a.avi", {"codec": "mpeg4"}, False),
        ("a.webm", {"codec": "libvpx", "deadline": "realtime"}, True),
        # The browser's second 0 would be 40 s before the first frame.
        ("a.mp4", {"first": 1000}, False),
    ],
)
def test_what_browsers_play(
    tmp_path: Path, name: str, options: dict, plays: bool
) -> None:
    assert browser_can_play(write_video(tmp_path / name, 5, **options)) is plays


@pytest.mark.parametrize(
    ("size", "expected"),
    [((320, 240), (320, 240)), ((1280, 720), (640, 360)), ((65, 49), (64, 48))],
)
def test_sizes_are_even_and_at_most_640_wide(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert proxy_size(size) == expected


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.avi", {"codec": "mpeg4", "bf": "2"}),
        ("a.ts", {"first": 1000}),
        ("a.mkv", {"rotation": 90}),
        ("a.mkv", {"times_ms": [0, 40, 100, 700, 730, 1500, 1501, 2000]}),
    ],
)
def test_the_copy_keeps_frames_and_times(
    tmp_path: Path, name: str, options: dict
) -> None:
    source = write_video(tmp_path / name, 40, **options)
    out = tmp_path / "copies" / "a.mp4"
    write_proxy(source, out)
    assert browser_can_play(out)
    every = [list(sample_frames(path, rate_hz=1000.0)) for path in (source, out)]
    times, again = ([t for t, _ in frames] for frames in every)
    assert times == pytest.approx(again, abs=1e-4)
    for (_, image), (_, copy) in zip(*every, strict=True):
        assert copy.shape == image.shape
        assert np.abs(copy.astype(int) - image).mean() < 10
    assert probe(out).rotation == 0
    assert [p.name for p in out.parent.iterdir()] == ["a.mp4"]


def test_a_real_clip_that_no_browser_plays(tmp_path: Path) -> None:
    clip = "v_BandMarching_g08_c01.avi"
    source = shared_data("ucf9-trimmed", "BandMarching", clip)
    assert not browser_can_play(source)
    steps: list[Step] = []
    write_proxy(source, tmp_path / "a.mp4", Progress(report=steps.append))
    assert browser_can_play(tmp_path / "a.mp4")
    assert probe(tmp_path / "a.mp4").duration_s == pytest.approx(4.76)
    assert len(steps) == 119
    assert max(step.done for step in steps) <= steps[0].total == 4


def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    source = write_video(tmp_path / "a.mkv", 40)
    out = tmp_path / "copies" / "a.mp4"
    asked = iter([False] * 10 + [True])
    with pytest.raises(Cancelled):
        write_proxy(source, out, Progress(cancelled=lambda: next(asked)))
    assert list(out.parent.iterdir()) == []


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    with pytest.raises(InputError, match=r"text\.mp4: not a video"):
        write_proxy(text, tmp_path / "out.mp4")
    with pytest.raises(InputError, match=r"text\.mp4"):
        write_proxy(write_video(tmp_path / "a.mkv", 5), text / "out.mp4")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Serve a folder with one page that holds a video element."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    (tmp_path / "index.html").write_text("<video id=v muted></video>")
    handler = partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


PLAY = """async (name) => {
  const video = document.getElementById("v");
  const blob = await (await fetch(name)).blob();
  // "loadeddata" may come before the first frame is shown, which would then be
  // taken for the one asked for; each seek below shows exactly one frame more.
  const first = new Promise(done => video.requestVideoFrameCallback(done));
  const failed = new Promise((_, fail) => { video.onerror = fail; });
  video.src = URL.createObjectURL(blob);
  await Promise.race([first, failed]);
  const seen = [];
  for (const moment of [0.41, 1.0, 1.3]) {
    const frame = new Promise(done =>
      video.requestVideoFrameCallback((_, shown) => done(shown.mediaTime)));
    video.currentTime = moment + 1e-4;
    seen.push(await frame);
  }
  return { size: [video.videoWidth, video.videoHeight], seen };
}"""


@pytest.mark.browser
@pytest.mark.parametrize("rotation", [0, 90])
def test_chromium_shows_the_frames_at_our_times(
    tmp_path: Path, site: str, rotation: int, browser: Any
) -> None:
    times_ms = [0, 200, 340, 500, 860, 1000, 1050, 1400, 1600]
    source = write_video(tmp_path / "a.mkv", times_ms=times_ms, rotation=rotation)
    write_proxy(source, tmp_path / "a.mp4")
    page = browser.new_page()
    page.goto(site)
    shown = page.evaluate(PLAY, "a.mp4")
    page.close()
    assert shown["seen"] == pytest.approx([0.34, 1.0, 1.05], abs=1e-3)
    assert shown["size"] == ([48, 64] if rotation else [64, 48])
