"""Draws the README's pictures of the app from the shipped sample.

`python -m docs.draw_app` from the project's top: docs/pictures/explore-light.webp and
-dark.webp, and player-light.webp and -dark.webp, which move. A test says when what they
were drawn from has changed since (docs/pictures/drawn_from.json).
"""

import hashlib
import json
import tempfile
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from dbs_core.runs.places import CONFIG, SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from tests.app.conftest import Site, serve
from tests.app.watching import Watched
from tests.conftest import CHROMIUM, QUIET
from tests.shared_data import ROOT

PICTURES = ROOT / "docs" / "pictures"
STAMP = PICTURES / "drawn_from.json"
VIDEO = "video_test_0000002"
SHOWN = {"run": "sample", "split": "test", "video": VIDEO, "cls": "JavelinThrow"}
"""Two throws, far apart in time, that share cells: the paper's idea in one look."""
PATIENCE_MS = 180_000
"""Of a machine on which others work too."""
SECONDS = 0.2
"""Between two pictures of the animation: a sample of the video each."""
POINTER = """at => {
  const dot = document.querySelector('#pointer') ?? document.body.appendChild(
    Object.assign(document.createElement('div'), {id: 'pointer'}));
  dot.style = 'position:fixed;width:16px;height:16px;border-radius:50%;z-index:9999;'
    + 'margin:-8px;pointer-events:none;border:3px solid #ffb000;background:#ffb00055;'
    + `left:${at[0]}px;top:${at[1]}px`;
}"""


def sources() -> list[Path]:
    """What the pictures are drawn from: the player, the colours, the sample's video."""
    web = (ROOT / "explorer" / "explore" / "player" / "web").iterdir()
    sample = SAMPLE / "results" / "test" / f"{VIDEO}.npz", SAMPLE / "run.json"
    frames = SAMPLE_DATA / "test" / f"{VIDEO}.mp4"
    return [*sorted(web), ROOT / "explorer" / "page.css", CONFIG, *sample, frames]


def stamp() -> dict[str, str]:
    """Give each of them with the digest of its content."""
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sources()
    }


def opened(browser: Browser, site: Site, scheme: str, scale: float) -> Watched:
    """Open Explore on the video."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 760},
        color_scheme=scheme,
        device_scale_factor=scale,
    )
    context.set_default_timeout(PATIENCE_MS)
    on = Watched(context.new_page(), site)
    on.page.goto(f"{site.address}/explore?{urlencode(SHOWN)}")
    on.page.wait_for_selector(".dbs[data-ready=true]")
    on.until("p.stage.video.readyState >= 3 && !p.stage.video.seeking", PATIENCE_MS)
    on.page.wait_for_timeout(2500)
    return on


def shared(on: Watched) -> tuple[list[int], list[int]]:
    """Give a cell that two instances share, and the samples that lie on it.

    Of those with the most samples the middle one: it is seen well inside the window.
    """
    cell = on.ask(
        "const cells = p.model.sharing(p.state.label).shared;"
        "const count = p.model.frameCount;"
        "const most = Math.max(...cells.map(c => count[c])), gw = p.model.cells[1];"
        "const best = cells.filter(c => count[c] === most);"
        "const one = best[Math.floor(best.length / 2)];"
        "return [Math.floor(one / gw), one % gw]"
    )
    return cell, on.ask(f"return p.model.framesOn({cell})")


def still(on: Watched) -> Image.Image:
    """Give the page with that cell pinned, at its moment of the highest score."""
    cell, samples = shared(on)
    scores = on.ask(f"return {samples}.map(i => p.model.score(i, p.state.label))")
    best = samples[scores.index(max(scores))]
    on.ask(f"p.commit({{time: p.model.timeOf({best}), cell: {cell}}})")
    on.page.wait_for_function(
        "performance.getEntriesByType('resource')"
        ".some(file => file.name.includes('/dbs/sheet/') && file.responseEnd)"
    )
    on.page.wait_for_timeout(2500)
    on.until("!p.stage.video.seeking", PATIENCE_MS)
    return Image.open(BytesIO(on.page.screenshot()))


class Film:
    """Pictures of the player, each with how many milliseconds it stays."""

    def __init__(self, on: Watched) -> None:
        top, bottom = _place(on, ".row")[1] - 4, _place(on, "footer")[1] + 34
        self.clip = {"x": 260, "y": top, "width": 1020, "height": bottom - top}
        self.on, self.pictures, self.stays = on, [], []

    def shot(self, stays_s: float) -> None:
        """Take one, once the frame is there."""
        self.on.until("!p.stage.video.seeking", PATIENCE_MS)
        self.on.page.wait_for_timeout(150)
        picture = self.on.page.screenshot(clip=self.clip)
        self.pictures.append(Image.open(BytesIO(picture)).convert("RGB"))
        self.stays.append(round(stays_s * 1000))

    def click(self, x: float, y: float, stays_s: float) -> None:
        """Click a place, which is marked, and let what comes of it be seen."""
        self.on.page.evaluate(POINTER, [x, y])
        self.on.page.mouse.click(x, y)
        self.on.page.mouse.move(3, 3)  # so that nothing hovers
        self.on.page.wait_for_timeout(700)
        self.shot(stays_s)
        self.on.page.evaluate(POINTER, [-50, -50])

    def play(self, begin: int, end: int) -> None:
        """Go through samples as playing does."""
        for index in range(begin, end):
            self.on.ask(f"p.seek(p.model.timeOf({index}))")
            self.shot(SECONDS)

    def save(self, path: Path) -> None:
        """Write all of them as one picture that moves."""
        self.pictures[0].save(
            path,
            save_all=True,
            append_images=self.pictures[1:],
            duration=self.stays,
            loop=0,
            quality=70,
            method=4,
        )


def filmed(on: Watched) -> Film:
    """Play to a moment; click a cell of it, another moment there, a detection."""
    cell, samples = shared(on)
    film = Film(on)
    film.play(max(0, samples[0] - 12), samples[0] + 1)
    left, top, width, height = _place(on, ".grid-over")
    tall, wide = on.ask("return p.model.cells")
    x, y = (cell[1] + 0.5) * width / wide, (cell[0] + 0.5) * height / tall
    film.click(left + x, top + y, 2)
    left, top, width, height = _place(on, f".strip .tile[data-index='{samples[-1]}']")
    film.click(left + width / 2, top + height / 2, 2)
    number = on.ask(
        "return p.model.found.findIndex(d => d.label === p.state.label"
        " && d.span[0] <= p.state.time && p.state.time <= d.span[1])"
    )
    left, top, *_ = _place(on, ".time-over")
    x, y = on.ask(f"return p.timeline.place({max(0, number)})")
    film.click(left + x + 3, top + y, 1.5)
    start = on.ask("return p.index")
    film.play(start, start + 14)
    film.shot(1)
    return film


def _place(on: Watched, selector: str) -> tuple[float, float, float, float]:
    on.page.locator(selector).first.scroll_into_view_if_needed()
    box = on.page.locator(selector).first.bounding_box()
    if box is None:
        raise LookupError(f"{selector} is not on the page")
    return box["x"], box["y"], box["width"], box["height"]


def draw() -> None:
    """Draw all of them, and say from what."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Run.open(SAMPLE), Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for scheme in ("light", "dark"):
            picture = still(opened(browser, site, scheme, 1.5))
            picture.convert("RGB").save(
                PICTURES / f"explore-{scheme}.webp", quality=82, method=6
            )
            filmed(opened(browser, site, scheme, 1)).save(
                PICTURES / f"player-{scheme}.webp"
            )
        browser.close()
    STAMP.write_text(json.dumps(stamp(), indent=1) + "\n")


if __name__ == "__main__":
    draw()
