"""A part of a video that plays in a loop, its truth and what was found moving along."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from dbs_core.evaluation.diagnosis.clip_lines import TRUTH, ClassLines, Line, clip_lines
from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.pictures.palette import class_colours
from dbs_core.pictures.timeline import ROWS, pack_lanes
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.elements.clip_player import clip_player
from explorer.elements.errors import show_error
from explorer.elements.footage import NOT_HERE, Footage, of_folder, of_runs
from explorer.elements.palette import palette

BESIDE_S = 2.0
"""Seconds shown before and after a span."""


@dataclass(frozen=True)
class Moment:
    """The span that a clip is about."""

    video_id: str
    name: str
    start_s: float
    end_s: float


def show_clip(
    moment: Moment,
    sets: Mapping[str, Diagnosis],
    tiou: float,
    runs: Sequence[Run],
) -> None:
    """Play what is around a span, over what each set has there.

    Args:
        moment: the span.
        sets: the diagnoses by what their lines are called.
        tiou: at which threshold detections are right.
        runs: whose video is played, the first that is here; of none it is that of the
            folder that Result file names.
    """
    first = next(iter(sets.values())).judged
    video_id = moment.video_id
    length_s = first.durations_s.get(video_id, 0.0)
    last_s = moment.end_s + BESIDE_S
    between = (
        max(0.0, moment.start_s - BESIDE_S),
        min(last_s, length_s) if length_s > moment.end_s else last_s,
    )
    try:
        seen = (
            of_runs(runs, first.split, video_id, between)
            if runs
            else of_folder(video_id)
        )
    except InputError as error:
        show_error(error)
        seen = Footage(note=NOT_HERE)
    label = first.classes.label_of(moment.name)
    lines = clip_lines(sets, video_id, label, tiou, between)[:ROWS]
    painted = class_colours(
        [one.label for one in lines],
        len(first.classes),
        palette(st.context.theme.type or "light"),
    )
    clip_player(
        {
            **asdict(seen),
            "between": between,
            "start": between[0],
            "groups": [
                {
                    "name": first.classes.name_of(one.label),
                    "colour": painted[one.label],
                    "lines": [_packed(x, moment, one, label) for x in one.lines],
                }
                for one in lines
            ],
        },
        key="clip",
    )


def _packed(
    line: Line, moment: Moment, of: ClassLines, label: int
) -> dict[str, object]:
    """Lay a line out for the player; the span that the clip is about stands out."""
    lanes = pack_lanes(line.spans_s)
    spans = []
    for (start, end), score, said, lane in zip(
        line.spans_s.tolist(), line.scores.tolist(), line.verdicts, lanes, strict=True
    ):
        words = f"{start:.1f} to {end:.1f} s, {said}"
        if line.name != TRUTH:
            words += f", score {score:.3f}"
        chosen = of.label == label and (start, end) == (moment.start_s, moment.end_s)
        kind = f"{said} chosen" if chosen else said
        spans.append([start, end, lane, kind, words])
    return {"name": line.name, "lanes": max(lanes, default=0) + 1, "spans": spans}
