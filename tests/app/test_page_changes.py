"""Every button and link that changes the page, with nothing at its default.

The address names a run, a split, a video and a class, none of them the first, and a
view of the player. After a step the right page stands without an exception, sidebar and
address say the same, no place of another video is left, and the browser's Back undoes
the step: the page with the button, and what was chosen there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.method.settings import Settings
from dbs_core.records import classes_present
from dbs_core.runs.own_videos import requests
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA, run_id
from dbs_core.runs.run import Run
from dbs_core.training.library import Folders, Work, remember
from explorer.selection.address import CHOICE
from tests.app.conftest import Site, serve
from tests.app.make_run import Plan, make_run
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser

JUMP, GOLF, DIVE = ((1.0, 2.5, 1), (2.7, 4.2, 2), (4.4, 5.9, 3))
PLANS = (
    Plan("one", (JUMP,), seconds=6.0),
    Plan("one", (DIVE,), seconds=6.0, split="validation"),
    Plan("two", (JUMP, GOLF), seconds=6.0, split="validation"),
)
VIEW = {"v": "1", "t": "3", "cell": "2-2", "det": "0", "layer": "entropy"}


@dataclass(frozen=True)
class Many:
    """An explorer with several runs: the default one is none of these."""

    site: Site
    own: Run
    library: Run

    @property
    def chosen(self) -> dict[str, str]:
        """A choice with no part of it at its default."""
        return choice(self.site.run, "validation", "two", "GolfSwing")


def choice(run: Run, split: str, video: str, name: str) -> dict[str, str]:
    return dict(zip(CHOICE, (run_id(run.root), split, video, name), strict=True))


def first_choice(run: Run, video: str | None = None) -> dict[str, str]:
    """Say what the selectors hold in a run of which nothing more is asked."""
    split, *_ = run.splits
    result = run.result(split, video) if video else next(run.results(split))
    label, *_ = classes_present(result)
    return choice(run, split, result.video_id, run.info.classes.name_of(label))


def said(shown: Mapping[str, str], **view: str) -> dict[str, str]:
    """Give the address of a choice, with what it says of the view."""
    return {"v": "1", **shown, **view}


def hand_in(home: Path) -> Run:
    """Write two own videos that have been looked at."""
    sample = Run.open(SAMPLE)
    own = requests.own_run(home / "own", sample)
    requests.establish(own)
    for result in list(sample.results("test"))[:2]:
        file = requests.name_file(own, sample.video_file(result))
        request = requests.opened(own, file, result.info.duration_s)
        ((part, _),) = request.parts
        own.write_result(replace(result, video_id=part, split=requests.SPLIT))
    return own


def begin_library(root: Path) -> Run:
    """Write a library as it is while its videos are looked at: one is done."""
    sample = Run.open(SAMPLE)
    run = Run.create(root, sample.info)
    remember(Folders(SAMPLE_DATA), Work(root, Settings()))
    run.write_result(next(sample.results("test")))
    return run


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    folder = tmp_path_factory.mktemp("pages")
    make_run(folder / "runs" / "a", PLANS[:1])
    run = make_run(folder / "runs" / "b", PLANS)
    own, library = hand_in(folder / "home"), begin_library(folder / "home" / "library")
    with serve(run, folder, DBS_RUNS=str(folder / "runs")) as site:
        yield Many(site, own, library)


@pytest.fixture
def on(browser: Browser, many: Many) -> Iterator[Watched]:
    with watched(browser, many.site) as page:
        yield page


def address(on: Watched) -> dict[str, str]:
    return dict(parse_qsl(urlparse(on.page.url).query))


def place(on: Watched) -> str:
    return urlparse(on.page.url).path.strip("/")


def sidebar(on: Watched) -> dict[str, str]:
    """Give what the selectors show, by their names in the address."""
    boxes = on.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input")
    return dict(zip(CHOICE, (box.input_value() for box in boxes.all()), strict=False))


def comes(on: Watched, look: Callable[[Watched], object], wanted: object) -> None:
    """Wait until what is seen is what is wanted; complain with both."""
    for _ in range(150):
        if look(on) == wanted:
            return
        on.page.wait_for_timeout(100)
    assert look(on) == wanted


def rests(on: Watched) -> None:
    """Wait until the page has stopped, and has not begun again."""
    on.settled()
    on.page.wait_for_timeout(300)
    on.settled()


def stands(
    on: Watched, page: str, shown: Mapping[str, str], said: Mapping[str, str]
) -> None:
    """The page is there; the sidebar shows the one and the address says the other."""
    comes(on, place, page)
    on.ready() if page == "explore" else on.settled()
    comes(on, sidebar, shown)
    comes(on, address, said)
    rests(on)  # and stays so
    assert (sidebar(on), address(on)) == (shown, said)
    expect(on.page.locator("[data-testid=stException]")).to_have_count(0)
    expect(on.page.locator("[data-testid=stToast]")).to_have_count(0)
    assert on.errors == []


def start(on: Watched, many: Many, page: str) -> None:
    """Open a page by a link that says everything."""
    on.open(page, **many.chosen, **VIEW)
    stands(on, page, many.chosen, many.chosen | VIEW)


def goes_back(on: Watched, many: Many, page: str) -> None:
    """Back is the page with the button, with the choice and the view before it."""
    on.page.go_back()
    stands(on, page, many.chosen, many.chosen | VIEW)


def press(on: Watched, name: str, within: str = "[data-testid=stMain]") -> None:
    on.page.locator(within).get_by_role("button", name=name, exact=True).click()


def test_start_opens_the_sample(on: Watched, many: Many) -> None:
    start(on, many, "")
    press(on, "Open the sample")
    shown = first_choice(Run.open(SAMPLE))
    stands(on, "explore", shown, said(shown, layer="entropy"))
    goes_back(on, many, "")


def test_start_leads_to_your_videos(on: Watched, many: Many) -> None:
    start(on, many, "")
    press(on, "Choose a video")
    stands(on, "own_video", many.chosen, said(many.chosen))
    goes_back(on, many, "")


def test_start_leads_to_a_result_file(on: Watched, many: Many) -> None:
    """Which is about no run: the choice waits in the address."""
    start(on, many, "")
    press(on, "Open a result file")
    stands(on, "result_file", {}, said(many.chosen))
    goes_back(on, many, "")


def test_a_picture_of_start_opens_the_player(on: Watched, many: Many) -> None:
    start(on, many, "")
    on.page.get_by_role("link", name="Segmentation").click()
    moment = f"{sum(GOLF[:2]) / 2:.2f}"
    wanted = said(many.chosen, t=moment, layer="segmentation")
    stands(on, "explore", many.chosen, wanted)
    on.page.go_back()
    stands(on, "", many.chosen, many.chosen | VIEW)


def find_row(on: Watched, video: str) -> None:
    """Leave one row in the table."""
    on.page.get_by_placeholder("video or class").fill(video)
    expect(on.page.get_by_text("1 of 2 videos")).to_be_visible()
    on.settled()


@pytest.mark.parametrize("x", [17, 68], ids=["mark", "Open"])
@pytest.mark.parametrize("video", ["one", "two"])
def test_a_row_of_videos_opens(on: Watched, many: Many, video: str, x: int) -> None:
    start(on, many, "videos")
    find_row(on, video)
    on.mark_row(on.page.get_by_test_id("stDataFrame").first, 0, height=56, x=x)
    other = choice(many.site.run, "validation", "one", "Diving")
    wanted = {"one": said(other, layer="entropy"), "two": many.chosen | VIEW}[video]
    shown = {"one": other, "two": many.chosen}[video]
    stands(on, "explore", shown, wanted)
    goes_back(on, many, "videos")


def test_your_videos_opens_one(on: Watched, many: Many) -> None:
    start(on, many, "own_video")
    last = list(many.own.results(requests.SPLIT))[-1].video_id
    press(on, "Explore", f".st-key-own_open_{last}")
    shown = first_choice(many.own, last)
    stands(on, "explore", shown, said(shown, layer="entropy"))
    goes_back(on, many, "own_video")


def test_a_library_opens(on: Watched, many: Many) -> None:
    start(on, many, "own_video")
    on.page.get_by_text("Data set on disk").click()
    press(on, "Explore", f".st-key-library_open_{run_id(many.library.root)}")
    shown = first_choice(many.library)
    stands(on, "videos", shown, said(shown))
    goes_back(on, many, "own_video")


def choose(on: Watched, label: str, option: str) -> None:
    """Pick an option of a selector, as a user does.

    Once the page is still: a choice made while it runs closes the list that is open.
    """
    rests(on)
    box = on.page.locator("[data-testid=stSelectbox]").filter(
        has=on.page.locator("label", has_text=re.compile(f"^{label}"))
    )
    box.locator("input").fill(option)
    on.page.get_by_role("option", name=option, exact=True).click()
    on.settled()


def test_a_figure_of_the_paper_leads_to_its_video(on: Watched, many: Many) -> None:
    start(on, many, "paper")
    choose(on, "Video shown", "one")
    press(on, "Explore one")
    shown = choice(many.site.run, "validation", "one", "Diving")
    stands(on, "explore", shown, said(shown, layer="entropy"))
    goes_back(on, many, "paper")


def test_the_bar_leads_on(on: Watched, many: Many) -> None:
    start(on, many, "paper")
    on.page.get_by_role("link", name="Your videos", exact=True).click()
    stands(on, "own_video", many.chosen, said(many.chosen))
    on.page.go_back()
    stands(on, "paper", many.chosen, many.chosen | VIEW)


def test_a_choice_by_hand_is_kept(on: Watched, many: Many) -> None:
    """Not from a link: the browser holds what the user picked."""
    on.open("")
    for label, name in zip(("Run", "Split", "Video", "Class"), CHOICE, strict=True):
        choose(on, label, many.chosen[name])
        comes(on, lambda on, name=name: address(on).get(name), many.chosen[name])
    press(on, "Choose a video")
    stands(on, "own_video", many.chosen, said(many.chosen))


def test_another_run_shows_in_all_selectors(on: Watched, many: Many) -> None:
    """Its videos have other names; the browser must not go on showing the old ones."""
    start(on, many, "videos")
    choose(on, "Run", "sample")
    comes(on, sidebar, first_choice(Run.open(SAMPLE)))
