"""A run in ActivityNet's layout is judged by ActivityNet's rule on all pages."""

import json
import shutil
from pathlib import Path

import pytest

from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.protocols.activitynet import evaluate
from dbs_core.evaluation.protocols.rules import ACTIVITYNET
from dbs_core.evaluation.result_rows import detection_rows, truth_rows
from dbs_core.runs.catalogue import VideoEntry
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from explorer.sources.results import payload, summaries
from explorer.sources.run_folders import videos
from explorer.videos.split_files import _rows
from tests.app.sources.test_player_payload import unpack


@pytest.fixture
def run(made_run: Run, tmp_path: Path) -> Run:
    root = tmp_path / "theirs"
    shutil.copytree(made_run.root, root)
    info = json.loads((root / "run.json").read_text()) | {"kind": "activitynet"}
    (root / "run.json").write_text(json.dumps(info))
    return Run.open(root)


def _entry(run: Run) -> VideoEntry:
    return next(e for e in videos(run, "test").values() if e.video_id == "two_jumps")


def test_the_rule_is_that_of_the_layout(run: Run, made_run: Run) -> None:
    assert rule_of_run(run) is ACTIVITYNET
    assert rule_of_run(made_run) is not ACTIVITYNET


def test_videos_and_player_judge_by_it(run: Run) -> None:
    judge = summaries(run, "test", lambda _: None).judge
    results = list(run.results("test"))
    report = evaluate(
        {r.video_id: r.detections for r in results},
        {r.video_id: r.truth for r in results if r.truth is not None},
        run.info.classes,
        tiou=(0.5, 0.95),
    )
    for place, tiou in enumerate((0.5, 0.95)):
        found = judge.mean_precision(run.info.classes, tiou)
        assert found == pytest.approx(float(report.mean[place]))
    header, _ = unpack(payload(run, _entry(run), None))
    assert header["tious"] == list(ACTIVITYNET.tiou)
    assert header["rule"] == "ActivityNet matching"


def test_numbers_are_judged_by_it(run: Run) -> None:
    result = run.result("test", "two_jumps")
    how = Judging(0.95)
    found = detection_rows(result, run.info.classes, how, ACTIVITYNET)
    for row in found:
        assert (row["verdict"] == "right") <= (row["overlap"] >= 0.95)
    missed = truth_rows(result, run.info.classes, how, ACTIVITYNET)
    right = sum(row["verdict"] == "right" for row in found)
    assert right == sum(row["verdict"] == "found" for row in missed)
    every = [row for row in _rows(run, "test") if row["video"] == "two_jumps"]
    assert every == detection_rows(result, run.info.classes, rule=ACTIVITYNET)
