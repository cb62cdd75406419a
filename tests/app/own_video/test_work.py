"""The way of an own video through the running explorer, on real files."""

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dbs_core.runs.own_videos import requests
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from tests.app.conftest import Site, serve
from tests.app.watching import Watched, watched
from tests.core.make_video import repeated, write_video
from tests.shared_data import shared_data

pytestmark = pytest.mark.browser

LONG_MS = 120_000
MB = 1 << 20
HOSTILE = "<img src=x onerror=alert(1)>.mp4"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own_server")


@pytest.fixture(scope="module")
def own_site(home: Path) -> Iterator[Site]:
    with serve(Run.open(SAMPLE), home) as running:
        yield running


@pytest.fixture
def on(browser: Browser, own_site: Site) -> Iterator[Watched]:
    with watched(browser, own_site) as page:
        page.open("own_video")
        yield page
        assert page.errors == []


def own(home: Path) -> Run:
    """Give the folder for own videos of the sample's classes."""
    return Run.open(next((home / "home" / "own").iterdir()))


def take_path(page: Page, path: Path | str) -> None:
    page.get_by_role("textbox", name="Or a path on this computer").fill(str(path))
    page.get_by_role("button", name="Take it").click()


def card_button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def remove(page: Page) -> None:
    """Remove the video whose card is shown."""
    card_button(page, "Remove")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("button", name="Remove it")).to_have_count(0)


def test_an_uploaded_video_is_looked_at_and_explored(on: Watched, home: Path) -> None:
    page = on.page
    page.locator("input[type=file]").set_input_files(
        shared_data("clips", "activitynet", "v_GGSY1Qvo990.mp4")
    )
    expect(page.get_by_text("measured just now")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("plays here as it is")).to_be_visible()
    page.get_by_role("button", name="Find the actions").click()
    expect(page.get_by_text("at work for")).to_be_visible(timeout=LONG_MS)
    # The job goes on while pages change, and is there again on return.
    menu = page.locator(".st-key-pages_bar")
    menu.get_by_role("link", name="Videos", exact=True).click()
    on.settled()
    menu.get_by_role("link", name="Your videos").click()
    told = page.get_by_text(re.compile("done in|at work for"))
    expect(told.first).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("Ready to explore")).to_be_visible(timeout=LONG_MS)
    card_button(page, "Explore")
    on.ready()
    shown = page.get_by_role("combobox", name="Video (")
    expect(shown).to_have_value("v_GGSY1Qvo990")
    expect(page.get_by_text("data (yours)")).to_be_visible()
    on.until("p.stage.video.readyState >= 1", 10_000)
    kept = own(home)
    assert kept.result(requests.SPLIT, "v_GGSY1Qvo990").info.duration_s > 17
    assert not list(SAMPLE.glob("results/video"))


def test_what_browsers_do_not_play_gets_a_copy(on: Watched, home: Path) -> None:
    page = on.page
    path = shared_data("clips", "codecs", "RATRACE_wave_f_nm_np1_fr_goo_37.avi")
    take_path(page, path)
    expect(page.get_by_text("will get a copy")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name="Find the actions").click()
    row = page.locator("[data-testid=stMarkdown]", has_text="RATRACE_wave").filter(
        has_text=re.compile(r"· \d:\d\d$")
    )
    expect(row).to_be_visible(timeout=LONG_MS)
    copies = list((own(home).root / "cache" / "browser").glob("*.mp4"))
    assert len(copies) == 1
    on.open("explore", run=own_id(on), split="video", video=path.stem)
    on.until("p.stage.video.readyState >= 1", 10_000)


def own_id(on: Watched) -> str:
    """Find the id of the folder for own videos in the page's own link."""
    card_button(on.page, "Explore")
    on.ready()
    found = re.search(r"run=([^&]+)", on.page.url)
    assert found is not None
    return found.group(1)


def test_stopping_keeps_the_video_and_it_can_be_looked_at_again(
    on: Watched, home: Path, tmp_path: Path
) -> None:
    page = on.page
    clip = shared_data("clips", "women_long_jump.mp4")
    take_path(page, repeated(clip, tmp_path / "jumps.mp4", 8))
    expect(page.get_by_text("measured just now")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name="Find the actions").click()
    expect(page.get_by_text(re.compile(r"Features \d+ of"))).to_be_visible(
        timeout=LONG_MS
    )
    card_button(page, "Stop")
    expect(page.get_by_text("stopped; what was finished is kept")).to_be_visible(
        timeout=LONG_MS
    )
    expect(page.get_by_role("button", name="Find the actions")).to_be_visible()
    kept = own(home)
    assert not kept.result_path(requests.SPLIT, "jumps").exists()
    assert not list(kept.root.rglob(".part-*"))
    remove(page)


def test_an_empty_upload_is_not_taken_in(on: Watched, tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    before = on.page.get_by_role("button", name="Remove").count()  # of others
    on.page.locator("input[type=file]").set_input_files(path)
    alert = on.page.get_by_role("alert").filter(has_text="empty.mp4: the file is empty")
    expect(alert).to_be_visible(timeout=LONG_MS)
    expect(on.page.get_by_role("button", name="Remove")).to_have_count(before)


def test_what_is_no_video_is_one_clear_line(on: Watched, tmp_path: Path) -> None:
    page, path = on.page, tmp_path / "text.mp4"
    path.write_bytes(b"not a video at all" * 100)
    page.locator("input[type=file]").set_input_files(path)
    alert = page.get_by_role("alert").filter(has_text="not a video")
    expect(alert).to_be_visible(timeout=LONG_MS)
    assert "Traceback" not in page.content()
    remove(page)


def test_a_name_full_of_html_stays_text_and_in_its_folder(
    on: Watched, home: Path, tmp_path: Path
) -> None:
    page, path = on.page, tmp_path / HOSTILE
    shutil.copyfile(shared_data("clips", "activitynet", "v_GGSY1Qvo990.mp4"), path)
    page.locator("input[type=file]").set_input_files(path)
    name = HOSTILE.removesuffix(".mp4")
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=LONG_MS)
    assert page.locator("img[src=x]").count() == 0
    folders = {p.name for p in (own(home).root / "videos").iterdir()}
    assert "%3Cimg src=x onerror=alert(1)%3E" in folders
    remove(page)


def test_a_path_that_is_not_there_is_one_clear_line(on: Watched) -> None:
    take_path(on.page, "/no/such/<b>video</b>.mp4")
    alert = on.page.get_by_role("alert").filter(has_text="no such file")
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("<b>video</b>.mp4")


def padded(path: Path, size: int) -> Path:
    """Write a small video that a box of nothing makes as large as wanted."""
    small = write_video(path, 50)
    left = size - small.stat().st_size
    with small.open("ab") as file:
        file.write(left.to_bytes(4, "big") + b"free")
        for _ in range(0, left - 8, MB):
            file.write(bytes(MB))
    return small


def memory_mb(pid: int) -> float:
    """Give what a process holds of the memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


LEFT_MB = 150
"""An upload of 120 MB that was kept left 180."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_upload_leaves_the_memory(on: Watched, tmp_path: Path) -> None:
    held = []
    for name, size in (("first", 1), ("large", 120)):
        video = padded(tmp_path / f"{name}.mp4", size * MB)
        on.page.locator("input[type=file]").set_input_files(video)
        heading = on.page.get_by_role("heading", name=name, exact=True)
        expect(heading).to_be_visible(timeout=LONG_MS)
        expect(on.page.get_by_text("measured just now")).to_be_visible(timeout=LONG_MS)
        on.settled()
        held.append(memory_mb(on.site.pid))
    end = time.monotonic() + 20
    while held[1] - held[0] >= LEFT_MB and time.monotonic() < end:
        time.sleep(0.5)  # other pages of the server let go of theirs too
        held[1] = memory_mb(on.site.pid)
    assert held[1] - held[0] < LEFT_MB
