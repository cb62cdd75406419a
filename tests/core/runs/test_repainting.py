"""A run's video painted: its mAP before and after, and what is said beside it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.video_matches import video_precision
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.repainting import repainted
from dbs_core.runs.run import FUSION, Run
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result
from tests.core.small_model import small_run


def at_half(values):
    """Of the rule's tIoUs the one at 0.5."""
    return values[4]


def test_the_sample_without_paint_is_as_good_as_it_is():
    run = Run.open(SAMPLE)
    for result in run.results(run.splits[0]):
        same = repainted(run, result, {})
        assert same.before == same.after
        wanted = video_precision(result, run.info.classes)
        assert at_half(same.before) == pytest.approx(wanted, abs=1e-3)
        assert len(same.notes) == 1
        assert "temporal head" in same.notes[0]
        assert "50%" in same.notes[0]


def test_erasing_everything_costs_precision_and_the_truth_painted_helps():
    run = Run.open(SAMPLE)
    lost = regained = 0.0
    for result in run.results(run.splits[0]):
        rows, columns = result.placement.grid
        every = [(i, j) for i in range(rows) for j in range(columns)]
        erased = repainted(run, result, dict.fromkeys(every, 0))
        lost += np.mean(erased.before) - np.mean(erased.after)
        best = result.frames.probability[:, 1:].max()
        assert erased.result.frames.probability[:, 1:].max() <= best + 1e-6
        truth, times = result.truth.segments, result.placement.times_s
        paint = dict.fromkeys(every, 0)
        for span, label in zip(truth.spans_s, truth.labels, strict=True):
            for row, column in result.placement.best[
                (times >= span[0]) & (times < span[1])
            ]:
                for i in range(7):
                    for j in range(7):
                        paint[(int(row) + i) % rows, (int(column) + j) % columns] = int(
                            label
                        )
        right = repainted(run, result, paint)
        regained += np.mean(right.after) - np.mean(erased.after)
        for span, label in zip(truth.spans_s, truth.labels, strict=True):
            there = (times >= span[0]) & (times < span[1])
            now, before = (
                one.frames.probability[there, label].mean()
                for one in (right.result, result)
            )
            assert now > before + 0.1  # of every action
    # Of the videos together: by the rest of what it sees the head may do without.
    assert lost > 0
    assert regained > 0


def test_what_the_paint_does_not_reach_is_said(tmp_path):
    run = small_run(tmp_path / "run")
    result = make_result()
    fused = replace(result, maps=np.zeros((10, 7, 7, 3), np.float16))
    (told,) = repainted(run, result, {(0, 0): 1}).notes
    assert "even without paint" in told
    with pytest.raises(InputError, match="fusion"):
        repainted(run, fused, {})
    (run.root / FUSION).write_text(json.dumps({"weight": 2}))
    with pytest.raises(InputError, match="weight"):
        repainted(run, fused, {})
    (run.root / FUSION).write_text(json.dumps({"weight": 0.7}))
    told = repainted(run, fused, {}).notes
    assert any("70%" in one for one in told)


def test_a_video_without_truth_has_no_precision(tmp_path):
    found = repainted(
        small_run(tmp_path / "run"), replace(make_result(), truth=None), {}
    )
    assert set(found.before) == set(found.after) == {None}


def test_a_run_of_damaged_settings_is_refused(tmp_path):
    run = small_run(tmp_path / "run")
    odd = Run(run.root, replace(run.info, settings={"smoothing": "much"}))
    with pytest.raises(InputError, match="settings"):
        repainted(odd, make_result(), {})
