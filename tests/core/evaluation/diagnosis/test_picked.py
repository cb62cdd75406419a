"""What a mark of a chart stands for: as many rows as the mark says."""

import pytest
from hypothesis import assume, given, settings

from dbs_core.evaluation.diagnosis.by_video import by_video
from dbs_core.evaluation.diagnosis.diagnose import GROUPS, diagnose
from dbs_core.evaluation.diagnosis.error_table import ERRORS
from dbs_core.evaluation.diagnosis.false_positives import FALSE_KINDS
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.diagnosis.picked import Picked, pick
from dbs_core.evaluation.diagnosis.two_runs import comparable, compare
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.evaluation.video_matches import video_precision
from dbs_core.evaluation.video_spans import VideoSpans
from tests.core.evaluation.diagnosis.judged import has_action, judged_of
from tests.core.evaluation.protocols.strategies import CLASSES, runs

RULES = pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=lambda r: r.name)


@RULES
@settings(max_examples=30)
@given(run=runs())
def test_a_mark_stands_for_as_many_rows_as_it_says(rule, run):
    found, truth = run
    assume(has_action(truth))
    durations = dict.fromkeys(truth, 100.0)
    diagnosis = diagnose(
        judged_of(found, truth, rule, durations=durations), tiou=(0.5,)
    )
    said = figures(diagnosis)

    def rows(**what):
        return len(pick(diagnosis, 0.5, Picked(**what)))

    for step in range(GROUPS):
        group = said["kinds_by_group"]["0.5"][f"{step + 1}G"]
        for kind in ("true", *FALSE_KINDS):
            assert rows(kinds=(kind,), step=step) == group[kind]
    for name, by_bin in said["missed_by"]["0.5"].items():
        for number, missed in enumerate(by_bin.values()):
            assert rows(kinds=("missed",), bin=(name, number)) == missed
    names = ["", *CLASSES.names]
    for truth_name, row in zip(names, said["confusion"]["0.5"], strict=True):
        for found_name, count in zip(names, row, strict=True):
            assert rows(cell=(truth_name, found_name)) == count
    assert rows() == sum(rows(kinds=(kind,)) for kind in ERRORS)
    assert rows() == sum(rows(classes=(name,)) for name in CLASSES.names)


@RULES
@settings(max_examples=20)
@given(run=runs(), other=runs())
def test_each_video_has_its_own_precision(rule, run, other):
    truth = run[1]
    assume(has_action(truth))
    a, b = (judged_of(found, truth, rule) for found in (run[0], other[0]))
    b = comparable(a, b)
    two = compare(*(diagnose(one, tiou=(0.5,)) for one in (a, b)), draws=0)
    pairs = {pair.video_id: pair for pair in by_video(two, 0.5)}
    for key, pair in pairs.items():
        for one, value in ((two.a, pair.a), (two.b, pair.b)):
            spans = VideoSpans(key, one.judged.found[key].best_first(), truth[key])
            wanted = video_precision(spans, CLASSES, rule)
            assert value == pytest.approx(wanted)
