"""A video of a run with some cells' labels painted over: what comes of it, and its AP.

Nothing is written: the run stays as it is.
"""

from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.judge import Judge, Judging
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.evaluation.video_spans import spans_of
from dbs_core.method.repainting import Paint, repaint, share_of_labels
from dbs_core.records import Segments, VideoResult
from dbs_core.runs.run import FUSION, Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True, eq=False)
class Repainted:
    """A painted result beside the run's own.

    `before` and `after` are the video's mAP over all its detections at each of the
    rule's tIoUs, None where no action is annotated. `notes` say what painting does not
    reach, and what else makes a difference.
    """

    result: VideoResult
    before: tuple[float | None, ...]
    after: tuple[float | None, ...]
    notes: tuple[str, ...]


def repainted(
    run: Run, result: VideoResult, paint: Paint, rule: Rule | None = None
) -> Repainted:
    """Paint cells of a run's video, find its actions anew and judge them.

    By default by the rule of the run's data.

    Raises:
        InputError: a cell or label that is not there, or a damaged run.
    """
    settings, rule = settings_of(run), rule or rule_of_run(run)
    weight = _share(result, run)
    painted = repaint(result, paint, settings, weight=weight)
    bare = repaint(result, {}, settings, weight=weight)
    return Repainted(
        painted,
        _precision(result, rule),
        _precision(painted, rule),
        _notes(
            share_of_labels(result, settings),
            weight,
            settings.members,
            remade=_same(bare.detections, result.detections),
        ),
    )


def _share(result: VideoResult, run: Run) -> float:
    """Give the share of the imprint that is shown in the scores.

    Raises:
        InputError: neither the result knows it nor the run.
    """
    if result.maps is None:
        return 1.0
    return _weight(run) if result.share is None else result.share


def _weight(run: Run) -> float:
    """Read the first stream's share in a run that an earlier version fused.

    Raises:
        InputError: the file that says so is missing or damaged.
    """
    path = run.root / FUSION
    value = files.read_json(path)
    weight = value.get("weight") if isinstance(value, dict) else None
    if not isinstance(weight, int | float) or not 0 <= weight <= 1:
        raise InputError("no weight of the streams", where=path, wanted="0 to 1")
    return float(weight)


def _precision(result: VideoResult, rule: Rule) -> tuple[float | None, ...]:
    judge = Judge([spans_of(result)], rule)
    levels = (judge.videos_at(Judging(tiou)) for tiou in rule.tiou)
    return tuple(level[result.video_id].precision for level in levels)


def _same(one: Segments, other: Segments) -> bool:
    """Say whether two lists of detections are the same to a millisecond."""
    return np.array_equal(one.labels, other.labels) and np.allclose(
        one.spans_s, other.spans_s, atol=1e-3
    )


def _notes(
    share: float, weight: float, members: int, *, remade: bool
) -> tuple[str, ...]:
    notes = []
    if share < 1:
        notes.append(
            f"The temporal head reads no labels: its {1 - share:.0%} of the scores and "
            "the starts and ends that it tells stay as they are."
        )
    if weight < 1:
        several = "members" if members > 1 else "fused streams"
        notes.append(
            f"Of the {several} only the one of this imprint, {weight:.0%} of the "
            "scores, hears of the paint."
        )
    if not remade:
        notes.append(
            "This version finds other detections in this video even without paint: "
            "what changes is not the paint's alone."
        )
    return tuple(notes)
