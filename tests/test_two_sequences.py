"""Two sequences a video, RGB and flow, and no video: tables from them, and `fuse`."""

import json
from pathlib import Path

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets.annotation import read_truth
from dbs_core.runs.run import Run
from tests.core.colour_dataset import SECONDS, write_annotation

STEP_S = 0.2
OPTIONS = ("--rate", "5", "--channels", "6", "--epochs", "1")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_annotation(tmp_path_factory.mktemp("bare") / "data")


def write_sequences(data: Path, folder: Path, *streams: str) -> Path:
    """A direction a class; which one differs between the streams."""
    folder.mkdir()
    times = np.arange(0, SECONDS, STEP_S)
    for split in ("validation", "test"):
        for name, truth in read_truth(data, split).items():
            label = np.zeros(len(times), np.int64)
            for (start, end), number in zip(
                truth.segments.spans_s, truth.segments.labels, strict=True
            ):
                label[(start <= times) & (times < end)] = number
            for shift, stream in enumerate(streams):
                rng = np.random.default_rng(shift)
                rows = np.eye(6)[label + shift] + rng.normal(0, 0.2, (len(times), 6))
                np.save(folder / f"{name}{stream}.npy", rows.astype(np.float32))
    return folder


def tables(data: Path, features: Path, runs: Path) -> dict[str, object]:
    argv = ["tables", "--data", str(data), "--runs", str(runs), "--table", "4"]
    assert main([*argv, "--backbone", f"maps:{features}", *OPTIONS]) == 0
    return json.loads(next((runs / "tables").glob("table4*.json")).read_text())


def titles(table: dict[str, object]) -> list[str]:
    """Rows with figures of ours: the paper's stand there in any case."""
    return [row["name"] for row in table["rows"] if any(row["values"])]


def test_both_are_fused(data, tmp_path):
    features = write_sequences(data, tmp_path / "two", "_rgb", "_flow")
    table = tables(data, features, tmp_path / "runs")
    assert set(titles(table)) >= {"RGB", "Flow", "R+F"}
    one, other, both = (
        run.result("test", "video_test_0000001") for run in runs_of(tmp_path / "runs")
    )
    mixed = 0.7 * one.frames.probability + 0.3 * other.frames.probability
    np.testing.assert_allclose(both.frames.probability, mixed, atol=1e-6)
    assert not np.allclose(one.frames.probability, other.frames.probability)
    assert both.frames.lead_s == pytest.approx(STEP_S / 2)


def runs_of(root: Path) -> list[Run]:
    """RGB, flow and both."""
    runs = [Run.open(path.parent) for path in root.glob("*/run.json")]
    kinds = {
        "both"
        if "fused" in run.root.name
        else run.model().settings.features.stream: run
        for run in runs
    }
    return [kinds["rgb"], kinds["flow"], kinds["both"]]


def test_one_sequence_is_no_flow(data, tmp_path):
    """It would be fused with itself, and called motion."""
    features = write_sequences(data, tmp_path / "one", "")
    table = tables(data, features, tmp_path / "runs")
    assert not {"Flow", "R+F"} & set(titles(table))
    assert "One stream" in table["note"]
