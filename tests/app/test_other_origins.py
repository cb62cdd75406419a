"""A web page of another origin gets nothing from the app, whatever it tries."""

import functools
import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from dbs_core.runs.catalogue import list_videos
from explorer.routes.local_only import KEPT_TO_US
from tests.app.conftest import Site, free_port
from tests.app.routes.test_run_routes import ask
from tests.conftest import FOREIGN

pytestmark = pytest.mark.browser

TRIES = """async ({app, key}) => {
  const found = {};
  const tried = async (name, work) => {
    try { found[name] = await work(); } catch (error) { found[name] = "nothing"; }
  };
  const shown = (tag, event, address) => new Promise((done, fail) => {
    const part = document.createElement(tag);
    part.addEventListener(event, () => done("shown"));
    part.onerror = fail;
    part.src = address;
    document.body.append(part);
  });
  const frame = `${app}/dbs/frame/${key}/0.jpg`, video = `${app}/dbs/video/${key}`;
  const payload = `${app}/dbs/payload/${key}.bin`;
  for (const mode of ["cors", "no-cors"])
    await tried(`fetch ${mode}`, async () => {
      const answer = await fetch(payload, {mode, credentials: "include"});
      return answer.type == "opaque" ? "opaque" : answer.status;
    });
  await tried("img", () => shown("img", "load", frame));
  await tried("video", () => shown("video", "loadedmetadata", video));
  await tried("app's own file", () => shown("img", "load", `${app}/favicon.png`));
  await tried("upload", async () => {
    const body = new FormData();
    body.append("file", new Blob(["x"]), "x.mp4");
    const place = `${app}/_stcore/upload_file/none/none`;
    return (await fetch(place, {method: "PUT", body, mode: "cors"})).status;
  });
  await tried("WebSocket", () => new Promise((done, fail) => {
    const socket = new WebSocket(`${app.replace("http", "ws")}/_stcore/stream`);
    socket.onopen = () => done("open");
    socket.onerror = fail;
  }));
  return found;
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def other_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of another local web program."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "index.html").write_text("<!doctype html><title>other</title>")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def tries(page: Page, app: str, site: Site) -> dict[str, str]:
    """Try all ways to the app from the page that is open; give what came of each."""
    (entry,) = [v for v in list_videos(site.run, "test") if v.video_id == "two_jumps"]
    return page.evaluate(TRIES, {"app": app, "key": f"{site.run_id}/{entry.key}"})


def test_the_app_itself_gets_all_of_it(site: Site, page: Page) -> None:
    """So that what others do not get is there to be had."""
    page.goto(f"{site.address}/dbs/nothing")
    found = tries(page, site.address, site)
    assert found.pop("upload") == 403  # of no session, without its token
    assert found.pop("fetch no-cors") == found.pop("fetch cors") == 200
    assert set(found.values()) == {"shown", "open"}


@pytest.mark.parametrize("name", [FOREIGN, "localhost", "127.0.0.1"])
def test_a_page_of_another_origin_gets_nothing(
    site: Site, page: Page, other_port: int, name: str
) -> None:
    """Not even one of another program on this computer: its port is another."""
    page.goto(f"http://{name}:{other_port}")
    assert set(tries(page, site.address, site).values()) == {"nothing"}


def test_it_cannot_frame_the_app(site: Site, page: Page, other_port: int) -> None:
    page.goto(f"http://127.0.0.1:{other_port}")
    page.evaluate(
        """address => new Promise(done => {
            const frame = document.createElement("iframe");
            frame.onload = frame.onerror = done;
            frame.src = address;
            document.body.append(frame);
        })""",
        site.address,
    )
    (frame,) = page.frames[1:]
    assert frame.url.startswith("chrome-error:")


def test_a_name_of_its_own_for_this_computer_is_refused(site: Site, page: Page) -> None:
    """DNS rebinding: the name leads here, so for the browser it is the app's origin."""
    app = site.address.replace("127.0.0.1", FOREIGN)
    answer = page.goto(app)
    assert answer is not None
    assert answer.status == 403
    found = tries(page, app, site)
    assert {found.pop("fetch cors"), found.pop("fetch no-cors")} == {403}
    assert found.pop("upload") == 403
    assert set(found.values()) == {"nothing"}


@pytest.mark.parametrize("path", ["", "_stcore/health", "dbs/video/none/none"])
def test_every_answer_is_kept_from_other_pages(site: Site, path: str) -> None:
    _, _, headers = ask(f"{site.address}/{path}")
    got = {name.lower(): value for name, value in headers.items()}
    assert KEPT_TO_US.items() <= {n: got.get(n.lower()) for n in KEPT_TO_US}.items()
