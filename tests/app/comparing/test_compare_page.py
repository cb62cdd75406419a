"""Compare: a run beside a file on the same truth, and what cannot be compared."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.runs.places import SAMPLE, run_id
from explorer.comparing.second import FILE
from tests.app.conftest import Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site, size=(1280, 1400)) as page:
        yield page


def without_one(path: Path) -> Path:
    """Write the sample's detections without the best one of a video."""
    content = json.loads((SAMPLE / "detections" / "test.json").read_text())
    found = content["results"]["video_test_0000001"]
    found.remove(max(found, key=lambda one: one["score"]))
    path.write_text(json.dumps(content))
    return path


def test_a_file_beside_a_run(on: Watched, tmp_path: Path) -> None:
    """What was taken away is broken, its clip opens, and its moment in Explore."""
    file = str(without_one(tmp_path / "fewer.json"))
    sample = {"run": run_id(SAMPLE), "split": "test", "score": "all"}
    on.open("compare", **sample, compare_with=FILE, compare_file=file)
    on.settled()
    expect(on.page.get_by_text(re.compile(r"b less a -\d"))).to_be_visible()
    expect(on.page.get_by_text("0 truths, 0 false alarms")).to_be_visible()
    on.page.locator(".js-plotly-plot .point path").first.click(force=True)
    expect(on.page).to_have_url(re.compile("compare_list=broken&compare_class="))
    expect(on.page.get_by_text("1 truth, 0 false alarms")).to_be_visible()
    grid = on.page.locator("[data-testid=stDataFrame] canvas").last
    grid.click(position={"x": 15, "y": 54}, force=True)
    drawer = on.page.get_by_role("dialog")
    drawer.get_by_role("button", name="Open a in Explore").click()
    expect(on.page).to_have_url(
        re.compile(r"/explore\?.*video_test_0000001.*truth=\d"), timeout=15_000
    )
    on.ready()
    assert on.state["truth"] is not None
    assert on.errors == []


def test_other_videos_and_no_such_file_are_refused(on: Watched, site: Site) -> None:
    sample = {"run": run_id(SAMPLE), "split": "test"}
    on.open("compare", **sample, compare_with=site.run_id)
    expect(on.page.get_by_text(re.compile("other videos than"))).to_be_visible()
    on.open("compare", **sample, compare_with=FILE, compare_file="/no/such.json")
    expect(on.page.get_by_text("no such file")).to_be_visible()
    on.open("compare", **sample)
    expect(on.page.get_by_text("Choose what this run is compared with")).to_be_visible()
    assert on.errors == []
