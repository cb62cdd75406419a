"""The table of the Videos page: what is kept, in which order, in which columns."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dbs_core.evaluation.video_summary import Summary
from dbs_core.records import ClassList


def _precision(row: Summary) -> float:
    """Videos without truth come last."""
    return 2.0 if row.precision is None else row.precision


ORDERS: Mapping[str, Callable[[Summary], object]] = {
    "Worst first": lambda row: (_precision(row), -row.errors, row.video_id),
    "Name": lambda row: row.video_id,
    "Longest": lambda row: -row.duration_s,
    "Strongest": lambda row: -row.best,
}

COLUMNS = {
    "frame": st.column_config.ImageColumn("", width=84),
    "video": st.column_config.TextColumn("Video", width=155),
    "seconds": st.column_config.NumberColumn("Length", format="%.1f s", width=78),
    "classes": st.column_config.ListColumn("Classes", width=185),
    "instances": st.column_config.NumberColumn("True", width=60),
    "found": st.column_config.NumberColumn("Found", width=64),
    "wrong": st.column_config.NumberColumn("Wrong", width=66),
    "missed": st.column_config.NumberColumn("Missed", width=70),
    "precision": st.column_config.ProgressColumn(
        "AP@0.5", format="percent", min_value=0, max_value=1, width=105
    ),
    "spark": st.column_config.AreaChartColumn(
        "Best score over time", y_min=0, y_max=100, width=150
    ),
    "problem": st.column_config.TextColumn("Problem"),
}


def keep(
    rows: Sequence[Summary],
    classes: ClassList,
    text: str,
    wanted: Sequence[str],
    wrong_only: bool,
    order: str,
) -> list[Summary]:
    """Filter and sort the summaries."""
    needle = text.strip().casefold()
    labels = {classes.label_of(name) for name in wanted}
    kept = [
        row
        for row in rows
        if (not labels or labels & set(row.labels))
        and (not wrong_only or row.errors)
        and (not needle or needle in _words(row, classes))
    ]
    return sorted(kept, key=ORDERS.get(order, ORDERS["Name"]))  # type: ignore[arg-type]


def _words(row: Summary, classes: ClassList) -> str:
    names = (classes.name_of(label) for label in row.labels)
    return " ".join([row.video_id, *names]).casefold()


def _percent(curve: Sequence[float]) -> np.ndarray:
    """Give whole percents, one byte each: ten thousand rows stay light."""
    return np.rint(np.asarray(curve) * 100).clip(0, 100).astype(np.uint8)


def table(rows: Sequence[Summary], classes: ClassList, run_id: str) -> pd.DataFrame:
    """Lay the summaries out as columns; the frames come by route, as they scroll in."""
    columns: dict[str, object] = {
        "open": ["Open"] * len(rows),
        "frame": [
            f"dbs/thumb/{run_id}/{row.key}/{row.thumb}.jpg?s={row.stamp}"
            for row in rows
        ],
        "video": [row.video_id for row in rows],
        "seconds": [row.duration_s for row in rows],
        "classes": [[classes.name_of(x) for x in row.labels] for row in rows],
        "precision": [row.precision for row in rows],
        "spark": [_percent(row.spark) for row in rows],
        "instances": [row.instances for row in rows],
        "found": [row.found for row in rows],
        "wrong": [row.wrong for row in rows],
        "missed": [row.missed for row in rows],
    }
    if any(row.problem for row in rows):
        columns["problem"] = [row.problem for row in rows]
    counts = {"instances": "Int32", "wrong": "Int32", "missed": "Int32"}
    return pd.DataFrame(columns).astype(counts)
