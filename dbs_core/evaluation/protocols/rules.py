"""A benchmark's rule as one thing: how it matches and averages, and its words."""

from collections.abc import Callable
from dataclasses import dataclass

from dbs_core.datasets.formats.mended_spans import Reversed
from dbs_core.datasets.thumos_classes import OFFICIAL
from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.evaluation.protocols.report import Report, threshold_name
from dbs_core.records import ClassList

TOLD = 0.5


@dataclass(frozen=True)
class Rule:
    """One benchmark's rule.

    `words` says how detections are judged at 0.5 (`at`: at another). `tiou` are the
    thresholds of a table, `headline` those whose mean the benchmark reports.
    `report_on` says of marks what `evaluate` says. `when_reversed` is what its kit does
    with a start after its end, `interpolation` its definition of AP.
    """

    name: str
    words: str
    match: Callable[..., Marks]
    evaluate: Callable[..., Report]
    report_on: Callable[[Marks, ClassList], Report]
    tiou: tuple[float, ...]
    headline: tuple[float, ...]
    when_reversed: Reversed
    interpolation: Interpolation

    def at(self, tiou: float) -> str:
        """Say how detections are judged at a threshold."""
        return self.words.replace(threshold_name(TOLD), threshold_name(tiou))


THUMOS = Rule(
    "thumos14",
    "THUMOS'14 matching, tIoU > 0.5",
    thumos.match,
    thumos.evaluate,
    thumos.report_on,
    thumos.THUMOS_TIOU,
    thumos.THUMOS_TIOU,
    "exchange",
    "none",
)
ACTIVITYNET = Rule(
    "activitynet",
    "ActivityNet matching, tIoU >= 0.5",
    activitynet.match,
    activitynet.evaluate,
    activitynet.report_on,
    (0.1, 0.2, 0.3, 0.4, *activitynet.ACTIVITYNET_TIOU),
    activitynet.ACTIVITYNET_TIOU,
    "empty",
    "envelope",
)


def rule_for(kind: str, classes: ClassList) -> Rule:
    """Give the rule of a data set's layout: ActivityNet's of ActivityNet's.

    THUMOS'14 and MultiTHUMOS circulate in that layout too, and keep their own.

    Args:
        kind: a data set's layout, one of `dataset.KINDS`, or the kind of a run.
        classes: its classes.
    """
    theirs = set(OFFICIAL.values()) <= set(classes.names)
    return ACTIVITYNET if kind == "activitynet" and not theirs else THUMOS


RULES = {"THUMOS'14": THUMOS, "ActivityNet": ACTIVITYNET}
"""The rules by the names of their benchmarks."""
