"""The videos of a result file: what the whole file is worth, and which to look at."""

import streamlit as st

from dbs_core.evaluation.judge import Judging
from dbs_core.runtime.amounts import many
from explorer.elements.escaping import escape
from explorer.errors.source import OF_FILE
from explorer.result_file.choice import FileChoice
from explorer.selection import judging, steps
from explorer.selection.judging_bar import in_words, show_judging
from explorer.videos.filter import show_filter
from explorer.videos.lines import Line, keep, totals
from explorer.videos.table import COLUMNS, precision_column, table

COLUMNS_SHOWN = [
    *("video", "classes", "precision", "instances", "right", "wrong", "missed", "found")
]


def show_facts(choice: FileChoice) -> None:
    """Say what the file is, how it is judged, and what its mAP is."""
    results = choice.results
    facts = st.container(
        horizontal=True, vertical_alignment="center", key="other_facts"
    )
    with facts:
        st.badge(
            "result file, no imprint", icon=":material/description:", color="violet"
        )
        st.caption(
            escape(f"{results.name}: spans and scores only. ")
            + "There is no imprint to explore in it, no frame scores and no heat maps.",
            width="content",
        )
        if results.notes:
            with st.popover(f"{many(len(results.notes), 'note')} on the files"):
                for note in results.notes:
                    st.markdown(f"- {escape(note)}")
    if results.mean_precision:
        whole = results.judge.whole(Judging())
        kind = "of" if choice.named.rule is None else "chosen instead of that of"
        whole_file = st.container(
            horizontal=True, vertical_alignment="center", key="other_whole"
        )
        with whole_file:
            st.markdown(
                f"**mAP@0.5 {results.mean_precision['0.5']:.2%}** over "
                f"{many(whole.truths, 'truth')} of split “{escape(results.split)}”, by "
                f"the rule {kind} the truth's kind: {results.rule.words}.",
                width="content",
                help="Other protocols: `python -m dbs_core score`.",
            )
            st.page_link(
                "app_pages/errors.py",
                label="What goes wrong in it",
                icon=":material/troubleshoot:",
                query_params=steps.whole("errors") | {"err_source": OF_FILE},
            )


def show_levels(choice: FileChoice) -> None:
    """Draw the mAP of the whole file at each tIoU."""
    if choice.results.mean_precision:
        st.container(key="other_map").dataframe(
            [{"tIoU": "mAP"} | choice.results.mean_precision],
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(name, format="percent", width=74)
                for name in choice.results.mean_precision
            },
            alt="Mean average precision by tIoU",
        )


def show_videos(choice: FileChoice) -> None:
    """Draw the table of videos with what judges it, and the steps through it."""
    results, how = choice.results, choice.how
    if st.session_state["other_video"] != choice.video.video_id or judging.is_news():
        st.rerun()  # the page too: the player shows another video, or judges anew
    steps_place = st.container(horizontal=True)
    wanted = show_filter(results.rows, results.classes, "other")
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        show_judging(how, None, results.rule.tiou)
    kept = keep(results.rows, results.judge, how, results.classes, wanted)
    count = totals(kept)
    if results.mean_precision:
        right.markdown(in_words(results.judge, how, results.classes, wanted.classes))
    right.caption(
        f"{count.videos} of {many(len(results.rows), 'video')}, "
        f"{many(count.found, 'detection')}"
    )

    def choose_video() -> None:
        """Take the row that was marked; a filter that moves rows changes nothing."""
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
        height=min(215, 40 + 35 * max(len(kept), 1)),
        column_config=COLUMNS | {"precision": precision_column(how.tiou)},
        alt="Videos of the result file",
    )
    with steps_place:
        _show_steps(choice.video.video_id, kept)


def _show_steps(video_id: str, kept: list[Line]) -> None:
    """Draw the steps from the video that the player shows to its neighbours below."""
    names = [line.video_id for line in kept]
    place = names.index(video_id) if video_id in names else None
    for label, key, step in (("Previous", "P", -1), ("Next", "N", 1)):
        target = (place + step) if place is not None else 0
        inside = 0 <= target < len(names)
        st.button(
            label,
            key=f"other_step_{label}",
            shortcut=key,
            disabled=not inside,
            help="Video of the table below, in its order",
            on_click=_go,
            args=(names[target] if inside else video_id,),
        )


def _go(video_id: str) -> None:
    st.session_state["other_video"] = video_id
