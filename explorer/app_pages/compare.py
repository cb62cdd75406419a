"""The run at the left beside another, or a result file: what a change did."""

import streamlit as st

from dbs_core.evaluation.diagnosis.change_table import LISTED, change_table
from dbs_core.evaluation.protocols.report import threshold_name
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.comparing.changes import narrowed, show_changes, take_click
from explorer.comparing.charts import class_chart, video_chart
from explorer.comparing.second import FILE, choose_second, read_second
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.elements.palette import palette
from explorer.selection import steps
from explorer.selection.judging import judging
from explorer.selection.judging_bar import scores_from, show_judging
from explorer.selection.nothing import show_nothing

choice = st.session_state["choice"]
if choice is None:
    show_nothing()
    st.stop()
st.subheader(
    f"Run {escape(choice.name)} (a), split {escape(choice.split)}", anchor=False
)
picked = choose_second(choice)
if picked is None:
    st.info(
        "Choose what this run is compared with: another run on the same videos, or any "
        "method's result file for them. Open more runs at the left."
    )
    st.stop()
how = judging(None)
try:
    a = sources.run_set(choice.run, choice.split)
    b = read_second(picked, a, choice)
    if b is None:
        st.stop()
    show_judging(how, None, a.judged.rule.tiou)
    with st.spinner("Comparing on the same draws of videos", show_time=True):
        two, figures = sources.comparison(a, b, how.threshold, how.tiou)
except InputError as error:
    show_error(error)
    st.stop()

tiou, colours = threshold_name(how.tiou), palette(st.context.theme.type or "light")
gain = figures["difference"][tiou]
ahead = gain.get("above_zero")
st.markdown(
    f"**mAP@{tiou}: a {figures['a']['map'][tiou]:.1f} %, b "
    f"{figures['b']['map'][tiou]:.1f} %, b less a {gain['estimate']:+.1f}** points"
    f"{scores_from(how)} (95 % of draws of videos: "
    f"{gain['low']:+.1f} to {gain['high']:+.1f}"
    + (f"; b ahead in {ahead:.0%})" if ahead is not None else ")")
)
st.caption(escape(f"a: {two.a.judged.name}. b: {two.b.judged.name}. {two.a.rules[0]}."))
steps.hold("compare", "compare_chart", ("Classes", "Videos"))
chart = st.segmented_control(
    "Chart",
    ("Classes", "Videos"),
    required=True,
    key="compare_chart",
    label_visibility="collapsed",
)
if chart == "Classes":
    figure = class_chart(figures, tiou, colours)
    rows = [
        {"class": name} | values[tiou]
        for name, values in figures["difference_by_class"].items()
    ]
    words = "Whiskers: 95 % of draws of videos, the same for both."
else:
    pairs = sources.video_pairs(a, b, two, how.tiou)
    figure = video_chart(pairs, colours)
    rows = [
        {"video": one.video_id, "AP by a, %": 100 * one.a, "AP by b, %": 100 * one.b}
        for one in pairs
    ]
    words = "AP in each video: above the line b is better."
st.caption(f"{words} Click a mark: the list below shows what changed there.")
st.plotly_chart(
    figure,
    key="compare_figure",
    on_select=take_click,
    selection_mode="points",
    config={"displaylogo": False},
    alt=chart,
)
with st.expander("The same as a table"):
    st.dataframe(rows, hide_index=True, alt=f"{chart}: numbers")

steps.hold("compare", "compare_list", LISTED)
listed = st.segmented_control(
    "What changed",
    LISTED,
    required=True,
    key="compare_list",
    help="fixed: b alone is right; broken: a alone is right.",
)
table = narrowed(change_table(two, how.tiou)).only(changes=[str(listed)])
show_changes(two, table, choice, None if picked == FILE else picked)
