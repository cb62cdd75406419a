"""The routes of a running explorer, asked as a browser asks."""

import gzip
import shutil
import urllib.error
import urllib.parse
import urllib.request

import cv2
import numpy as np
import pytest

from dbs_core.runs.catalogue import list_videos
from explorer.sources.jpegs import tile_size
from tests.app.conftest import Site
from tests.app.make_run import scene


def ask(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers)


@pytest.fixture(scope="module")
def keys(site: Site) -> dict[str, str]:
    return {v.video_id: v.key for v in list_videos(site.run, "test")}


def image(body: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def test_the_video_answers_a_range(site: Site, keys: dict[str, str]) -> None:
    url = f"{site.address}/dbs/video/{site.run_id}/{keys['two_jumps']}"
    status, body, headers = ask(url, Range="bytes=10-19")
    assert (status, len(body)) == (206, 10)
    assert headers["content-range"].startswith("bytes 10-19/")


def test_what_no_browser_plays_is_not_sent(site: Site, keys: dict[str, str]) -> None:
    shutil.rmtree(site.run.root / "cache" / "browser", ignore_errors=True)
    for video in ("odd_codec", "gone"):
        url = f"{site.address}/dbs/video/{site.run_id}/{keys[video]}"
        assert ask(url)[0] == 404


def test_frames_are_those_of_their_times(site: Site, keys: dict[str, str]) -> None:
    result = site.run.result("test", "two_jumps")
    actions = ((1.0, 3.4, 1), (7.0, 9.2, 1), (4.6, 6.2, 2))
    base = f"{site.address}/dbs/frame/{site.run_id}/{keys['two_jumps']}"
    for index in (0, 17, 59):
        status, body, headers = ask(f"{base}/{index}.jpg")
        drawn = scene(float(result.placement.times_s[index]), actions)
        assert status == 200
        assert "immutable" in headers["cache-control"]
        assert np.abs(image(body).astype(int) - drawn).mean() < 6


def test_a_sheet_holds_a_hundred_frames_in_order(
    site: Site, keys: dict[str, str]
) -> None:
    result = site.run.result("test", "two_jumps")
    actions = ((1.0, 3.4, 1), (7.0, 9.2, 1), (4.6, 6.2, 2))
    url = f"{site.address}/dbs/sheet/{site.run_id}/{keys['two_jumps']}/0.jpg"
    picture = image(ask(url)[1])
    wide, tall = tile_size(320, 240)
    assert picture.shape == (6 * tall, 10 * wide, 3)  # 60 frames
    for index in (0, 9, 10, 34, 59):
        y, x = index // 10 * tall, index % 10 * wide
        drawn = scene(float(result.placement.times_s[index]), actions)
        small = cv2.resize(drawn, (wide, tall), interpolation=cv2.INTER_AREA)
        assert (
            np.abs(picture[y : y + tall, x : x + wide].astype(int) - small).mean() < 9
        )


@pytest.mark.parametrize(
    "path",
    [
        "video/{run}/unknown",
        "video/..%2F..%2Fetc/passwd",
        "payload/{run}/..%2Frun.json.bin",
        "payload/other/{key}.bin",
        "frame/{run}/{key}/60.jpg",
        "frame/{run}/{key}/-1.jpg",
        "frame/{run}/{key}/x.jpg",
        "frame/{run}/{key}/99999999999999999999.jpg",
        "sheet/{run}/{key}/1.jpg",
        "thumb/{run}/{key}/60.jpg",
    ],
)
def test_what_is_not_there_is_refused(
    site: Site, keys: dict[str, str], path: str
) -> None:
    url = path.format(run=site.run_id, key=keys["two_jumps"])
    assert ask(f"{site.address}/dbs/{url}")[0] in (400, 404)


def test_every_picture_and_payload_comes(site: Site, keys: dict[str, str]) -> None:
    place = f"{site.run_id}/{keys['two_jumps']}"
    for path in (f"mosaic/{place}.jpg", f"thumb/{place}/5.jpg", f"payload/{place}.bin"):
        status, body, _ = ask(f"{site.address}/dbs/{path}")
        assert status == 200
        assert len(body) > 500


def test_painted_cells_come_as_a_payload(site: Site, keys: dict[str, str]) -> None:
    base = f"{site.address}/dbs/painted/{site.run_id}/{keys['two_jumps']}.bin"
    status, body, headers = ask(f"{base}?paint=1_0-575")
    assert status == 200
    assert b'"painted"' in gzip.decompress(body)
    assert "immutable" in headers["cache-control"]
    for text in ("1_0-576", "9_0", "<b>", "1_0-"):
        status, body, _ = ask(f"{base}?paint={urllib.parse.quote(text)}")
        assert status == 404
        assert b"\n" not in body.strip()
        assert b"<b>" not in body


def test_painting_writes_nothing(site: Site, keys: dict[str, str]) -> None:
    def seen() -> dict[str, int]:
        files = (p for p in site.run.root.rglob("*") if p.is_file())
        return {str(p): p.stat().st_mtime_ns for p in files}

    before = seen()
    base = f"{site.address}/dbs/painted/{site.run_id}/{keys['two_jumps']}.bin"
    assert ask(f"{base}?paint=2_10-20")[0] == 200
    assert seen() == before
