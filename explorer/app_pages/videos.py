"""All videos of a split: search, filter, worst first; a row opens Explore."""

import streamlit as st

from dbs_core.runtime.amounts import many
from explorer import sources
from explorer.elements.data_files import show_buttons
from explorer.elements.escaping import escape
from explorer.selection.judging import judging
from explorer.selection.judging_bar import show_judging
from explorer.selection.nothing import show_nothing
from explorer.selection.page_change import open_page
from explorer.videos.filter import show_filter
from explorer.videos.lines import keep, totals
from explorer.videos.scores_line import in_one_line
from explorer.videos.split_files import split_files
from explorer.videos.table import COLUMNS, precision_column, table

choice = st.session_state["choice"]
if choice is None:
    show_nothing()
    st.stop()

classes = choice.run.info.classes
bar = st.empty()
known = sources.summaries(
    choice.run,
    choice.split,
    lambda share: bar.progress(share, "Reading the results for the first time"),
)
bar.empty()

rows, judge = known.rows, known.judge
own = choice.run.info.score_threshold
how = judging(own, judge.rule.tiou)
wanted = show_filter(rows, classes, "video")
show_judging(how, own, judge.rule.tiou)
kept = keep(rows, judge, how, classes, wanted)
count = totals(kept)
if figures := in_one_line(choice, known, how, wanted.classes):
    st.markdown(figures)
facts, taken = st.columns([4, 1], vertical_alignment="center")
with taken, st.popover("Download", icon=":material/download:", width="stretch"):
    st.caption(
        "The detections of all videos of the split, whatever the filter shows. Result "
        "file and `python -m dbs_core score` read each of these files."
    )
    with st.container(horizontal=True):
        show_buttons(split_files(choice.run, choice.split, rows))
facts.caption(
    f"{count.videos} of {many(len(rows), 'video')}, {count.duration_s / 60:.0f} "
    f"minutes, {many(count.truths, 'truth')}, {many(count.found, 'detection')} of the "
    f"split {escape(choice.split)}, judged by {judge.rule.at(how.tiou)}"
)
if missing := sources.unseen(choice.run, choice.split):
    st.caption(escape(missing), help="None of the figures below knows of them.")


def open_video() -> None:
    """Open the row whose button or mark was clicked."""
    click = st.session_state.get("open_row")
    marked = st.session_state["video_table"]["selection"]["rows"]
    place = click["row"] if click else marked[0] if marked else None
    if place is not None and place < len(kept):
        open_page("explore", video=kept[place].video_id)


st.dataframe(
    table(kept, classes, choice.run_id),
    key="video_table",
    on_select=open_video,
    selection_mode="single-row",
    hide_index=True,
    placeholder="–",
    row_height=56,
    height=min(620, 40 + 56 * max(len(kept), 1)),
    column_config=COLUMNS
    | {
        "precision": precision_column(how.tiou),
        "open": st.column_config.ButtonColumn(
            "", key="open_row", on_click=open_video, width=72
        ),
    },
    alt=f"Videos of the split {choice.split}",
)
