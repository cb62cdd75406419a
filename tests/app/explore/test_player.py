"""The linked player in Chromium: in step, exact, reachable, and quiet."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from dbs_core.evaluation.video_matches import judge
from dbs_core.method.backprojection.heat import heat_map
from dbs_core.records import VideoResult
from dbs_core.runs.run import Run
from explorer.elements.glossary import TERMS
from explorer.sources.browser_files import copy_path
from tests.app.conftest import Shown, Site
from tests.app.make_run import HOSTILE
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page
        assert page.errors == []


@pytest.fixture
def jumps(site: Site) -> VideoResult:
    return site.run.result("test", "two_jumps")


def test_playing_stays_in_step_without_a_request(on: Watched, shown: Shown) -> None:
    on.open(**shown.query, t="0")
    on.until("p.stage.video.readyState >= 4")
    on.page.wait_for_timeout(700)  # the sheets of the first look have come
    before, drawn = len(on.requests), on.ask("return p.drawn")
    on.page.click("[data-do=play]")
    start = time.monotonic()
    apart = []
    while time.monotonic() - start < 3:
        apart.append(on.ask("return p.stage.video.currentTime - p.state.time"))
        on.page.wait_for_timeout(150)
    played = time.monotonic() - start
    draws = (on.ask("return p.drawn") - drawn) / played
    assert on.requests[before:] == []
    step = np.diff(shown.result.placement.times_s).min()
    # A look may fall into a pause of a busy machine: one, not more.
    assert sorted(map(abs, apart))[-2] < step, "one sampled frame"
    assert on.ask("return p.state.time") > 2
    assert draws >= 10


def test_the_window_is_that_of_the_frame_shown(on: Watched, shown: Shown) -> None:
    on.open(**shown.query)
    best = shown.result.placement.best
    for index in (0, 7, 23, len(best) - 1):
        on.ask(f"p.seek(p.model.timeOf({index}))")
        assert on.ask("return p.index") == index
        assert on.ask("return p.model.origin(p.index)") == best[index].tolist()


def test_a_pinned_cell_shows_exactly_its_frames(on: Watched, shown: Shown) -> None:
    on.open(**shown.query, t="2")
    placement = shown.result.placement
    tall, wide = placement.grid
    row, column = placement.best[11] + 3  # inside the window of some frame
    cell = int(row) % tall, int(column) % wide
    box = on.page.locator(".grid-over").bounding_box()
    assert box is not None
    on.page.mouse.click(
        box["x"] + (cell[1] + 0.5) * box["width"] / wide,
        box["y"] + (cell[0] + 0.5) * box["height"] / tall,
    )
    on.page.wait_for_url(f"**cell={cell[0]}-{cell[1]}**")
    tiles = on.page.locator(".strip .tile")
    expected = [
        t
        for t, (r, c) in enumerate(placement.best.astype(int))
        if (cell[0] - r) % tall < 7 and (cell[1] - c) % wide < 7
    ]
    assert expected
    assert indices(tiles) == expected
    tiles.last.click()
    on.until(f"p.index === {expected[-1]}")


def indices(tiles: Locator) -> list[int]:
    return tiles.evaluate_all("t => t.map(x => +x.dataset.index)")


def cells_of(place: tuple[int, int], grid: tuple[int, int], ring: int = 0) -> set:
    """Name the cells of a window of 7 on the torus, with so many around it."""
    (row, column), (tall, wide), span = place, grid, range(-ring, 7 + ring)
    return {((row + i) % tall, (column + j) % wide) for i in span for j in span}


def test_a_pinned_cell_offers_what_lies_next_to_it(on: Watched, shown: Shown) -> None:
    """Moments of windows that touch one that holds the cell, but do not hold it."""
    on.open(**shown.query, t="2")
    placement = shown.result.placement
    places = [(int(r), int(c)) for r, c in placement.best]
    cell = next(iter(cells_of(places[11], placement.grid)))
    own = [p for p in set(places) if cell in cells_of(p, placement.grid)]
    around = set().union(*(cells_of(p, placement.grid, ring=1) for p in own))
    wanted = [
        i
        for i, place in enumerate(places)
        if place not in own and around & cells_of(place, placement.grid)
    ]
    on.ask(f"p.pinCell([{cell[0]}, {cell[1]}])")
    tiles = on.page.locator(".besides .tile")
    runs = [i for i in wanted if i - 1 not in wanted]
    expect(tiles).to_have_count(min(4, len(runs)))
    assert set(indices(tiles)) <= set(wanted)
    assert on.page.locator(".besides").is_visible() == bool(wanted)
    if wanted:
        first = indices(tiles)[0]
        tiles.first.focus()
        assert on.ask("return p.model.indexAt(p.state.hoverTime)") == first
        on.page.keyboard.press("Enter")
        on.until(f"p.index === {first}")
        assert on.state["cell"] == list(cell)


def test_next_to_a_cell_knows_no_edge(on: Watched) -> None:
    """Turned round the torus, by however much, the same moments lie side by side."""
    on.open(video="two_jumps", split="test", t="2")
    rolled = """
      const [gh, gw] = p.model.cells, roll = (down, across) => {
        const turned = Object.create(p.model);
        turned.onCell = null;
        turned.best = p.model.best.map((at) => (
          (Math.floor(at / gw) + down) % gh) * gw + ((at % gw) + across) % gw);
        const found = [];
        for (let i = 0; i < gh; i++) for (let j = 0; j < gw; j++)
          found.push(turned.besides([(i + down) % gh, (j + across) % gw], 99));
        return found;
      };
      return [[0, 0], [5, 0], [0, 11], [23, 19]].map((by) => roll(...by));
    """
    first, *others = on.ask(rolled)
    assert any(first)
    assert all(other == first for other in others)


def test_nothing_lies_next_to_a_cell_without_samples(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="2")
    empty = on.ask("return p.model.frameCount.indexOf(0)")
    assert empty >= 0
    on.ask(f"p.pinCell([Math.floor({empty} / 24), {empty} % 24])")
    expect(on.page.locator(".moments")).to_be_hidden()
    assert on.ask("return p.model.besides(p.state.cell, 9)") == []


def test_the_imprint_says_how_near_alike_moments_lie(on: Watched, shown: Shown) -> None:
    """As the result has it; nothing where a result does not know."""
    on.open(**shown.query, layer="mosaic")
    for what, term in (
        ("[data-layer=segmentation]", "segmentation map"),
        ("label:has([name=tiou])", "tIoU"),
    ):  # tooltips have the glossary's words
        said = on.page.locator(what).get_attribute("title")
        assert str(said).removeprefix(f"{term}: ") == TERMS[term]
    known = shown.result.arrangement
    said = on.page.locator(".likeness").all_inner_texts()
    wanted = known and f"alike moments lie side by side: {known.nearness or 0:.2f}"
    assert said == ([wanted] if wanted else [])


def test_a_click_on_a_detection_goes_to_its_start(on: Watched, shown: Shown) -> None:
    on.open(**shown.query, t="0")
    best = shown.result.detections.spans_s[0]
    place = on.ask("return p.timeline.place(0)")
    box = on.page.locator(".time-over").bounding_box()
    assert box is not None
    on.page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    on.page.wait_for_url("**det=0**")
    on.until("!p.stage.video.seeking")
    stands = on.ask("return p.stage.video.currentTime")
    assert abs(stands - best[0]) < 0.05
    matches = judge(shown.result)
    assert matches is not None
    assert matches.verdicts[0] in on.page.locator(".pinned").inner_text()


def test_a_copied_link_has_the_open_panel(on: Watched, shown: Shown) -> None:
    on.open(**shown.query, panel="Numbers")
    assert "panel=Numbers" in on.ask("return p.link()")


def test_the_page_answers_a_click_in_time(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="1")
    on.page.wait_for_timeout(500)
    rests = on.ask("return 180")  # the player waits this long before it tells
    taken = []
    for layer in ("score", "entropy", "occupancy"):
        start = time.monotonic()
        on.page.click(f"[data-layer={layer}]")
        on.page.wait_for_url(f"**layer={layer}**")
        taken.append(time.monotonic() - start - rests / 1000)
    assert min(taken) < 1.5


def test_first_paint_and_small_data(on: Watched, shown: Shown) -> None:
    on.open(**shown.query)
    start = time.monotonic()
    on.open(**shown.query)
    assert time.monotonic() - start < 12
    assert on.ask("return JSON.stringify(p.data).length") < 50_000


def test_a_small_laptop_shows_it_all_and_it_stays_put(on: Watched) -> None:
    """Nothing moves while the data come; a curve below three classes is on screen."""
    held: list[Route] = []
    on.page.route("**/dbs/payload/**", lambda route: held.append(route))
    on.page.goto(f"{on.site.address}/explore?split=test&video=two_jumps&cls=Diving")
    on.page.wait_for_selector(".dbs")
    on.settled()
    on.page.evaluate(
        "window.moved = 0; new PerformanceObserver(list => {"
        " for (const e of list.getEntries()) window.moved += e.value;"
        "}).observe({type: 'layout-shift'})"
    )
    held[0].continue_()
    on.ready()
    on.page.wait_for_timeout(500)
    assert on.page.evaluate("window.moved") < 0.1
    box = on.page.locator(".timeline").bounding_box()
    assert box is not None
    assert on.ask("return p.timeline.plan.rows.length") == 3
    assert box["y"] + box["height"] <= 720
    score = on.page.locator("[name=minScore]").bounding_box()
    assert score is not None
    assert score["y"] + score["height"] <= 720


def test_on_a_phone_buttons_can_be_pressed(browser: Browser, site: Site) -> None:
    with watched(browser, site, size=(390, 800)) as on:
        on.open(video="two_jumps", split="test")
        low = on.ask(
            "return [...e.querySelectorAll('button, select, input[type=range]')]"
            ".filter(b => b.getClientRects().length && !b.closest('.skip'))"
            ".filter(b => b.getBoundingClientRect().height < 40)"
            ".map(b => b.outerHTML)"
        )
        assert low == []
        assert on.errors == []


def test_a_copied_link_opens_the_same_view(
    on: Watched, browser: Browser, site: Site, shown: Shown
) -> None:
    found = shown.result.detections
    classes = shown.run.info.classes
    on.open(**shown.query, cls=classes.name_of(int(found.labels[1])))
    on.press("g", "m", "m")
    on.ask("p.pinCell([5, 6])")
    on.press("Shift+ArrowRight", "ArrowRight")
    on.ask("p.commit({detection: 1})")
    on.until("p.state.layer === 'score' && !p.stage.video.seeking")
    wanted = {k: on.state[k] for k in ("time", "cell", "detection", "layer", "label")}
    link = on.ask("return p.link()")
    with watched(browser, site) as other:
        other.page.goto(link)
        other.ready()
        other.until("!p.stage.video.seeking && p.state.time > 0")
        found = {k: other.state[k] for k in wanted}
        assert other.errors == []
    assert abs(found.pop("time") - wanted.pop("time")) < 0.02
    assert found == wanted


def test_the_keys_do_what_the_help_says(on: Watched, jumps: VideoResult) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.press("ArrowRight", "ArrowRight")
    assert on.ask("return p.index") == 2
    on.press("Shift+ArrowRight")
    assert on.state["time"] == pytest.approx(1.402, abs=0.01)
    on.press("Alt+ArrowLeft")
    assert on.state["time"] == pytest.approx(1.362, abs=0.01)
    on.press("End")
    assert on.ask("return p.index") == 59
    on.press("Home", "g")
    assert on.state["time"] == pytest.approx(1.0, abs=0.01)
    on.press("e")
    assert on.state["time"] == pytest.approx(10.0, abs=0.01)  # the false alarm
    assert on.state["detection"] == 3
    on.press("d")
    assert on.state["time"] == pytest.approx(11.2, abs=0.01)
    on.press("l", "h", "]", "m", ".")
    state = on.state
    assert (state["loop"], state["heat"], state["rate"]) == (True, True, 1.5)
    assert state["opacity"] == pytest.approx(0.55)
    assert state["layer"] == "segmentation"
    on.press("+")
    assert on.ask("return p.zoom[1] - p.zoom[0]") == pytest.approx(7.2)
    on.press("0", "Escape", "2")
    assert on.ask("return p.zoom[1] - p.zoom[0]") == pytest.approx(12)
    assert on.state["detection"] is None
    assert on.ask("return p.model.name(p.state.label)") == "GolfSwing"
    on.press("?")
    expect(on.page.locator("dialog")).to_be_visible()
    on.press("Escape")


def test_the_heat_map_says_where_and_the_bare_score_is_a_key_away(
    on: Watched, jumps: VideoResult
) -> None:
    on.open(video="two_jumps", split="test", t="2")
    asked = "const m = p.model.heatMap(p.index, p.state.label, p.state.map); return {}"
    for kind in ("place", "score"):
        index, label = on.ask("return p.index"), on.state["label"]
        found = on.ask(asked.format("[m.h, m.w, ...m.map]"))
        wanted = heat_map(jumps, index, label, kind)
        assert found[:2] == list(wanted.shape)
        assert found[2:] == pytest.approx(wanted.ravel().tolist(), abs=0.005)
        on.press("Shift+H")
        on.page.wait_for_timeout(300)
    assert on.state["map"] == "place"
    on.page.locator("select[name=map]").select_option("score")
    on.page.wait_for_url("**map=score**")
    on.page.reload()
    on.ready()
    on.until("p.state.map === 'score'")
    on.press("p")  # of another video, whose result is from before such maps
    on.until("p.model.videoId === 'odd_codec'")
    expect(on.page.locator(".bare")).to_be_visible()
    expect(on.page.locator("select[name=map]")).to_be_hidden()


def test_everything_is_reached_without_a_mouse(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.page.locator(".grid-over").focus()
    start = on.ask("return p.model.origin(p.index)")
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        on.page.keyboard.press(key)
    assert on.state["cell"] == [(start[0] + 1) % 24, (start[1] + 1) % 24]
    row, column = on.state["cell"]
    expect(on.page.locator(".live")).to_contain_text(f"cell {row}, {column}")
    on.page.locator(".time-over").focus()
    visited = []
    for _ in range(4):
        on.page.keyboard.press("Tab")
        visited.append(on.state["detection"])
    assert sorted(visited) == [0, 1, 2, 3]
    on.page.keyboard.press("Tab")  # after the last one the focus goes on
    focused = on.ask("return e.getRootNode().activeElement.className")
    assert "time-over" not in focused


def test_hovering_shows_the_same_place_everywhere(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="2")
    stage = on.page.locator(".stage").bounding_box()
    assert stage is not None
    on.page.mouse.move(
        stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    )
    on.until("p.state.hoverCell !== null")
    assert on.ask("return p.model.covers(p.index, p.state.hoverCell)")
    line = on.page.locator(".time-over").bounding_box()
    assert line is not None
    on.page.mouse.move(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    on.until("p.state.hoverTime !== null && p.state.hoverCell === null")
    expect(on.page.locator(".tip")).to_be_visible()


def test_python_moves_the_player(on: Watched, jumps: VideoResult) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.page.get_by_role("radio", name="Proposals and suppression").click()
    on.mark_row(on.page.get_by_test_id("stDataFrame"), 0)
    kept = jumps.candidates.segments
    of_class = np.flatnonzero(kept.labels == 1)
    first = of_class[np.argmax(kept.scores[of_class])]
    on.until(f"Math.abs(p.state.time - {kept.spans_s[first, 0]}) < 0.05")


def test_class_and_video_travel_to_the_page(on: Watched) -> None:
    on.open(video="two_jumps", split="test")
    on.page.locator(".chip", has_text="GolfSwing").click()
    on.page.wait_for_url("**cls=GolfSwing**")
    on.press("p")  # the page's own key works from inside the player too
    on.until("p.model.videoId === 'odd_codec'")
    on.press("n")
    on.until("p.model.videoId === 'two_jumps'")


def test_a_codec_no_browser_plays_gets_stills_and_a_copy(
    on: Watched, made_run: Run
) -> None:
    on.open(video="odd_codec", split="test", t="3.5")
    assert on.ask("return p.stage.mode") == "stills"
    assert "odd_codec" not in on.page.locator(".message").inner_text()
    assert "mpeg4" in on.page.locator(".message").inner_text()
    on.until("p.stage.lastStill?.index === p.index")
    on.page.click("[data-do=play]")
    on.until("p.state.time > 4.5")
    on.page.click("[data-do=play]")
    on.page.get_by_role("button", name="Make a copy that plays here").click()
    on.until("p.stage.mode === 'video' && p.stage.video.readyState >= 2")
    # Other tests of the same explorer want stills there.
    copy_path(made_run, made_run.result("test", "odd_codec")).unlink()


def test_a_missing_video_leaves_the_rest(on: Watched) -> None:
    on.open(video="gone", split="test")
    assert on.ask("return p.stage.mode") == "imprint"
    assert "not at" in on.page.locator(".message").inner_text()
    on.press("ArrowRight")
    assert not any("/dbs/video/" in url for url in on.requests)


def test_a_hostile_class_name_stays_text(on: Watched) -> None:
    on.open(split="validation", video=HOSTILE)
    assert HOSTILE in on.page.locator(".chips").inner_text()
    for panel in ("Segmentation maps", "Proposals and suppression", "Numbers"):
        on.page.get_by_role("radio", name=panel).click()
        on.page.wait_for_timeout(700)
    assert on.page.evaluate("window.hacked") is None
    assert on.page.locator("img[src=x]").count() == 0
