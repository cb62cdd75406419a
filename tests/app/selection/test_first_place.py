"""`explore PLACE` in Chromium: the app begins on the page of what was named, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.runs.places import OPEN, SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from tests.app.conftest import Site, serve
from tests.app.watching import Watched, watched
from tests.core.make_video import write_video

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """One of each kind."""
    if request.param == "video":
        return f"video:{write_video(tmp_path / 'match.mp4', 50)}"
    if request.param == "data":
        return f"data:{SAMPLE_DATA}"
    return f"result:{SAMPLE / 'detections' / 'test.json'}"


@pytest.fixture
def begun(made_run: Run, place: str, tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "server"
    folder.mkdir()
    with serve(made_run, folder, **{OPEN: place}) as site:
        yield site


def goes_to(on: Watched, page: str) -> None:
    on.page.goto(on.site.address)
    on.page.wait_for_url(f"**/{page}**", timeout=60_000)


@pytest.mark.parametrize("place", ["video"], indirect=True)
def test_a_video_is_taken_in(browser: Browser, begun: Site) -> None:
    with watched(browser, begun) as on:
        goes_to(on, "own_video")
        expect(on.page.get_by_text("match").first).to_be_visible()
        on.page.get_by_role("link", name="Start").first.click()
        expect(on.page.get_by_text("See what a video imprint knows")).to_be_visible()
        assert on.errors == []
    with watched(browser, begun) as linked:  # a link goes first
        linked.open("videos")
        assert "/videos" in linked.page.url
        assert linked.errors == []


@pytest.mark.parametrize("place", ["data"], indirect=True)
def test_a_data_set_is_looked_at(browser: Browser, begun: Site) -> None:
    with watched(browser, begun) as on:
        goes_to(on, "own_video")
        field = on.page.get_by_role("textbox", name="Folder with the class list")
        expect(field).to_have_value(str(SAMPLE_DATA))
        expect(on.page.get_by_text("5 classes")).to_be_visible()
        expect(on.page.get_by_text("Session State API")).not_to_be_visible()
        assert on.errors == []


@pytest.mark.parametrize("place", ["result"], indirect=True)
def test_a_result_file_is_shown(browser: Browser, begun: Site, place: str) -> None:
    with watched(browser, begun) as on:
        goes_to(on, "result_file")
        on.page.wait_for_url("**other_file=**")
        expect(on.page.get_by_text("video_test_0000001").first).to_be_visible()
        assert on.errors == []
