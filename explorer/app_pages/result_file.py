"""Another method's result file beside the truth: which videos, what was right."""

import streamlit as st

from dbs_core.evaluation.judge import Judging
from dbs_core.runtime.amounts import many
from explorer.elements.escaping import escape
from explorer.result_file.form import choose_rule, opened, show_form
from explorer.result_file.one_video import show_video
from explorer.videos.filter import show_filter
from explorer.videos.lines import keep, totals
from explorer.videos.table import COLUMNS, precision_column, table

COLUMNS_SHOWN = [
    "video",
    "classes",
    "precision",
    "instances",
    "right",
    "wrong",
    "missed",
    "found",
]

st.title("A result file of any method")
named = show_form()
rule = choose_rule(named)
results = opened(named, rule)
if results is None:
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    st.badge("result file, no imprint", icon=":material/description:", color="violet")
    st.caption(
        escape(f"{results.name}: spans and scores only. ")
        + "There is no imprint to explore in it, no frame scores and no heat maps."
    )
everything = results.judge.whole(Judging())
if results.mean_precision:
    st.markdown(
        f"**mAP@0.5 {results.mean_precision['0.5']:.2%}** over "
        f"{many(everything.truths, 'truth')} of split “{escape(results.split)}”, by "
        f"the rule {'of' if rule is None else 'chosen instead of that of'} the truth's "
        f"kind: {results.rule.words}. Other protocols: `python -m dbs_core score`."
    )
    st.dataframe(
        [{"tIoU": "mAP"} | results.mean_precision],
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(name, format="percent", width=74)
            for name in results.mean_precision
        },
        alt="Mean average precision by tIoU",
    )
if results.notes:
    with st.expander(f"{many(len(results.notes), 'note')} on the files"):
        for note in results.notes:
            st.markdown(f"- {escape(note)}")

wanted = show_filter(results.rows, results.classes, "other")
kept = keep(results.rows, results.judge, Judging(), results.classes, wanted)
count = totals(kept)
st.caption(
    f"{count.videos} of {many(len(results.rows), 'video')}, "
    f"{many(count.found, 'detection')}"
)


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
    column_config=COLUMNS | {"precision": precision_column(Judging().tiou)},
    alt="Videos of the result file",
)
chosen = st.session_state.get("other_video")
if chosen not in results.videos:
    chosen = kept[0].video_id if kept else None
if chosen is not None:
    show_video(results, chosen, named["other_videos"])
