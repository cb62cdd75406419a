"""Every file that is taken along is read by `score`, with the figures of the run."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from dbs_core.cli.main import main
from dbs_core.datasets.formats import GroundTruth, write_ground_truth
from dbs_core.evaluation.projections import both_projections
from dbs_core.evaluation.protocols import frames as frame_evaluation
from dbs_core.evaluation.protocols import thumos
from dbs_core.evaluation.protocols.rules import THUMOS
from dbs_core.evaluation.result_file import read_result_file
from dbs_core.method.video.browser_copy import made_here
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.panels import projection_picture
from dbs_core.records import Segments, VideoTruth
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from dbs_core.runs.summaries import readable_detections
from explorer import sources
from explorer.elements.data_files import DataFile
from explorer.explore.panels.downloads import data_files
from explorer.videos.split_files import split_files
from tests.app.conftest import Shown, Site
from tests.app.watching import watched

KINDS = ("csv", "json", "txt", "vtt")


def scored(
    truth: Path, file: Path, protocol: str = "thumos14", split: str = ""
) -> dict:
    """Give what the command says of a file, in percent."""
    out = file.with_suffix(".figures.json")
    given = ["--truth", str(truth), "--detections", str(file), "--json", str(out)]
    code = main(
        [
            "score",
            "--protocol",
            protocol,
            *given,
            *(["--split", split] if split else []),
        ]
    )
    assert code == 0
    return json.loads(out.read_text())


def written(item: DataFile, folder: Path) -> Path:
    path = folder / item.name
    path.write_bytes(item.build())
    return path


def of_the_split(run: Run, split: str) -> list[DataFile]:
    rows = sources.summaries(run, split, lambda share: None).rows
    return split_files(run, split, rows)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The sample, and what `evaluate` says of it."""
    data = tmp_path_factory.mktemp("sample") / "data"
    shutil.copytree(SAMPLE_DATA, data)
    out = data / "figures.json"
    assert main(["evaluate", "--run", str(data / "run"), "--json", str(out)]) == 0
    return data, json.loads(out.read_text())["dbs"]


@pytest.mark.parametrize("kind", ["csv", "json", "txt"])
def test_a_split_reads_back_with_the_figures_of_evaluate(
    kind: str, evaluated: tuple[Path, dict], tmp_path: Path
) -> None:
    data, figures = evaluated
    offered = of_the_split(Run.open(data / "run"), "test")
    (item,) = (one for one in offered if one.name.endswith(kind))
    path = written(item, tmp_path)
    found = scored(data, path, split="test")
    assert found["map"] == pytest.approx(figures["map"], abs=1e-9)
    assert found["mended"] == []
    page = read_result_file(path, data, "test")
    for tiou, mean in figures["map"].items():
        assert page.mean_precision[tiou] == pytest.approx(mean / 100)


def truth_of(shown: Shown, folder: Path) -> Path:
    """Write the video's truth as a benchmark holds it, with all classes in another."""
    result, path = shown.result, folder / "truth.json"
    labels = range(1, len(shown.run.info.classes) + 1)
    every = VideoTruth(
        Segments.of([[0.0, 1.0]] * len(labels), labels), np.empty((0, 2))
    )
    truth = GroundTruth(
        "made",
        shown.run.info.classes,
        {result.video_id: result.truth, "of training": every},
        {},
        {result.video_id: "test", "of training": "training"},
        numbered=True,
    )
    write_ground_truth(path, truth)
    return path


def test_each_file_of_a_video_reads_back(shown: Shown, tmp_path: Path) -> None:
    result, classes = shown.result, shown.run.info.classes
    truth, items = truth_of(shown, tmp_path), data_files(result, classes, THUMOS)
    known = {result.video_id: result.truth}
    figures = thumos.evaluate(
        {result.video_id: result.detections.as_written()}, known, classes
    ).to_json()
    for kind in KINDS:
        (item,) = (i for i in items if i.name.endswith(f"_detections.{kind}"))
        path = written(item, tmp_path)
        assert scored(truth, path)["map"] == figures["map"], kind
        read = read_result_file(path, None, None).videos[result.video_id].detections
        assert read.spans_s.tolist() == result.detections.as_written().spans_s.tolist()
    (item,) = (i for i in items if i.name.endswith("_scores.csv"))
    by_frame = frame_evaluation.frame_map(
        {result.video_id: result.frames}, known, classes
    )
    found = scored(truth, written(item, tmp_path), "frames")
    assert found["map"] == by_frame.to_json()["map"]


def test_a_submission_is_offered_where_it_can_hold_the_names(made_run: Run) -> None:
    kinds = {
        split: [item.name.rpartition(".")[2] for item in of_the_split(made_run, split)]
        for split in made_run.splits
    }
    assert kinds == {"test": ["csv", "json", "txt"], "validation": ["csv", "json"]}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_split_is_downloaded_from_its_table(
    scheme: str, browser: Browser, site: Site, artefacts: Path, tmp_path: Path
) -> None:
    with watched(browser, site, scheme=scheme) as on:
        on.open("videos", run=site.run_id, split="test")
        on.page.get_by_text("Download", exact=True).click()
        with on.page.expect_download() as download:
            on.page.get_by_test_id("stPopoverBody").get_by_text("CSV").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        on.page.screenshot(path=artefacts / f"downloads-{scheme}.png")
        assert on.errors == []
    found, _ = readable_detections(site.run, "test")
    read = read_result_file(path, None, None)
    assert path.name == "made_test_detections.csv"
    assert {key: len(one.detections) for key, one in read.videos.items()} == {
        key: len(one) for key, one in found.items() if len(one)
    }


def test_both_equations_are_exported_with_all_curves() -> None:
    result = next(Run.open(SAMPLE).results("test"))
    assert result.classes is not None
    both = both_projections(result)
    text = projection_picture(result, both, 1, result.classes, PRINT)("svg").decode()
    for curve in ("argmax", "soft", "control, no imprint", "with temporal head"):
        assert curve in text


@pytest.mark.browser
def test_an_annotated_video_is_made_and_downloaded(
    browser: Browser, site: Site, artefacts: Path, tmp_path: Path
) -> None:
    """Made once: a second look finds it, and nothing half done lies beside it."""
    with watched(browser, site, scheme="dark", size=(1280, 1500)) as on:
        on.open(run=site.run_id, split="test", video="two_jumps", cls="GolfSwing")
        on.page.get_by_text("Export", exact=True).click()
        on.page.get_by_role("button", name="Make an annotated video").click()
        download_button = on.page.get_by_role("button", name="Download annotated video")
        download_button.wait_for(timeout=60_000)
        with on.page.expect_download() as download:
            download_button.click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        on.page.screenshot(path=artefacts / "export-dark.png")
        assert on.errors == []
    assert path.name == "two_jumps_GolfSwing.mp4"
    assert made_here(path)
    assert len(list((site.run.root / "cache" / "annotated").iterdir())) == 1
