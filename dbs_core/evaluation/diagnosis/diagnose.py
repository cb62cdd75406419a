"""All that the analysis says of one run or result file, computed once.

The command line writes it (`figures`, `error_table`), a page draws it: both have the
same numbers and the same list of errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.diagnosis.characteristics import (
    ACTIVITYNET_BINS,
    THUMOS_BINS,
    Bins,
    Characteristic,
    characteristics,
)
from dbs_core.evaluation.diagnosis.false_positives import (
    ErrorKinds,
    ceiling,
    error_kinds,
    gains,
    profile,
)
from dbs_core.evaluation.diagnosis.reliability import Reliability, reliability
from dbs_core.evaluation.diagnosis.sensitivity import (
    missed,
    normalised_map,
    sensitivity,
)
from dbs_core.evaluation.diagnosis.stages import stages_of_all
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.matching import Thresholds
from dbs_core.evaluation.protocols.report import Report
from dbs_core.evaluation.traces import trace_table

BINS: Mapping[str, Bins] = {"thumos14": THUMOS_BINS, "activitynet": ACTIVITYNET_BINS}
"""DETAD's bins for each benchmark."""

GROUPS = 10
"""How many steps of G, each class's number of truths, the profile looks at."""


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What is wrong with a split's detections, at each tIoU threshold.

    Attributes:
        judged: detections from the score threshold on, and truth.
        least: the score threshold; None for all detections.
        marks: which detection found which truth.
        kinds: what each detection is.
        report: AP of each class.
        by_group: detections by step of G and kind.
        gain: mAP gained by curing each of `FALSE_KINDS`, fractions of 1.
        gain_normalised: the same of the normalised mAP.
        map_normalised: mAP as if every class had the average number of truths.
        ceiling: mAP with every false detection cured.
        characteristics: the truths by length, coverage and instances; without those
            that are not known.
        sensitivity: normalised mAP of each bin; NaN where it is empty.
        missed_by: truths of each bin that no detection found.
        reliability: how far scores are probabilities; None where they are none.
    """

    judged: JudgedSet
    least: float | None
    marks: Marks
    kinds: ErrorKinds
    report: Report
    by_group: Int[np.ndarray, "k g 7"]
    gain: Float64[np.ndarray, "k 5"]
    gain_normalised: Float64[np.ndarray, "k 5"]
    map_normalised: Float64[np.ndarray, " k"]
    ceiling: Float64[np.ndarray, " k"]
    characteristics: Mapping[str, Characteristic]
    sensitivity: Mapping[str, Float64[np.ndarray, "k b"]]
    missed_by: Mapping[str, Int[np.ndarray, "k b"]]
    reliability: Reliability | None

    @cached_property
    def stages(self) -> Int[np.ndarray, "k m"] | None:
        """How far each truth came in our own path; None where only spans are known.

        Found where it is asked for: a comparison of ten thousand videos is not.
        """
        if not self.judged.traces:
            return None
        return _stages(self.judged, self.marks, self.least)

    @property
    def missed(self) -> Int[np.ndarray, " k"]:
        """How many truths no detection found."""
        return (self.marks.found_by < 0).sum(axis=1)

    @property
    def rules(self) -> tuple[str, ...]:
        """Say by which rules all of it was judged."""
        top = f"the best {GROUPS} G detections of each class, G its number of truths"
        score = "all" if self.least is None else f"from {self.least:g} on"
        unknown = ("coverage", "length")
        left_out = [name for name in unknown if name not in self.characteristics]
        return (
            *self.report.rules,
            f"detections by score: {score}",
            f"kinds and gains (DETAD): {top}; judged by the truth overlapped most",
            "normalised: precision as if every class had the average number of truths",
            *(f"no {name}: durations in seconds are not known" for name in left_out),
        )


def diagnose(
    judged: JudgedSet,
    *,
    tiou: Thresholds,
    least: float | None = None,
    bins: Bins | None = None,
) -> Diagnosis:
    """Find out what is wrong.

    Args:
        judged: detections, truth and rule.
        tiou: thresholds, any number.
        least: look at detections with this score or more; None for all.
        bins: edges of length, coverage and instances; None for the benchmark's.
    """
    judged, rule = judged.from_score(least), judged.rule
    classes, how = judged.classes, rule.interpolation
    marks = rule.match(judged.found, judged.truths, tiou=tiou)
    kinds = error_kinds(marks)
    sorts = _known(judged, marks, BINS[rule.name] if bins is None else bins)
    return Diagnosis(
        judged,
        least,
        marks,
        kinds,
        rule.report_on(marks, classes),
        profile(marks, kinds, classes, GROUPS),
        gains(marks, kinds, classes, interpolation=how, groups=GROUPS),
        gains(marks, kinds, classes, interpolation=how, groups=GROUPS, normalised=True),
        normalised_map(marks, classes, interpolation=how),
        ceiling(marks, classes, interpolation=how, groups=GROUPS),
        sorts,
        {
            name: sensitivity(marks, classes, sort, interpolation=how)
            for name, sort in sorts.items()
        },
        {name: missed(marks, sort)[0] for name, sort in sorts.items()},
        reliability(marks, classes),
    )


def _known(judged: JudgedSet, marks: Marks, bins: Bins) -> dict[str, Characteristic]:
    """Put the truths into bins; what is known of no truth is left out."""
    durations = judged.durations_s
    if judged.in_shares:
        durations = dict.fromkeys(marks.videos, 1.0)
        bins = {name: edges for name, edges in bins.items() if name != "length"}
    sorts = characteristics(marks, durations, bins)
    return {name: one for name, one in sorts.items() if (one.bin >= 0).any()}


def _stages(
    judged: JudgedSet, marks: Marks, least: float | None
) -> Int[np.ndarray, "k m"]:
    """Tell how far every truth came, all videos at once."""
    some, number = np.unique(marks.truth.video, return_inverse=True)
    return stages_of_all(
        marks.truth.segments,
        number,
        marks.found_by >= 0,
        trace_table(judged.traces, [marks.videos[i] for i in some]),
        np.asarray(marks.tiou, float),
        least,
    )
