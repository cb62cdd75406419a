"""The keyboard of the player: from anywhere on the page, and never against it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.app.conftest import Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page
        assert page.errors == []


def test_keys_work_without_a_click_and_leave_the_page_its_own(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.settled()
    press = on.page.keyboard.press
    press("g")
    on.until("p.state.truth === 0")
    press("ArrowRight")
    on.until("Math.abs(p.state.time - 1.202) < 0.01")
    press("x")
    on.until("p.model.name(p.state.label) === 'GolfSwing'")
    on.page.wait_for_url("**cls=GolfSwing**")
    on.settled()
    search = on.page.locator("[data-testid=stSidebar] .st-key-video input")
    search.click()
    before = on.state
    for key in ("g", "e", "ArrowLeft"):
        press(key)
    assert on.state["time"] == before["time"], "the list of videos has them"
    press("Escape")
    on.page.locator("[data-testid=stSidebar] button", has_text="run folder").click()
    on.page.locator("[data-testid=stPopoverBody] input").first.wait_for()
    press("g")
    assert on.state["time"] == before["time"], "an open popover has them"
    press("Escape")
    assert on.state["truth"] == before["truth"]


def test_the_help_closes_as_it_opens(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.press("g")
    help_box = on.page.locator("dialog")
    for closing in ("?", "Escape"):
        on.page.keyboard.press("?")
        expect(help_box).to_be_visible()
        on.page.keyboard.press("m")
        on.page.keyboard.press(closing)
        assert help_box.is_hidden()
    assert (on.state["truth"], on.state["layer"]) == (0, "mosaic")
    on.page.keyboard.press("Escape")
    assert on.state["truth"] is None


def test_what_the_mouse_does_keys_do(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.page.locator(".stage").focus()
    row, column = on.ask("return p.model.origin(p.index)")
    for key in ("ArrowUp", *["ArrowRight"] * 9, "Enter"):  # the window ends there
        on.page.keyboard.press(key)
    assert on.state["cell"] == [(row + 2) % 24, (column + 6) % 24]
    on.press("g", "z")
    zoom = on.ask("return p.zoom")
    assert zoom == pytest.approx([0, 4.8])
    on.press("f")
    assert on.ask("return p.zoom") == pytest.approx([z + 4.8 / 4 for z in zoom])
    assert on.ask("return p.view().zoom") == "1.2-6.0"
    on.press("a", "t", "t")
    assert on.state["threshold"] == pytest.approx(0.1)


def test_a_key_pressed_while_a_video_loads_is_kept(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.settled()
    held: list[Route] = []
    on.page.route("**/dbs/payload/**", lambda route: held.append(route))
    on.page.keyboard.press("p")  # the video before
    on.until("p.awaiting")
    on.page.keyboard.press("Shift+G")
    on.page.wait_for_timeout(100)
    assert on.state["truth"] is None
    held[0].continue_()
    on.until("p.model.videoId === 'odd_codec' && p.state.truth === 0")
    assert on.state["time"] == pytest.approx(3.0, abs=0.01)


def test_more_of_the_same_video_takes_nothing_back(on: Watched) -> None:
    """A class beyond those packed brings a new payload while the user goes on.

    The page itself is told nothing: its answer would name the payload of before.
    """
    on.open(video="two_jumps", split="test", t="0")
    on.settled()
    held: list[Route] = []
    on.page.route("**/dbs/payload/**x=1", lambda route: held.append(route))
    on.page.locator(".chip", has_text="HighJump").focus()
    on.ask("p.update({...p.data, payload: p.data.payload + '&x=1'}, () => {})")
    on.page.wait_for_timeout(200)
    on.page.keyboard.press("e")
    on.page.keyboard.press("m")
    on.ask("p.update({...p.data}, () => {})")  # the page runs again meanwhile
    wanted = on.state
    model = "p.before !== p.model"
    on.ask("p.before = p.model")
    held[0].continue_()
    on.until(model)
    assert on.page.locator(".dbs").get_attribute("data-ready") == "true"
    names = ("time", "detection", "label", "layer")
    assert [on.state[n] for n in names] == [wanted[n] for n in names]
    assert wanted["detection"] == 3
    assert on.ask("return e.getRootNode().activeElement.className") == "chip"
    on.page.wait_for_timeout(600)  # the page would have been told
    echo = "{...p.data, heard: %s, view: {...p.data.view, label: %s}}"
    on.ask("p.said = 2e13; p.state.label = 2")
    # It heard the first of two steps.
    on.ask("p.update(%s, () => {})" % (echo % ("1e13", 1)))
    assert on.state["label"] == 2
    on.ask("p.update(%s, () => {})" % (echo % ("2e13", 2)))
    on.ask("p.update(%s, () => {})" % (echo % ("2e13", 1)))  # the sidebar's own choice
    assert on.state["label"] == 1


def test_stepping_fast_across_classes_loses_no_press(on: Watched) -> None:
    """Missed truths of two classes, a press every 0.2 s: the player stays on screen."""
    on.open(video="two_jumps", split="test", t="0")
    on.settled()
    on.ask("p.commit({threshold: 0.99})")
    on.ask(
        "window.gone = 0; window.before = p; setInterval(() => {"
        " const shown = e.isConnected && e.getClientRects().length;"
        " if (!shown || e.dataset.ready !== 'true') window.gone += 1; }, 20)"
    )
    steps = []
    for _ in range(3):
        on.page.keyboard.press("e")
        steps.append(on.ask("return p.model.truth[p.state.truth].name"))
        on.page.wait_for_timeout(200)
    assert steps == ["HighJump", "GolfSwing", "HighJump"]
    on.settled()
    on.page.wait_for_timeout(500)
    assert on.ask("return p.model.name(p.state.label)") == "HighJump"
    assert on.ask("return [window.gone, window.before === p]") == [0, True]


def test_speed_is_kept_by_other_videos_and_over_other_pages(on: Watched) -> None:
    """What the selector says is what the video plays at."""
    on.open(video="two_jumps", split="test", t="0")
    on.settled()
    on.press(".", "p")
    on.until("!p.awaiting && p.model.videoId !== 'two_jumps'")
    plays = "return [p.state.rate, p.stage.video.playbackRate, p.stage.clock.rate]"
    assert on.ask(plays) == [1.5, 1.5, 1.5]
    on.page.get_by_role("link", name="Videos", exact=True).click()
    expect(on.page.locator(".dbs")).to_have_count(0)
    on.page.get_by_role("link", name="Explore", exact=True).click()
    on.ready()
    assert on.ask(plays) == [1.5, 1.5, 1.5]
    assert on.page.locator("select[name=rate]").input_value() == "1.5"
