"""Another method's result file beside the truth: which videos, what was right."""

import streamlit as st

from dbs_core.evaluation.video_matches import RULE
from dbs_core.evaluation.video_summary import totals
from explorer.elements.escaping import escape
from explorer.result_file.form import opened, show_form
from explorer.result_file.one_video import show_video
from explorer.videos.filter import filtered
from explorer.videos.table import COLUMNS, table

COLUMNS_SHOWN = [
    "video",
    "classes",
    "precision",
    "instances",
    "found",
    "wrong",
    "missed",
]

st.title("A result file of any method")
show_form()
results = opened()
if results is None:
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    st.badge("result file, no imprint", icon=":material/description:", color="violet")
    st.caption(
        escape(f"{results.name}: spans and scores only. ")
        + "There is no imprint to explore in it, no frame scores and no heat maps."
    )
whole = totals(results.rows)
if results.mean_precision is not None:
    st.markdown(
        f"**mAP@0.5 {results.mean_precision:.1%}** over the {whole.truths} truths of "
        f"split “{escape(results.split)}” ({RULE}). Other protocols and thresholds: "
        "`python -m dbs_core score`."
    )
if results.notes:
    with st.expander(f"{len(results.notes)} notes on the files"):
        for note in results.notes:
            st.markdown(f"- {escape(note)}")

kept = filtered(results.rows, results.classes, "other")
count = totals(kept)
st.caption(f"{count.videos} of {len(results.rows)} videos, {count.found} detections")


def choose_video() -> None:
    """Take the row that was marked; a filter that moves the rows changes nothing."""
    rows = st.session_state["other_table"]["selection"]["rows"]
    if rows and rows[0] < len(kept):
        st.session_state["other_video"] = kept[rows[0]].video_id


st.dataframe(
    table(kept, results.classes, "")[COLUMNS_SHOWN],
    key="other_table",
    on_select=choose_video,
    selection_mode="single-row",
    hide_index=True,
    placeholder="–",
    height=min(330, 40 + 35 * max(len(kept), 1)),
    column_config=COLUMNS,
    alt="Videos of the result file",
)
chosen = st.session_state.get("other_video")
if chosen not in results.videos:
    chosen = kept[0].video_id if kept else None
if chosen is not None:
    folder = st.session_state["other"]["other_videos"]
    show_video(results.videos[chosen], results.classes, folder)
