"""What evaluate found is kept in the run, and known to be old when it is."""

import os
import shutil
from pathlib import Path

import pytest

from dbs_core.evaluation.rows import Row
from dbs_core.runs.kept_figures import keep_figures, kept_figures
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from tests.app.make_run import make_run

OVER = "THUMOS'14 rule, test: 3 videos, 9 truths counted"


def row(name: str, value: float) -> Row:
    return Row(name, value, {0.3: value, 0.5: value}, {"A": value}, {"A": value})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("made") / "run")


@pytest.fixture
def run(made: Run, tmp_path: Path) -> Run:
    return Run.open(Path(shutil.copytree(made.root, tmp_path / "run")))


def test_rows_read_back(run: Run) -> None:
    assert kept_figures(run, "test").rows == ()
    keep_figures(run, "test", (row("dbs", 50.0), row("control", 40.0)), OVER)
    found = kept_figures(run, "test")
    assert found.fresh
    assert found.over == OVER
    assert found.rows == (row("dbs", 50.0), row("control", 40.0))
    assert kept_figures(run, "validation").rows == ()


def test_a_call_without_the_control_does_not_lose_it(run: Run) -> None:
    keep_figures(run, "test", (row("dbs", 50.0), row("control", 40.0)), OVER)
    keep_figures(run, "test", (row("dbs", 50.0),), OVER)
    assert len(kept_figures(run, "test").rows) == 2
    keep_figures(run, "test", (row("dbs", 51.0),), OVER)
    assert kept_figures(run, "test").rows == (row("dbs", 51.0),)


def test_rows_over_other_videos_are_no_neighbours(run: Run) -> None:
    """Such as without blocked ones: each says what it is over."""
    keep_figures(run, "test", (row("dbs", 50.0), row("control", 40.0)), OVER)
    keep_figures(run, "test", (row("dbs", 50.0),), "THUMOS'14 rule, test: 2 videos")
    found = kept_figures(run, "test")
    assert found.rows == (row("dbs", 50.0),)
    assert found.over.endswith("2 videos")


def test_figures_of_other_results_are_old(run: Run) -> None:
    keep_figures(run, "test", (row("dbs", 50.0), row("control", 40.0)), OVER)
    first, second = run.result_files("test")[:2]
    os.utime(first, ns=(1, 1))
    assert kept_figures(run, "test").fresh, "touched, and the same"
    first.write_bytes(second.read_bytes())
    assert not kept_figures(run, "test").fresh
    keep_figures(run, "test", (row("dbs", 50.0),), OVER)
    assert kept_figures(run, "test").rows == (row("dbs", 50.0),)


@pytest.mark.parametrize("text", ["", "[]", '{"rows": 3}', '{"rows": {"dbs": 1}}'])
def test_a_damaged_file_is_none(run: Run, text: str) -> None:
    (run.root / "figures-test.json").write_text(text)
    assert kept_figures(run, "test").rows == ()


def test_a_figure_that_is_none_is_not_written(run: Run) -> None:
    keep_figures(run, "test", (row("dbs", float("nan")),), OVER)
    assert not (run.root / "figures-test.json").exists()


def test_the_sample_has_its_own_and_is_never_written() -> None:
    sample = Run.open(SAMPLE)
    before = sorted(path.name for path in SAMPLE.iterdir())
    keep_figures(sample, "test", (row("dbs", 1.0),), OVER)
    assert sorted(path.name for path in SAMPLE.iterdir()) == before
    names = [one.name for one in kept_figures(sample, "test").rows]
    assert {"dbs", "control", "ceiling_labels", "ceiling_imprint"} <= set(names)
