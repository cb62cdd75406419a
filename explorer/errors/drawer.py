"""The clip behind an error: it plays in a loop, truth and detections drawn under it."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.error_table import ErrorTable
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.pictures.spans import spans_picture
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.elements.palette import palette
from explorer.result_file.one_video import find_video_file
from explorer.routes.shown_files import address_of
from explorer.selection import page_change
from explorer.selection.sidebar import Choice

BESIDE_S = 2.0
"""Seconds shown before and after the span."""


@st.dialog("The clip behind it", width="medium", position="right")
def show_clip(
    found: Diagnosis, table: ErrorTable, place: int, choice: Choice | None
) -> None:
    """Play a row's clip and say what it is."""
    one = table.select(slice(place, place + 1))
    (row,) = one.to_rows()
    video_id = str(row["video"])
    start_s, end_s = one.spans_s[0].tolist()
    st.markdown(f"**{escape(_title(row))}**")
    st.caption(escape(f"{video_id}, {start_s:.1f} to {end_s:.1f} s"))
    try:
        path = _video_file(video_id, choice)
    except InputError as error:
        show_error(error)
        path = None
    between = max(0.0, start_s - BESIDE_S), end_s + BESIDE_S
    if path is None:
        st.info("The video is not here or no browser plays it.")
    else:
        st.video(
            address_of(path) or path,
            start_time=between[0],
            end_time=between[1] + 1,
            loop=True,
            autoplay=True,
            muted=True,
        )
    judged = found.judged
    spans = VideoSpans(
        video_id,
        judged.found[video_id].best_first(),
        judged.truths.get(video_id),
    ).between(*between)
    colours = palette(st.context.theme.type or "light")
    picture = spans_picture(
        spans, judged.classes, colours, between, start_s, judged.rule
    )
    st.image(picture("svg").decode(), width="stretch", alt="Truth and detections")
    if choice is not None:
        st.button(
            "Open in Explore",
            key="err_open",
            type="primary",
            icon=":material/grid_view:",
            on_click=_open,
            args=(one, row),
        )
    if page_change.is_wanted():
        st.rerun()  # the page too, not the drawer alone


def _open(one: ErrorTable, row: Mapping[str, object]) -> None:
    """Go to the moment in Explore, the detection or the truth pinned."""
    number = str(int(one.place[0]))
    pinned = {"truth": number} if one.is_truth[0] else {"det": number}
    moment = {"t": f"{float(one.spans_s[0, 0]) + 0.01:.2f}"}
    page_change.open_page("explore", video=str(row["video"]), cls=str(row["class"]))
    st.session_state["asked_view"] = moment | pinned


def _title(row: Mapping[str, object]) -> str:
    name, kind = row["class"], row["kind"]
    if kind in ("missed", "found"):
        lost = f", lost at: {row['stage']}" if row["stage"] else ""
        return f"{name}: a truth that was {kind}{lost}"
    near = (
        f"the nearest truth is {row['truth_class']}, IoU {row['iou']:.2f}"
        if row["truth_class"]
        else "no truth is near"
    )
    return f"{name}, score {row['score']:.2f}: {kind}; {near}"


def _video_file(video_id: str, choice: Choice | None) -> Path | None:
    if choice is not None:
        entry = choice.videos.get(video_id)
        if entry is None:
            return None
        result = sources.result(choice.run, entry)
        return sources.playable_file(choice.run, result)
    folder = st.session_state.get("other_videos")
    path = find_video_file(typed_path(folder), video_id) if folder else None
    return path if path is not None and sources.plays(path) else None
