"""The columns of a table of videos."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import streamlit as st

from dbs_core.evaluation.protocols.report import threshold_name
from dbs_core.records import ClassList
from explorer.elements.glossary import tip
from explorer.videos.lines import Line

COLUMNS = {
    "frame": st.column_config.ImageColumn("", width=78),
    "video": st.column_config.TextColumn("Video", width=140),
    "seconds": st.column_config.NumberColumn("Length", format="%.1f s", width=70),
    "classes": st.column_config.ListColumn("Classes", width=110),
    "instances": st.column_config.NumberColumn("True", width=52, help=tip("truth")),
    "right": st.column_config.NumberColumn("Right", width=56),
    "wrong": st.column_config.NumberColumn("Wrong", width=62),
    "missed": st.column_config.NumberColumn("Missed", width=66),
    "found": st.column_config.NumberColumn("Found", width=58),
    "spark": st.column_config.AreaChartColumn(
        "Best score", y_min=0, y_max=100, width=92, help="Best score over time"
    ),
    "problem": st.column_config.TextColumn("Problem"),
}


def precision_column(tiou: float) -> object:
    """Give the column of AP its name: at which tIoU."""
    return st.column_config.ProgressColumn(
        f"AP@{threshold_name(tiou)}",
        format="percent",
        min_value=0,
        max_value=1,
        width=92,
        help=tip("AP", "tIoU"),
    )


@lru_cache(maxsize=20_000)
def _percent(curve: tuple[float, ...]) -> np.ndarray:
    """Give whole percents, one byte each: ten thousand rows stay light."""
    return np.rint(np.asarray(curve) * 100).clip(0, 100).astype(np.uint8)


def table(lines: Sequence[Line], classes: ClassList, run_id: str) -> pd.DataFrame:
    """Lay the lines out as columns; the frames come by route, as they scroll in."""
    rows = [line.summary for line in lines]
    judged = [line.judged for line in lines]
    columns: dict[str, object] = {
        "open": ["Open"] * len(rows),
        "frame": [
            f"dbs/thumb/{run_id}/{row.key}/{row.thumb}.jpg?s={row.stamp}"
            for row in rows
        ],
        "video": [row.video_id for row in rows],
        "seconds": [row.duration_s for row in rows],
        "classes": [[classes.name_of(x) for x in row.labels] for row in rows],
        "instances": [one.instances for one in judged],
        "right": [one.right for one in judged],
        "wrong": [one.wrong for one in judged],
        "missed": [one.missed for one in judged],
        "precision": [one.precision for one in judged],
        "found": [one.found for one in judged],
        "spark": [_percent(row.spark) for row in rows],
    }
    if any(row.problem_in_public for row in rows):
        columns["problem"] = [row.problem_in_public for row in rows]
    counts = dict.fromkeys(("instances", "right", "wrong", "missed"), "Int32")
    return pd.DataFrame(columns).astype(counts)
