"""Every button and link that changes the page, with nothing at its default.

The address holds a run, a split, a video and a class that are not the first ones. After
the step the right page stands, without an exception; the sidebar says what was chosen,
and the address says the same.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from dbs_core.runs.own_videos import requests
from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.run import Run
from tests.app.conftest import Site, serve
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser
OTHER = "video_test_0000009"


@pytest.fixture(scope="module")
def elsewhere(
    made_run: Run, real_run: Run, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """An explorer that knows three runs and an own video that has been looked at."""
    folder = tmp_path_factory.mktemp("pages")
    own = requests.own_run(folder / "home" / "own", Run.open(SAMPLE))
    requests.establish(own)
    (source, *_) = real_run.results("test")
    file = real_run.video_file(source)
    request = requests.opened(own, requests.name_file(own, file), 7.0)
    result = next(Run.open(SAMPLE).results("test"))
    fields = {name: getattr(result, name) for name in result.__dataclass_fields__}
    ((part, *_), *_) = request.parts
    changed = {"video_id": part, "split": requests.SPLIT, "truth": None}
    own.write_result(type(result)(**fields | changed))
    with serve(made_run, folder, DBS_RUNS=str(made_run.root.parent)) as running:
        yield running


@pytest.fixture
def chosen(real_run: Run) -> dict[str, str]:
    """A run, split, video and class that are not the first ones."""
    result = real_run.result("test", OTHER)
    label = int(result.truth.segments.labels[-1])
    name = real_run.info.classes.name_of(label)
    assert next(real_run.results("test")).video_id != OTHER
    run = run_id(real_run.root)
    return {"run": run, "split": "test", "video": OTHER, "cls": name}


@pytest.fixture(params=["light", "dark"])
def seen(
    browser: Browser, elsewhere: Site, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    with watched(browser, elsewhere, scheme=request.param) as page:
        yield page


def sidebar(page: Page) -> dict[str, str]:
    """What the selectors of the sidebar say, by their label."""
    boxes = page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]")
    found = {}
    for box in boxes.all():
        label = box.locator("label").inner_text().split(" (")[0].lower()
        found[label.strip()] = box.locator("input").input_value()
    return found


def address(page: Page) -> dict[str, str]:
    return {k: v[-1] for k, v in parse_qs(urlparse(page.url).query).items()}


def arrived(seen: Watched, page: str, **wanted: str) -> None:
    """The page stands, and sidebar and address say what is wanted."""
    seen.page.wait_for_url(re.compile(rf"/{page}(\?|$)"), timeout=20_000)
    seen.ready() if page == "explore" else seen.settled()
    expect(seen.page.locator("[data-testid=stException]")).to_have_count(0)
    assert not [e for e in seen.errors if "404" not in e]
    if page == "result_file":
        return
    for _ in range(50):
        if wanted.items() <= sidebar(seen.page).items():
            break
        seen.page.wait_for_timeout(100)
    assert wanted.items() <= sidebar(seen.page).items()
    names = {"class": "cls"}
    said = {names.get(k, k): v for k, v in wanted.items()}
    for name, value in address(seen.page).items():
        if name in said:  # a first choice need not stand in the address
            assert value == said[name], name


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def test_open_the_sample(seen: Watched, chosen: dict[str, str]) -> None:
    seen.open("", **chosen)
    press(seen.page, "Open the sample")
    arrived(seen, "explore", run="sample", split="test")


@pytest.mark.parametrize(
    ("button", "page"),
    [("Choose a video", "own_video"), ("Open a result file", "result_file")],
)
def test_start_leads_on(
    seen: Watched, chosen: dict[str, str], button: str, page: str
) -> None:
    seen.open("", **chosen)
    press(seen.page, button)
    arrived(seen, page)


def test_the_pictures_of_start_open_the_player(
    seen: Watched, chosen: dict[str, str]
) -> None:
    seen.open("", **chosen)
    seen.page.get_by_role("link", name="Segmentation").click()
    arrived(
        seen,
        "explore",
        run=chosen["run"],
        video=OTHER,
        **{"class": chosen["cls"]},
    )
    assert address(seen.page)["layer"] == "segmentation"


def first_row(page: Page, x: int) -> None:
    box = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x, box["y"] + 64)


@pytest.mark.parametrize("x", [17, 68], ids=["mark a row", "Open"])
def test_a_row_of_videos_opens_its_video(
    seen: Watched, chosen: dict[str, str], x: int
) -> None:
    seen.open("videos", **chosen, t="3", det="0")
    seen.page.wait_for_selector("[data-testid=stDataFrame] canvas")
    seen.page.wait_for_timeout(500)
    first_row(seen.page, x)
    seen.page.wait_for_url(re.compile("/explore"), timeout=20_000)
    arrived(seen, "explore", run=chosen["run"], split="test")
    assert sidebar(seen.page)["video"] == "video_test_0000001"
    assert "det" not in address(seen.page)


def test_an_own_video_opens(seen: Watched, chosen: dict[str, str]) -> None:
    seen.open("own_video", **chosen, t="3", det="0", cell="2-2")
    press(seen.page, "Explore")
    arrived(seen, "explore", split=requests.SPLIT)
    assert sidebar(seen.page)["video"] != OTHER
    assert not {"t", "det", "cell"} & address(seen.page).keys()


def test_back_returns_to_where_the_button_was(
    seen: Watched, chosen: dict[str, str]
) -> None:
    seen.open("", **chosen)
    press(seen.page, "Choose a video")
    arrived(seen, "own_video")
    seen.page.go_back()
    seen.page.wait_for_selector("text=See what a video imprint knows")
    seen.settled()
    expect(seen.page.locator("[data-testid=stException]")).to_have_count(0)


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a selector of the sidebar, as a user does."""
    box = page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]").filter(
        has=page.locator("label", has_text=re.compile(f"^{label}"))
    )
    box.locator("input").fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def then(step: Callable[[], None], seen: Watched) -> None:
    step()
    seen.settled()


def test_choices_made_by_hand_are_kept(seen: Watched, chosen: dict[str, str]) -> None:
    """Not from a link: the selectors hold what the user picked."""
    seen.open("")
    then(lambda: choose(seen.page, "Run", chosen["run"]), seen)
    then(lambda: choose(seen.page, "Video", OTHER), seen)
    then(lambda: choose(seen.page, "Class", chosen["cls"]), seen)
    press(seen.page, "Choose a video")
    arrived(seen, "own_video")
    seen.page.get_by_role("link", name="Explore", exact=True).first.click()
    arrived(seen, "explore", run=chosen["run"], video=OTHER, **{"class": chosen["cls"]})
