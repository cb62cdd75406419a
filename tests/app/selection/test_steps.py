"""Each deliberate step is one entry of the browser's history, and Back undoes it.

With a run, a split, a video and a class that are not the first. What is chosen is read
where a user sees it: in the sidebar, the player, the panels; and in the address, which
opens the same again, here and in a browser that was never here.
"""

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from tests.app.conftest import Site, serve
from tests.app.make_run import Plan, make_run
from tests.app.test_page_changes import address, choice, choose, comes, rests, sidebar
from tests.app.watching import Watched, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

JUMP, GOLF, DIVE = ((1.0, 2.5, 1), (2.7, 4.2, 2), (4.4, 5.9, 3))
PLANS = (
    Plan("one", (JUMP,), seconds=6.0),
    Plan("one", (DIVE, JUMP), seconds=6.0, split="validation"),
    Plan("two", (JUMP, GOLF), seconds=6.0, split="validation"),
)
VIEW = {"t": "3", "cell": "2-2", "det": "0", "layer": "entropy", "zoom": "1-5.5"}
JUDGED = {"score": "0.25", "tiou": "0.3", "heat": "0.2", "panel": "Numbers"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("steps")
    make_run(folder / "runs" / "a", PLANS[:1])
    run = make_run(folder / "runs" / "b", PLANS)
    with serve(run, folder, DBS_RUNS=str(folder / "runs")) as running:
        yield running


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page


def chosen(run: Run) -> dict[str, str]:
    return choice(run, "validation", "two", "GolfSwing")


def shown(on: Watched) -> Mapping[str, object]:
    """Give what a user sees of what is chosen."""
    found: dict[str, object] = {"page": on.page.url.split("?")[0], **sidebar(on)}
    if "/explore" in on.page.url:
        found |= on.ask(
            "const s = p.state, v = p.data.view; return {time: s.time.toFixed(1),"
            " cell: s.cell && s.cell.join(), detection: s.detection, layer: s.layer,"
            " class: p.model && p.model.name(s.label), truth: v.truth, zoom: v.zoom,"
            " heat: v.heat, threshold: v.threshold, tiou: v.tiou}"
        )
        panel = on.page.get_by_role("radio", checked=True)
        found["panel"] = panel.all_inner_texts()
    return found


def tell(on: Watched, **what: object) -> None:
    """Commit something as the player does."""
    on.ask(f"p.tell({{...p.view(), ...{what!r}}})".replace("None", "null"))


def press_in_player(on: Watched, name: str) -> None:
    on.page.locator(".dbs").get_by_role("button", name=re.compile(name)).first.click()


STEPS: dict[str, Callable[[Watched], None]] = {
    "another detection": lambda on: on.ask("p.pinDetection(1)"),
    "a cell": lambda on: on.ask("p.pinCell([4, 4])"),
    "class by chip": lambda on: press_in_player(on, "^HighJump"),
    "class by selector": lambda on: choose(on, "Class", "Diving"),
    "layer": lambda on: on.press("m"),
    "a moment": lambda on: on.press("End"),
    "a truth": lambda on: tell(on, truth=1),
    "zoom": lambda on: tell(on, zoom="1-3.5"),
    "heat map off": lambda on: tell(on, heat=0),
    "threshold": lambda on: tell(on, score=0.4, tiou=0.5),
    "all": lambda on: tell(on, score="all", tiou=0.5),
    "tIoU": lambda on: tell(on, score="all", tiou=0.7),
    "panel": lambda on: on.page.get_by_text("Posterior", exact=True).last.click(),
    "video by key": lambda on: on.page.keyboard.press("p"),
    "video": lambda on: choose(on, "Video", "two"),
    "split": lambda on: choose(on, "Split", "test"),
    "run": lambda on: choose(on, "Run", "sample"),
    "page": lambda on: on.page.get_by_role("link", name="Videos", exact=True).click(),
    "another run there": lambda on: choose(on, "Run", on.site.run_id),
    "page again": lambda on: on.page.get_by_role("link", name="Explore").click(),
}


def length(on: Watched) -> int:
    return int(on.page.evaluate("history.length"))


def test_each_step_is_one_entry_and_back_undoes_it(on: Watched, site: Site) -> None:
    on.open("explore", **chosen(site.run), **VIEW, **JUDGED)
    for name, step in STEPS.items():
        rests(on)
        before, entries, link = shown(on), length(on), address(on)
        step(on)
        comes(on, lambda on, link=link: address(on) != link, True)
        rests(on)
        after, further = shown(on), address(on)
        assert length(on) == entries + 1, name
        assert after != before, name
        on.page.go_back()
        comes(on, address, link)
        comes(on, shown, before)
        rests(on)
        assert (address(on), shown(on)) == (link, before), name
        on.page.go_forward()
        comes(on, address, further)
        comes(on, shown, after)
        assert length(on) == entries + 1, name
    assert on.errors == []


@pytest.mark.parametrize("judged", [JUDGED, {}], ids=["all", "at rest"])
def test_refresh_and_a_link_give_the_same(
    on: Watched, browser: Browser, site: Site, judged: dict[str, str]
) -> None:
    on.open("explore", **chosen(site.run), **(VIEW if judged else {}), **judged)
    rests(on)
    on.ask("p.pinDetection(1)")
    comes(on, lambda on: address(on).get("det"), "1")
    rests(on)
    before, link = shown(on), on.page.url
    on.page.reload()
    on.ready()
    comes(on, shown, before)
    with watched(browser, site) as other:
        other.page.goto(link)
        other.ready()
        comes(other, shown, before)
        assert length(other) <= 2


def test_back_from_the_first_page_leaves(on: Watched, site: Site) -> None:
    """Opening the bare address is no step, whatever is chosen at first."""
    on.page.goto("about:blank")
    before = length(on)
    on.page.goto(site.address)
    rests(on)
    assert length(on) == before + 1
    assert address(on) == {}
    on.page.go_back()
    expect(on.page).to_have_url("about:blank")


def test_a_row_of_compare_opens_either_run(on: Watched, site: Site) -> None:
    """Each by one step, at the same moment; Back leads to the comparison."""
    a, b = run_id(site.run.root.parent / "a"), site.run_id
    query = {"compare_with": b, "compare_list": "both wrong", "split": "test"}
    for letter, run in (("a", a), ("b", b)):
        on.open("compare", run=a, **query)
        expect(on.page.get_by_text("0 truths, 1 false alarm")).to_be_visible()
        rests(on)
        on.mark_row(on.page.get_by_test_id("stDataFrame").last, 0)
        on.page.get_by_role("button", name=f"Open {letter} in Explore").click()
        comes(on, lambda on: "/explore" in on.page.url, True)
        on.ready()
        rests(on)
        said = address(on)
        assert (said["run"], said["video"], said["cls"]) == (run, "one", "HighJump")
        assert on.state["detection"] == int(said["det"])
        on.page.go_back()
        comes(on, lambda on: "/compare" in on.page.url, True)
    assert on.errors == []
