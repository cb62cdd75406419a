"""The line of scores on Start and Videos says what Errors says."""

import numpy as np

from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.diagnosis.intervals import interval_of, interval_of_all
from dbs_core.evaluation.judge import Judge
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runs.summaries import summarise_all
from tests.app.conftest import Shown


def test_average_and_interval_are_those_of_errors(shown: Shown) -> None:
    run, split = shown.run, shown.split
    rule, classes = rule_of_run(run), run.info.classes
    rows = summarise_all(run, split)
    judge = Judge((row.spans for row in rows), rule)
    found = diagnose(judged_run(run, split), tiou=rule.tiou)
    average = judge.average_precision(classes)
    assert average is not None
    np.testing.assert_allclose(100 * average, figures(found)["map"]["average"])
    for tiou in (0.3, 0.5):
        one, other = (
            interval_of_all(judge, classes, tiou),
            interval_of(found, tiou=tiou),
        )
        assert one.draws == other.draws > 0
        np.testing.assert_allclose(one.low, other.low)
        np.testing.assert_allclose(one.high, other.high)
