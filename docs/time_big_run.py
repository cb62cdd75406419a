"""Times the app's pages on a run of ten thousand videos.

`python -m docs.time_big_run RUN` from the project's top: the results of a split of RUN
stand again and again under other names in a run of a temporary folder; a browser opens
page after page, by its address and by a click, and a table says the seconds until each
is there whole, with those of one core that the server took (where /proc says them). It
wants the packages of tests/requirements.txt and Chromium; nothing else should be at
work meanwhile.
"""

import argparse
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from dbs_core.evaluation.video_summary import Summary, summarise
from dbs_core.runs.catalogue import list_videos
from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from dbs_core.runs.summaries import summary_path
from dbs_core.runs.summary_file import write_summaries
from dbs_core.runtime.errors import InputError
from tests.app.conftest import Site, serve
from tests.conftest import CHROMIUM, QUIET

PATIENCE_MS = 60_000
TYPED = ("7", "77", "777", "777x", "")
"""What is searched for, one after the other: fewer and fewer videos, none, all."""
ROWS = 10
"""Videos that the table shows at once, each with a picture."""
PICTURES = """rows => performance.getEntriesByType("resource").filter(
    (one) => one.name.includes("/dbs/thumb/") && one.responseEnd).length >= rows"""
COUNTED = """start =>
  [...document.querySelectorAll("[data-testid=stCaptionContainer]")].some(
    (one) => one.innerText.startsWith(start))"""
CLICKED = ("errors", "videos", "what_if", "videos", "errors", "what_if", "videos")
"""Pages gone to by the bar, one from the other."""
SETTLED = """() => document.querySelector(
    "[data-testid=stApp][data-test-script-state=notRunning]")
  && !document.querySelector("[data-testid=stSkeleton]")
  && document.querySelector(".stMain %s")"""
WHOLE = {
    "videos": ".st-key-video_table canvas",
    "errors": ".st-key-err_list canvas",
    "compare": ".js-plotly-plot .main-svg",
    "what_if": "[data-testid=stSlider]",
}
"""What the last part of a page to come is."""


def multiplied(run: Run, split: str, videos: int, root: Path) -> Run:
    """Make a run of so many videos of the split's results, each under several names.

    A result stays one file: its other names are links. Beside them lies what `detect`
    writes for the pages.
    """
    folder, kept = root / "results" / split, root / "once"
    for new in (folder, kept):
        new.mkdir(parents=True)
    for name in ("run.json", "model.npz"):
        shutil.copy(run.root / name, root / name)
    made = list_videos(run, split)
    sources = [shutil.copy(entry.path, kept) for entry in made]
    for number in range(videos):
        os.link(sources[number % len(made)], folder / f"{_name(number)}.npz")
    big = Run.open(root)
    known = [summarise(run.read_result(one.path), key="", stamp="") for one in made]
    rows: list[Summary] = []
    for number, entry in enumerate(list_videos(big, split)):
        row, name = known[number % len(made)], entry.video_id
        spans = replace(row.spans, video_id=name)
        rows.append(
            replace(row, key=entry.key, stamp=entry.stamp, video_id=name, spans=spans)
        )
    write_summaries(summary_path(big, split), rows)
    return big


def _name(number: int) -> str:
    return f"video_many_{number:07}"


def times(site: Site, page: Page, split: str, other: str) -> Iterator[tuple[str, str]]:
    """Open page after page, three times each; give what was done, and what it took."""
    shown = {"run": site.run_id, "split": split}
    videos = len(site.run.result_files(split))
    for name, last in WHOLE.items():
        address = f"{site.address}/{name}?{urlencode(shown | _second(name, other))}"
        for how in ("first", "then", "then"):
            with _timed(site.pid) as spent:
                page.goto(address)
                page.wait_for_function(SETTLED % last)
                if name == "videos":
                    page.wait_for_function(PICTURES, arg=min(ROWS, videos))
            yield f"{name}, {how}", spent()
        if name == "videos":
            yield from _searches(site, page, videos)
    for name in CLICKED:
        named = name.replace("_", " ").capitalize()
        bar = page.locator(".st-key-pages_bar")
        link = bar.get_by_role("link", name=named, exact=True)
        with _timed(site.pid) as spent:
            link.click()
            page.wait_for_url(re.compile(f"/{name}"))
            page.wait_for_function(SETTLED % WHOLE[name])
        yield f"{name}, by a click", spent()
    memory = Path(f"/proc/{site.pid}/status")
    if memory.exists():
        (kilobytes,) = re.findall(r"VmRSS:\s+(\d+) kB", memory.read_text())
        yield "memory of the server", f"{int(kilobytes) / 1e6:.2f} GB"


def _second(name: str, other: str) -> dict[str, str]:
    return {"compare_with": other} if name == "compare" else {}


def _searches(site: Site, page: Page, videos: int) -> Iterator[tuple[str, str]]:
    """Type into the search; a search is over when the line of counts says so."""
    field, shown = page.get_by_label("Search", exact=True), videos
    for text in TYPED:
        wanted = sum(text in _name(number) for number in range(videos))
        with _timed(site.pid) as spent:
            field.fill(text)
            page.wait_for_function(COUNTED, arg=f"{wanted} of ")
            page.wait_for_function(SETTLED % WHOLE["videos"])
        # As many as before: nothing tells that it is over.
        if wanted != shown:
            yield f"search for {text!r}", spent()
        shown = wanted


@contextmanager
def _timed(pid: int) -> Iterator[Callable[[], str]]:
    """Time a block: seconds, and those of one core that a process took."""
    begin, busy = time.perf_counter(), _busy_s(pid)
    found: list[str] = []
    yield lambda: found[0]
    seconds, busy = time.perf_counter() - begin, _busy_s(pid) - busy
    found.append(f"{seconds:.2f} s ({busy:.2f})")


def _busy_s(pid: int) -> float:
    """Seconds that a process has computed, where /proc says so."""
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        return 0.0
    user, system = path.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Make the run, twice for *Compare*, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="a run with results")
    parser.add_argument("--videos", type=int, default=10_000)
    asked = parser.parse_args()
    try:
        source = Run.open(asked.run)
    except InputError as error:
        parser.error(str(error))
    if not source.splits or asked.videos < 1:
        parser.error(f"{asked.run}: wanted results (`detect`) and at least one video")
    split = source.splits[0]
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        runs = Path(made) / "runs"
        big = multiplied(source, split, asked.videos, runs / "many")
        again = multiplied(source, split, asked.videos, runs / "as_many")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        with serve(big, Path(made), DBS_RUNS=str(runs)) as site:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(PATIENCE_MS)
            page.goto(site.address)  # what every visit loads
            page.wait_for_function(SETTLED % "img")
            print(
                f"{asked.videos} videos, as many as {len(source.result_files(split))}"
            )
            for what, took in times(site, page, split, run_id(again.root)):
                print(f"{what:24} {took}")
        browser.close()


if __name__ == "__main__":
    main()
