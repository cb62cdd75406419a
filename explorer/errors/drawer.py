"""The clip behind an error: it plays in a loop, truth and detections drawn under it."""

from collections.abc import Mapping

import streamlit as st

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.error_table import ErrorTable
from explorer.elements.clip import Moment, show_clip
from explorer.elements.escaping import escape
from explorer.selection import page_change
from explorer.selection.sidebar import Choice

STEPPED = "err_stepped"
"""How far one has gone in the drawer from the row that opened it."""


def open_drawer(
    found: Diagnosis, table: ErrorTable, place: int, choice: Choice | None
) -> None:
    """Show the clip of a row that was marked, not of one seen before it."""
    st.session_state.pop(STEPPED, None)
    show_error_clip(found, table, place, choice)


@st.dialog("The clip behind it", width="medium", position="right")
def show_error_clip(
    found: Diagnosis, table: ErrorTable, opened: int, choice: Choice | None
) -> None:
    """Play a row's clip and say what it is; steps go on without the list."""
    place = st.session_state.get(STEPPED, opened)
    one = table.select(slice(place, place + 1))
    (row,) = one.to_rows()
    video_id = str(row["video"])
    start_s, end_s = one.spans_s[0].tolist()
    st.markdown(f"**{escape(_title(row))}**")
    st.caption(escape(f"{video_id}, {start_s:.1f} to {end_s:.1f} s"))
    _steps(table, place)
    moment = Moment(video_id, str(row["class"]), start_s, end_s)
    show_clip(moment, {"found": found}, table.tiou, [choice.run] if choice else [])
    if choice is not None:
        st.button(
            "Open in Explore",
            key="err_open",
            type="primary",
            icon=":material/grid_view:",
            on_click=page_change.open_moment,
            args=(video_id, str(row["class"]), start_s),
            kwargs={"truth" if one.is_truth[0] else "det": int(one.place[0])},
        )
    else:
        _offer_file(found, one, video_id)
    if page_change.is_wanted():
        st.rerun()  # the page too, not the drawer alone


def _offer_file(found: Diagnosis, one: ErrorTable, video_id: str) -> None:
    """Lead to the moment in Result file, where detections are counted best first."""
    number, kind = int(one.place[0]), "truth"
    if not one.is_truth[0]:
        kind = "detection"
        number = found.judged.found[video_id].ranking.tolist().index(number)
    (row,) = one.to_rows()
    st.button(
        "Open in Result file",
        key="err_open_file",
        type="primary",
        icon=":material/description:",
        on_click=page_change.open_in_file,
        args=(video_id, str(row["class"]), float(one.spans_s[0, 0])),
        kwargs={kind: number},
    )


def _steps(table: ErrorTable, place: int) -> None:
    """Lead to the neighbours of the same class in the list, whatever their video."""
    name = table.classes.name_of(int(table.label[place]))
    with st.container(horizontal=True, gap="small"):
        for label, key, sign in (("Previous", "Shift+W", -1), ("Next", "W", 1)):
            target = table.beside(place, sign)
            st.button(
                label,
                key=f"err_{label}",
                shortcut=key,
                width="stretch",
                disabled=target is None,
                help=f"{label} of {escape(name)} in the list, in whatever video",
                on_click=_step,
                args=(target,),
            )


def _step(place: int) -> None:
    st.session_state[STEPPED] = place


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
