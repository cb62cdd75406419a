"""Knobs of detection, and at once what turning them does to the whole split."""

import streamlit as st

from dbs_core.evaluation.what_if.knob_values import written
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.errors.source import OF_RUN
from explorer.selection.judging import judging
from explorer.selection.judging_bar import show_tiou
from explorer.selection.nothing import show_nothing
from explorer.what_if.anew import show_anew
from explorer.what_if.figures import show_classes, show_videos, show_whole
from explorer.what_if.keep import show_keep
from explorer.what_if.knob_panel import read_set, show_knobs, split_closed
from explorer.what_if.source import choose, turnable

choice = st.session_state["choice"]
source = choose(choice)
if source is None:
    show_nothing()
    st.stop()
try:
    with st.spinner("Reading what the split keeps", show_time=True):
        one = turnable(source, choice)
except InputError as error:
    st.title("Nothing to turn knobs on")
    show_error(error)
    st.stop()

subject = one.subject
rule = subject.judged.rule
how = judging(None, rule.tiou)
values, closed = split_closed(subject, read_set())
left, right = st.columns([3, 8], gap="medium")
with left:
    show_knobs(subject, values)
with right:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(
            f"What if: {escape(subject.name)}, {escape(subject.judged.split)}",
            anchor=False,
        )
        show_tiou(how, rule.tiou)
    for name, reason in closed.items():
        st.warning(f"Not turned: {name}: {escape(reason)}.")
    try:
        turned = bool(values) or subject.partner is not None
        found = sources.answered(one, how.tiou, written(values))
    except InputError as error:
        show_error(error)
        st.stop()
    show_whole(found, turned=turned)
    if turned:
        show_classes(found)
        of_run = choice if source == OF_RUN else None
        show_videos(found, of_run)
        if of_run is not None and not subject.ceiling:
            show_keep(one, values, of_run)
if source == OF_RUN and choice is not None:
    show_anew(choice)
