"""The tables of numbers: a row is pinned in the player, under the same number."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser

from dbs_core.evaluation.result_rows import detection_rows, truth_rows
from dbs_core.runs.run import Run
from tests.app.conftest import Site
from tests.app.make_run import CLASSES
from tests.app.watching import Watched, watched


def test_truths_say_what_found_them(made_run: Run) -> None:
    """Two jumps and a swing of 2.4, 2.2 and 1.6 s, each found but for 0.25 s."""
    result = made_run.result("test", "two_jumps")
    rows = truth_rows(result, CLASSES)
    assert [row["class"] for row in rows] == ["HighJump", "HighJump", "GolfSwing"]
    found = detection_rows(result, CLASSES)
    for row in rows:
        assert row["verdict"] == "found"
        by = found[row["found by"]]
        assert by["class"] == row["class"]
        assert by["start (s)"] == pytest.approx(row["start (s)"] + 0.1, abs=1e-3)
    assert rows[1]["start frame"] == 7 * 25
    assert rows[1]["start sample"] == 7 * 5
    missed = truth_rows(made_run.result("test", "nothing_found"), CLASSES)
    assert [(row["verdict"], row["found by"]) for row in missed] == [("missed", None)]
    assert truth_rows(made_run.result("test", "no_truth"), CLASSES) == []


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site, size=(1280, 1600)) as page:
        page.open(split="test", video="two_jumps", cls="HighJump", t="0.5")
        yield page
        assert page.errors == []


def mark(on: Watched, table: str, row: int) -> None:
    """Click a row's mark."""
    on.page.get_by_role("radio", name="Numbers").click()
    on.mark_row(on.page.get_by_test_id("stDataFrame").nth(int(table == "truth")), row)


@pytest.mark.browser
def test_a_row_is_pinned_in_the_player(on: Watched, made_run: Run) -> None:
    """One of another class, which is then the chosen one."""
    result = made_run.result("test", "two_jumps")
    number = int(np.flatnonzero(result.detections.labels == 2)[0])
    mark(on, "found", number)
    on.until(f"p.state.detection === {number} && p.state.label === 2")
    start_s = float(result.detections.spans_s[number, 0])
    assert on.state["time"] == pytest.approx(start_s, abs=0.05)
    on.page.get_by_text(f"Detection {number}: GolfSwing").wait_for()
    assert f"det={number}" in on.page.url


@pytest.mark.browser
def test_a_truth_s_row_goes_to_it(on: Watched) -> None:
    mark(on, "truth", 1)
    on.until("Math.abs(p.state.time - 7) < 0.05")
