"""On what knobs are turned: a run's split with what it keeps, or a result file.

Of a file only its detections are known, so it can be filtered. A run's results hold
frame scores too; a second run on the same videos can be fused with it. Its ceiling has
perfect labels on the same imprints in place of the run's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dbs_core.evaluation.ceilings import imprint_scores
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.span_table import tabulate
from dbs_core.evaluation.what_if.knob import OFF, Knob, Value
from dbs_core.evaluation.what_if.knob_values import Values, turned, value_in
from dbs_core.evaluation.what_if.knobs import CDC, CEILING, NAMED, TAG
from dbs_core.method.detecting_again import detect_again, rescored, why_not
from dbs_core.method.fusion import fuse
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.settings import FUSION_WEIGHT, Settings
from dbs_core.records import Segments, VideoResult
from dbs_core.records.overlap import nms_within
from dbs_core.runtime.errors import InputError

FILTERS = ("score", "length")


@dataclass(frozen=True, eq=False)
class Kept:
    """What a run keeps of the videos of a split, and under which settings.

    `fused`: of two streams, whose videos may have a head or not.
    """

    results: Mapping[str, VideoResult]
    settings: Settings
    fused: bool = True

    @cached_property
    def head(self) -> bool:
        """Whether a temporal head sets the spans."""
        if not self.fused and self.settings.head.kind == "none":
            return False  # without a look at the results, which may be many
        return any(one.reach_s is not None for one in self.results.values())


@dataclass(frozen=True, eq=False)
class Subject:
    """What knobs are turned on.

    Attributes:
        judged: the detections as they stand, with their truth.
        kept: of a run; None where only detections are known.
        partner: a second run that the first is fused with.
        ceiling: perfect labels on the imprints in place of the run's.
    """

    judged: JudgedSet
    kept: Kept | None = None
    partner: Kept | None = None
    ceiling: bool = False

    def standing(self) -> JudgedSet:
        """Give what an answer is compared with: all as it is, or the run's ceiling."""
        return self.turned({}) if self.ceiling else self.judged

    def turned(self, values: Values) -> JudgedSet:
        """Give the detections with knobs turned.

        Raises:
            InputError: a knob that cannot be turned here, or a value out of its range.
        """
        self.require(values)
        found = self._found(values)
        return replace(self.judged, name=self.name, found=found, traces={})

    def require(self, values: Values) -> None:
        """Check that knobs can be turned here.

        Raises:
            InputError: one of them cannot.
        """
        for name in values:
            if reason := self.closed(NAMED[name], values):
                raise InputError(
                    f"{name} cannot be turned here", because=reason, where=self.name
                )

    @property
    def name(self) -> str:
        """Name what knobs are turned on."""
        return f"{self.judged.name}, its ceiling" if self.ceiling else self.judged.name

    def head(self, values: Values) -> bool:
        """Say whether a temporal head sets the spans with these knobs."""
        if self.kept is None or self.ceiling:
            return False
        return self.kept.head and values.get("head") != OFF

    def settings(self, values: Values) -> Settings | None:
        """Give the run's settings with knobs turned; None of a file.

        Raises:
            InputError: a value that the settings do not take.
        """
        if self.kept is None:
            return None
        return turned(self.kept.settings, values, head=self.head(values))

    def value(self, knob: Knob, values: Values) -> Value:
        """Give where a knob stands before it is turned."""
        if knob.name == "weight":
            return FUSION_WEIGHT
        if knob.name == "score":
            scores = [one.scores.min(initial=0) for one in self.judged.found.values()]
            return float(np.floor(min(scores, default=0.0)))
        if knob.name == "length":
            return 0.0
        if self.kept is None:
            return knob.high if knob.name == "nms" else knob.low
        return value_in(self.kept.settings, knob, head=self.head(values))

    def closed(self, knob: Knob, values: Values) -> str:
        """Say why a knob cannot be turned here; "" where it can."""
        if knob.name in FILTERS or (self.kept is None and knob.name == "nms"):
            return ""
        if self.kept is None:
            return "only a run keeps the scores behind its detections"
        if knob.name == "weight":
            none = "choose a second run to fuse with"
            return none if self.partner is None or self.ceiling else ""
        if knob.group == CEILING and not self.ceiling:
            return "for the ceiling, where labels are perfect"
        if knob.name == "tau" and values.get("targets", self._target()) != "eq5":
            return "only Eq. 5's map has a tau"
        if self.ceiling:
            network = ("head", "share", "smoothing")
            return "the ceiling is without the network" * (knob.name in network)
        return self._closed_in_run(knob, values, self.kept)

    def _closed_in_run(self, knob: Knob, values: Values, kept: Kept) -> str:
        head = self.head(values)
        if knob.name in ("head", "share") and not kept.head:
            return "this run has no temporal head"
        if knob.name == "share" and not head:
            return "the head is off"
        if head and knob.group in (TAG, CDC):
            return "the temporal head sets the spans: switch it off first"
        if knob.name in ("projection", "smoothing", "share", "head"):
            others = {n: v for n, v in values.items() if n in ("head", knob.name)}
            return self._refused(knob, others, kept)
        return ""

    def _refused(self, knob: Knob, values: Values, kept: Kept) -> str:
        """Ask the first result whether it keeps enough for the value, or another."""
        present = value_in(kept.settings, knob, head=self.head(values))
        if knob.choices:
            other: Value = next(c for c in knob.choices if c != present)
        elif knob.name == "smoothing":
            other = float(present) + 1  # more of it is always told
        else:
            other = 0.25 if present != 0.25 else 0.75
        asked = {knob.name: other, **values}
        after = turned(kept.settings, asked, head=self.head(asked))
        first = next(iter(kept.results.values()))
        return why_not(first, kept.settings, after)

    def _target(self) -> str:
        return self.kept.settings.target.kind if self.kept else ""

    def _found(self, values: Values) -> Mapping[str, Segments]:
        """Find and filter, video by video."""
        kept, wanted = self.kept, self.settings(values)
        if kept is None or wanted is None:
            return thinned(self.judged.found, values)
        if wanted == kept.settings and self.partner is None and not self.ceiling:
            return self._left(values)
        others = self.partner.results if self.partner else {}
        found: dict[str, Segments] = {}
        for video_id in self.judged.found:
            if self.ceiling:
                again = self._perfect(video_id, kept, wanted)
            else:
                own, other = kept.results[video_id], others.get(video_id)
                again = self.result(own, values, other).detections.as_written()
            found[video_id] = filtered(again, values)
        return found

    def _left(self, values: Values) -> Mapping[str, Segments]:
        """Filter the detections as they stand: no result is read for it."""
        found = self.judged.found
        if not values.keys() & set(FILTERS):
            return found
        return {key: filtered(one, values) for key, one in found.items()}

    def _perfect(self, video_id: str, kept: Kept, wanted: Settings) -> Segments:
        result = kept.results[video_id]
        truth = self.judged.truths[video_id]
        frames = imprint_scores(truth, result.placement, result.grid, wanted)
        _, candidates = localise(frames, wanted)
        return candidates.detections.as_written()

    def result(
        self, result: VideoResult, values: Values, other: VideoResult | None = None
    ) -> VideoResult:
        """Give a run's result with knobs turned, before it is filtered.

        `other` is the partner's of the same video, where there is one to fuse with.

        Raises:
            InputError: the result keeps too little for it.
        """
        kept, wanted = self.kept, self.settings(values)
        assert kept is not None  # a file has no results
        assert wanted is not None
        if self.partner is None or other is None:
            return detect_again(result, kept.settings, wanted)
        first = rescored(result, kept.settings, wanted)
        theirs = turned(self.partner.settings, values, head=self.head(values))
        second = rescored(other, self.partner.settings, theirs)
        return fuse(first, second, wanted, float(values.get("weight", FUSION_WEIGHT)))


def filtered(found: Segments, values: Values) -> Segments:
    """Leave out what scores or lasts too little."""
    return found.select(_stays(found, values))


def _stays(found: Segments, values: Values) -> np.ndarray:
    kept = np.ones(len(found), bool)
    if "score" in values:
        kept &= found.scores >= float(values["score"])
    if "length" in values:
        kept &= lengths(found) >= float(values["length"])
    return kept


def lengths(found: Segments) -> np.ndarray:
    """Give how long they last, as files say it: to a millisecond."""
    return (found.spans_s[:, 1] - found.spans_s[:, 0]).round(3)


def thinned(found: Mapping[str, Segments], values: Values) -> dict[str, Segments]:
    """Thin the detections of a file out, all videos at once.

    Those that score too little need not go before: a detection is only ever beaten by
    a better one.
    """
    table = tabulate(found, tuple(found))
    stays = _stays(table.segments, values)
    if "nms" in values:
        stays &= nms_within(table.segments, table.group, float(values["nms"])) < 0
    ends = np.cumsum([len(one) for one in found.values()])
    parts = np.split(stays, ends[:-1]) if len(found) else []
    return {
        video_id: own if part.all() else own.select(part)
        for (video_id, own), part in zip(found.items(), parts, strict=True)
    }
