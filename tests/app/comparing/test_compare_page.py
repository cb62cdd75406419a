"""Compare: a run beside a file on the same truth, and what cannot be compared."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

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


def seeks(clip: Locator) -> None:
    """A click at either run's line brings video and cursor there; playing goes on."""
    if clip.locator(".play").inner_text() == "Pause":
        clip.locator(".play").click()
    least, most = (
        float(str(clip.get_by_role("slider").get_attribute(f"aria-value{end}")))
        for end in ("min", "max")
    )
    for share, line in ((0.25, "a"), (0.75, "b")):
        track = clip.locator(f"[data-line={line}]").first
        box = track.bounding_box()
        assert box
        at = {"x": share * box["width"], "y": box["height"] / 2}
        track.click(position=at, force=True)  # what takes the click lies over it
        expect(clip.locator(".cursor")).to_have_attribute(
            "style", re.compile(rf"left: {100 * share:.0f}(\.\d+)?%")
        )
        seen = clip.locator("video").evaluate("video => video.currentTime")
        assert seen == pytest.approx(least + share * (most - least), abs=0.1)
    clip.locator(".play").click()
    expect(clip.locator(".time")).not_to_have_text(f"{seen:.1f} s")


def test_a_file_beside_a_run(on: Watched, tmp_path: Path, artefacts: Path) -> None:
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
    on.mark_row(on.page.get_by_test_id("stDataFrame").last, 0)
    drawer = on.page.get_by_role("dialog")
    clip = drawer.locator(".clip[data-ready=true]")
    expect(clip.locator("[data-line=truth] .bar.found.chosen")).to_have_count(1)
    expect(clip.locator("[data-line=a] .bar.right")).not_to_have_count(0)
    seeks(clip)
    on.page.screenshot(path=artefacts / "compare_drawer.png")
    drawer.get_by_role("button", name="Open a in Explore").click()
    expect(on.page).to_have_url(re.compile(r"/explore\?.*video_test_0000001.*truth=\d"))
    on.ready()
    assert on.state["truth"] is not None
    assert on.errors == []


def test_the_two_shipped_runs_are_compared_at_once(on: Watched) -> None:
    """Either beside the other, until something else is chosen."""
    for run, other in (("sample", "sample-flow"), ("sample-flow", "sample")):
        on.open("compare", run=run)
        expect(on.page.get_by_text(re.compile(r"b less a [+-]\d"))).to_be_visible()
        shown = on.page.get_by_role("combobox", name="Compared with (b)")
        expect(shown).to_have_value(other)
    assert on.errors == []


def test_a_second_run_that_is_not_here_is_told(on: Watched) -> None:
    """On both pages whose link names one; nothing takes its place silently."""
    sample = {"run": run_id(SAMPLE), "split": "test"}
    for page, key in (("compare", "compare_with"), ("what_if", "wi_with")):
        on.open(page, **sample, **{key: "elsewhere-0a1b2c"})
        said = on.page.get_by_text("The link names the run “elsewhere-0a1b2c”")
        expect(said).to_be_visible()
    assert on.errors == []


def test_other_videos_and_no_such_file_are_refused(on: Watched, site: Site) -> None:
    sample = {"run": run_id(SAMPLE), "split": "test"}
    on.open("compare", **sample, compare_with=site.run_id)
    expect(on.page.get_by_text(re.compile("other videos than"))).to_be_visible()
    on.open("compare", **sample, compare_with=FILE, compare_file="/no/such.json")
    expect(on.page.get_by_text("no such file")).to_be_visible()
    on.open("compare", run=site.run_id)
    expect(on.page.get_by_text("Choose what this run is compared with")).to_be_visible()
    assert on.errors == []
