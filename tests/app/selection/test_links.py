"""Links to what is not here say so; nothing else is shown in its place."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.records import ClassList
from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from tests.app.conftest import Site, serve
from tests.app.make_run import Plan, make_run
from tests.app.test_pages import opened
from tests.app.watching import watched

ACTIONS = ((1.0, 2.5, 1), (2.7, 4.2, 2))
PLANS = (Plan("one", ACTIONS, seconds=6.0), Plan("two", ACTIONS, seconds=6.0))
OTHERS = ClassList(("Archery", "Bowling", "GolfSwung", "Rowing"), (1, 2, 3, 4))


def words(app: object) -> str:
    found = [*app.title, *app.markdown, *app.error]
    return " ".join(e.value for e in found).replace("\\", "")


@pytest.fixture
def elsewhere(made_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that the explorer does not know of."""
    monkeypatch.setenv("DBS_RUNS", "")
    shutil.copytree(made_run.root, tmp_path / "gone")
    return Run.open(tmp_path / "gone")


@pytest.mark.parametrize("page", ["start.py", "videos.py", "explore.py", "paper.py"])
def test_a_run_that_is_not_here_is_not_replaced(page: str, elsewhere: Run) -> None:
    app = opened(page, run=run_id(elsewhere.root), split="test", video="two_jumps")
    assert not app.exception
    assert "This run is not here" in words(app)
    assert run_id(elsewhere.root) in words(app)
    assert "rendered sample" not in words(app)
    assert "four pictures" not in " ".join(s.value for s in app.subheader)
    assert app.session_state["subject"] is None


def test_its_folder_opens_what_the_link_names(elsewhere: Run) -> None:
    query = {"split": "test", "video": "two_jumps", "cls": "Diving"}
    app = opened("explore.py", run=run_id(elsewhere.root), **query)
    app.text_input(key="folder_path_missing").set_value(str(elsewhere.root / "no"))
    button = next(b for b in app.button if "folder_missing" in b.proto.form_id)
    button.click().run()
    assert "no such folder" in words(app)
    app.text_input(key="folder_path_missing").set_value(str(elsewhere.root))
    next(b for b in app.button if "folder_missing" in b.proto.form_id).click().run()
    assert not app.exception
    keys = ("split", "video", "cls_0")
    assert [app.selectbox(key=key).value for key in keys] == list(query.values())


def test_another_run_can_be_chosen_instead(elsewhere: Run) -> None:
    app = opened("explore.py", run=run_id(elsewhere.root))
    app.selectbox(key="other_run").set_value("sample").run()
    assert app.selectbox(key="run").value == "sample"
    assert app.session_state["subject"] is not None


def test_a_video_that_is_not_here_is_not_replaced(
    made_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))
    app = opened("explore.py", split="test", video="two_jumpz")
    assert "This video is not here" in words(app)
    assert app.session_state["subject"] is None
    app.button(key="open_near").click().run()
    assert app.selectbox(key="video").value == "two_jumps"


def test_an_empty_name_asks_for_nothing(
    made_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))
    app = opened("explore.py", run="", split="", video="", cls="")
    assert not app.exception
    assert app.session_state["subject"] is not None
    assert not app.toast


def test_a_run_whose_folder_went_is_not_replaced(
    elsewhere: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBS_RUNS", str(elsewhere.root.parent))
    app = opened("explore.py", run=run_id(elsewhere.root))
    assert app.session_state["subject"] is not None
    shutil.rmtree(elsewhere.root)
    app.run()
    assert "This run is not here" in words(app)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Run]]:
    """Two namesakes with the same videos and other classes."""
    folder = tmp_path_factory.mktemp("two")
    first = make_run(folder / "runs" / "a" / "mine", PLANS)
    second = make_run(folder / "runs" / "b" / "mine", PLANS, classes=OTHERS)
    places = os.pathsep.join(map(str, (first.root, second.root)))
    with serve(first, folder, DBS_RUNS=places) as site:
        yield site, second


@pytest.mark.browser
def test_another_run_shows_a_class_that_it_has(
    browser: Browser, two: tuple[Site, Run]
) -> None:
    site, second = two
    with watched(browser, site) as on:
        query = {"split": "test", "video": "two", "cls": "GolfSwing"}
        on.open("explore", run=site.run_id, **query)
        boxes = on.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]")
        run, _, _, name = (boxes.nth(i).locator("input") for i in range(4))
        expect(run).to_have_value(f"a/{site.run_id}")
        expect(name).to_have_value("GolfSwing")
        run.click()
        on.page.get_by_role("option", name=f"b/{run_id(second.root)}").click()
        expect(run).to_have_value(f"b/{run_id(second.root)}")
        expect(name).to_have_value("Archery")
        on.ready()
        on.until("p.state.label === 1")
        assert on.page.locator("[data-testid=stToast]").all_inner_texts() == []
        assert on.errors == []


@pytest.mark.browser
def test_a_link_by_the_id_opens_a_namesake(
    browser: Browser, two: tuple[Site, Run]
) -> None:
    site, second = two
    with watched(browser, site) as on:
        on.open("explore", run=run_id(second.root), video="two", cls="Bowling")
        boxes = on.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]")
        shown = [boxes.nth(i).locator("input") for i in range(4)]
        for box, value in zip(
            shown, (f"b/{run_id(second.root)}", "test", "two", "Bowling"), strict=True
        ):
            expect(box).to_have_value(value)
        on.page.wait_for_timeout(700)
        on.page.reload()
        on.ready()
        expect(shown[0]).to_have_value(f"b/{run_id(second.root)}")
        expect(shown[2]).to_have_value("two")


@pytest.mark.browser
def test_a_link_to_a_missing_run_stays_whole(
    browser: Browser, two: tuple[Site, Run], tmp_path: Path, artefacts: Path
) -> None:
    site, second = two
    shutil.copytree(second.root, tmp_path / "far")
    with watched(browser, site) as on:
        link = {"run": run_id(tmp_path / "far"), "video": "two", "cls": "Bowling"}
        on.page.goto(f"{site.address}/explore?" + "&".join(map("=".join, link.items())))
        main = on.page.locator("[data-testid=stMain]")
        expect(main.get_by_text("This run is not here")).to_be_visible()
        on.page.screenshot(path=artefacts / "missing_run.png")
        main.get_by_label("Run folder on this computer").fill(str(tmp_path / "far"))
        main.get_by_role("button", name="Open", exact=True).click()
        on.ready()
        boxes = on.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]")
        expect(boxes.nth(2).locator("input")).to_have_value("two")
        expect(boxes.nth(3).locator("input")).to_have_value("Bowling")
        assert on.errors == []


@pytest.mark.browser
def test_what_is_chosen_instead_is_in_the_address(
    browser: Browser, two: tuple[Site, Run]
) -> None:
    site, second = two
    with watched(browser, site) as on:
        on.page.goto(f"{site.address}/explore?run=gone-123456&video=twoo&cls=Rowin")
        main = on.page.locator("[data-testid=stMain]")
        expect(main.get_by_text("This run is not here")).to_be_visible()
        boxes = on.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]")
        boxes.first.locator("input").click()
        name = f"b/{run_id(second.root)}"
        on.page.get_by_role("option", name=name).click()
        main.get_by_role("button", name="Open “two”").click()
        on.ready()
        on.page.reload()
        on.ready()
        for place, value in enumerate((name, "test", "two", "Rowing")):
            expect(boxes.nth(place).locator("input")).to_have_value(value)
        assert on.errors == []
