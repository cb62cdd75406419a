"""A file dropped on Start in Chromium: each kind opens where it belongs, or a line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from tests.app.conftest import Site, serve
from tests.app.watching import Watched, watched
from tests.core.as_activitynet import as_activitynet
from tests.core.make_video import write_video
from tests.shared_data import ROOT

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An explorer of its own: what is dropped stays."""
    folder = tmp_path_factory.mktemp("dropped")
    with serve(Run.open(SAMPLE), folder, DBS_RUNS="") as site:
        yield site


@pytest.fixture
def on(browser: Browser, apart: Site) -> Iterator[Watched]:
    with watched(browser, apart) as page:
        yield page
        assert page.errors == []


def drop(on: Watched, file: Path) -> None:
    """Hand a file to the place for it, as dropping does."""
    on.open("")
    chooser = on.page.locator(".stApp [class*=st-key-start_upload_] input[type=file]")
    chooser.wait_for(state="attached", timeout=PATIENCE_MS)
    chooser.set_input_files(file)


HELD = """([name, content]) => {
  window.held = new DataTransfer();
  if (name) held.items.add(new File([content], name, { type: "application/json" }));
  else held.setData("text/plain", content);
  window.drag = (kind, selector) => {
    const more = { bubbles: true, composed: true, cancelable: true };
    const event = new DragEvent(kind, { dataTransfer: held, ...more });
    document.querySelector(selector).dispatchEvent(event);
  };
}"""
"""What is dragged: a file of that name, or words; `drag` lets an element hear of it."""


def arrives(on: Watched, page: str) -> None:
    on.page.wait_for_url(f"**/{page}**", timeout=PATIENCE_MS)
    on.settled()


def test_a_result_file_is_shown(on: Watched) -> None:
    drop(on, SAMPLE / "detections" / "test.json")
    arrives(on, "result_file")
    on.page.wait_for_url("**other_file=upload**", timeout=PATIENCE_MS)
    expect(on.page.get_by_text("video_test_0000001").first).to_be_visible(
        timeout=PATIENCE_MS
    )


def test_an_annotation_is_looked_at_and_stays(on: Watched, tmp_path: Path) -> None:
    written, _ = as_activitynet(SAMPLE_DATA, tmp_path / "my set.json")
    drop(on, written)
    arrives(on, "own_video")
    field = on.page.get_by_role("textbox", name="Folder with the class list")
    kept_at = re.compile(r"/home/annotations/[0-9a-f]{16}/my set\.json$")
    expect(field).to_have_value(kept_at, timeout=PATIENCE_MS)
    kept = Path(field.input_value())
    assert kept.read_bytes() == written.read_bytes()


def test_a_video_is_taken_in(on: Watched, tmp_path: Path) -> None:
    drop(on, write_video(tmp_path / "my match.mp4", 50))
    arrives(on, "own_video")
    expect(on.page.get_by_text("my match").first).to_be_visible(timeout=PATIENCE_MS)
    expect(on.page.get_by_role("button", name="Find the actions")).to_be_visible(
        timeout=PATIENCE_MS
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("notes.txt", b"milk, bread", id="text"),
        pytest.param("run.zip", b"PK\x03\x04 no more", id="archive"),
        pytest.param("nothing.json", b"", id="empty"),
        pytest.param("<img src=x onerror=alert(1)>.json", b"{", id="hostile name"),
    ],
)
def test_what_is_nothing_of_ours_is_one_line(
    name: str, content: bytes, on: Watched, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    drop(on, tmp_path / name)
    said = on.page.get_by_test_id("stAlert")
    expect(said).to_contain_text("nothing that the app opens", timeout=PATIENCE_MS)
    expect(said).to_contain_text(name)
    expect(said).to_contain_text("wanted a video, a result file")
    assert on.page.url.split("?")[0] == f"{on.site.address}/"
    expect(said.locator("img")).to_have_count(0)


def test_another_file_may_follow(on: Watched, tmp_path: Path) -> None:
    """The place is empty again after a file that was nothing."""
    (tmp_path / "notes.txt").write_text("milk")
    drop(on, tmp_path / "notes.txt")
    expect(on.page.get_by_test_id("stAlert")).to_be_visible(timeout=PATIENCE_MS)
    on.settled()
    on.page.locator("[class*=st-key-start_upload_] input[type=file]").set_input_files(
        SAMPLE / "detections" / "test.json"
    )
    arrives(on, "result_file")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_may_be_dropped_anywhere_on_the_page(
    scheme: str, browser: Browser, apart: Site, artefacts: Path
) -> None:
    """The page says so while a file is over it, and takes it where it is let go."""
    written = SAMPLE / "detections" / "test.json"
    with watched(browser, apart, scheme=scheme) as on:
        on.open("")
        on.settled()
        on.page.evaluate(HELD, ["test.json", written.read_text()])
        over = on.page.locator(".drop")
        expect(over).to_be_hidden()
        on.page.evaluate("drag('dragover', 'h1')")
        expect(over).to_be_visible()
        on.page.screenshot(path=artefacts / f"start_drop_{scheme}.png")
        on.page.evaluate("drag('dragleave', 'h1')")
        expect(over).to_be_hidden()
        on.page.evaluate("drag('dragover', 'h1')")
        on.page.evaluate("drag('drop', 'h1')")
        expect(over).to_be_hidden()
        arrives(on, "result_file")
        on.page.wait_for_url("**other_file=upload**", timeout=PATIENCE_MS)
        on.page.evaluate("drag('dragover', '.stApp')")
        expect(over).to_have_count(0)  # another page
        assert on.errors == []


def test_words_that_are_dragged_are_no_file(on: Watched) -> None:
    on.open("")
    on.settled()
    on.page.evaluate(HELD, ["", "of the page"])
    on.page.evaluate("drag('dragover', 'h1')")
    expect(on.page.locator(".drop")).to_be_hidden()


def test_its_field_takes_a_drop_as_before(on: Watched) -> None:
    """Once, not once more through the page."""
    on.open("")
    on.settled()
    on.page.evaluate(HELD, ["notes.json", "milk"])
    field = "'[class*=st-key-start_upload_] [data-testid=stFileUploaderDropzone]'"
    on.page.evaluate(f"drag('dragover', {field})")
    expect(on.page.locator(".drop")).to_be_visible()
    on.page.evaluate(f"drag('drop', {field})")
    said = on.page.get_by_test_id("stAlert")
    expect(said).to_contain_text("nothing that the app opens", timeout=PATIENCE_MS)
    expect(said).to_have_count(1)
    expect(on.page.locator(".drop")).to_be_hidden()


@pytest.mark.parametrize("shared", [False, True])
def test_on_a_shared_server_it_is_for_who_may_write(
    shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shared:
        monkeypatch.setenv("DBS_SHARE", "videos.example.org")
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.run()
    assert not app.exception
    assert bool(app.file_uploader) is not shared
