"""A run of pooled features without a single video: explored, and its videos found."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dbs_core.cli.main import main
from dbs_core.datasets.annotation import read_truth
from dbs_core.pictures.imprint import mean_image
from dbs_core.runs.repainting import repainted
from dbs_core.runs.run import Run
from tests.app.conftest import serve
from tests.app.watching import Watched, watched
from tests.core.colour_dataset import SECONDS, VIDEOS, write_actions, write_annotation

pytestmark = pytest.mark.browser
VIDEO = "video_test_0000001"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Trained and detected on annotation and features, a class a direction."""
    root = tmp_path_factory.mktemp("alone")
    data, features = write_annotation(root / "data"), root / "features"
    features.mkdir()
    rng = np.random.default_rng(0)
    times = np.arange(0, SECONDS, 0.1)
    for split in ("validation", "test"):
        for name, truth in read_truth(data, split).items():
            label = np.zeros(len(times), np.int64)
            for (start, end), number in zip(
                truth.segments.spans_s, truth.segments.labels, strict=True
            ):
                label[(start <= times) & (times < end)] = number
            face = np.eye(8)[label] + rng.normal(0, 0.2, (len(times), 8))
            np.save(features / f"{name}.npy", face.T)
    argv = ["train", str(data), "--run", str(root / "runs" / "mine")]
    argv += ["--backbone", f"maps:{features}", "--rate", "10", "--channels", "8"]
    argv += ["--grid", "16", "--start", "snake", "--epochs", "200", "--head", "none"]
    assert main(argv) == 0
    assert main(["detect", str(data), "--run", str(root / "runs" / "mine")]) == 0
    return Run.open(root / "runs" / "mine")


def test_explored_without_a_video_and_with_one_later(
    browser: Browser, run: Run, tmp_path: Path, artefacts: Path
) -> None:
    (tmp_path / "server").mkdir()
    folder = tmp_path / "videos"
    folder.mkdir()
    write_actions(folder / f"{VIDEO}.mkv", VIDEOS[VIDEO])
    with serve(run, tmp_path / "server") as site:
        for scheme in ("light", "dark"):
            with watched(browser, site, scheme=scheme) as on:
                on.open("explore", run=site.run_id, video=VIDEO, t="2")
                expect(stage_note(on.page)).to_contain_text("features alone")
                expect(stage_note(on.page)).to_be_visible()
                heat = on.page.get_by_text("No heat map: features of one cell a frame")
                expect(heat).to_be_visible()
                expect(on.page.locator("[name=heat]")).to_be_hidden()
                layer = on.page.get_by_role("radio", name="Class colours")
                expect(layer).to_be_visible()
                expect(layer).to_have_attribute("title", re.compile("strongest class"))
                expect(on.page.locator(".legend")).to_contain_text("strongest class")
                expect(on.page.get_by_role("radio", name="Mean image")).to_have_count(0)
                on.page.screenshot(
                    path=artefacts / f"features_alone_{scheme}.png", full_page=True
                )
                _paint_a_cell(on, run)
                assert on.errors == []
        with watched(browser, site) as on:
            on.open("explore", run=site.run_id, video=VIDEO)
            field = on.page.get_by_role("textbox", name="Folder that the videos are in")
            field.fill(str(folder))
            field.press("Enter")
            expect(
                on.page.get_by_text("1 video found, 1 still missing")
            ).to_be_visible()
            expect(stage_note(on.page)).to_contain_text(
                f"Browsers do not play {VIDEO}.mkv: still frames"
            )
            on.page.screenshot(
                path=artefacts / "features_found_video.png", full_page=True
            )
            assert on.errors == []


def _paint_a_cell(on: Watched, run: Run) -> None:
    """One cell a frame: the sample's own, and what the engine finds then."""
    on.press("b", "i")
    on.until("p.paint.applied && !p.paint.busy")
    ((place, label),) = on.ask("return [...p.paint.cells]")
    result = run.result("test", VIDEO)
    cell = divmod(place, result.placement.grid[1])
    wanted = repainted(run, result, {cell: label}).result.detections
    spans = on.ask("return p.model.found.map(d => d.span)")
    np.testing.assert_allclose(spans, wanted.spans_s, atol=1e-3)


def test_the_tour_speaks_of_what_is_there(
    browser: Browser, run: Run, tmp_path: Path
) -> None:
    """No picture and no heat map: the steps stand, and name neither."""
    (tmp_path / "server").mkdir()
    with serve(run, tmp_path / "server") as site, watched(browser, site) as on:
        on.open("explore", run=site.run_id, video=VIDEO, t="2")
        on.page.locator("footer [data-do=tour]").click()
        words, count = on.page.locator(".tour-words"), on.page.locator(".tour-count")
        expect(words).to_contain_text("this is sample")
        expect(words).not_to_contain_text("heat map")
        of = int(count.inner_text().split(" of ")[1])
        for number in range(1, of + 1):
            expect(count).to_have_text(f"{number} of {of}")
            on.page.keyboard.press("ArrowRight")
        expect(on.page.locator(".tour")).to_have_count(0)
        assert on.errors == []


def stage_note(page: Page) -> Locator:
    return page.locator(".stage .message")


def test_the_mean_image_is_of_classes(run: Run) -> None:
    """Every assigned cell of a class has one colour, and not that of background."""
    result = run.result("test", VIDEO)
    picture = mean_image(result)
    (gh, gw), mask = result.placement.grid, result.grid.mask
    cells = picture.reshape(gh, 12, gw, 12, 3)[:, 0, :, 0]
    label = result.grid.probability.argmax(axis=-1)
    used = np.zeros((gh, gw), bool)
    used[tuple(result.placement.best.T)] = True
    colours = {
        number: {tuple(c) for c in cells[used & mask & (label == number)].tolist()}
        for number in np.unique(label[used & mask])
    }
    assert len(colours) > 1
    assert all(len(found) == 1 for found in colours.values())
    assert len(set.union(*colours.values())) == len(colours)
