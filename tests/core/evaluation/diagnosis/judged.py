"""A set to diagnose, of detections and truth that a test made."""

from dbs_core.evaluation.counted import count
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.rules import THUMOS
from tests.core.evaluation.protocols.strategies import CLASSES


def judged_of(found, truth, rule=THUMOS, *, name="some", durations=(), traces=()):
    counted = count(rule.name, "test", truth, found, excluded={})
    return JudgedSet(
        name,
        rule,
        "test",
        CLASSES,
        found,
        truth,
        dict(durations),
        counted,
        dict(traces),
    )


def has_action(truth):
    return any(len(known.segments) for known in truth.values())
