"""How good a split is in one line, with the way to what is wrong in it."""

from collections.abc import Sequence

import streamlit as st

from dbs_core.evaluation.judge import Judging
from dbs_core.runtime.amounts import many
from explorer import sources
from explorer.elements.glossary import tip
from explorer.selection import steps
from explorer.selection.judging import judging
from explorer.selection.judging_bar import in_words
from explorer.selection.sidebar import Choice

MOST = 300
"""Videos whose results are read for one line, or drawn for an interval beside it; more
are a page's own business."""


def in_one_line(
    choice: Choice, known: sources.Summaries, how: Judging, names: Sequence[str] = ()
) -> str:
    """Say the scores of a split; with their interval, unless it is of some classes."""
    interval = None
    if not names and len(choice.videos) <= MOST:
        interval = sources.split_interval(choice.run, choice.split, known, how.tiou)
    return in_words(known.judge, how, choice.run.info.classes, names, interval)


def show_scores_line(choice: Choice) -> None:
    """Draw it; nothing without truth, or where it would take long."""
    if len(choice.videos) > MOST:
        return
    known = sources.summaries(choice.run, choice.split, lambda _: None)
    how = judging(choice.run.info.score_threshold, known.judge.rule.tiou)
    figures = in_one_line(choice, known, how)
    if not figures:
        return
    point = known.judge.whole(how)
    with st.container(horizontal=True, vertical_alignment="center", key="scores_line"):
        st.markdown(
            f"{figures}: {many(point.wrong, 'detection')} wrong, "
            f"{many(point.missed, 'truth')} missed",
            help=tip("mAP", "AP", "tIoU", "precision", "recall"),
        )
        st.page_link(
            "app_pages/errors.py",
            label="What goes wrong",
            icon=":material/troubleshoot:",
            query_params=steps.offered("errors"),
        )
