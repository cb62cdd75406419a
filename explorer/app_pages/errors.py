"""What goes wrong in a whole data set: how much, of what kind, and where to look."""

import streamlit as st

from dbs_core.evaluation.diagnosis.curve import precision_recall
from dbs_core.evaluation.diagnosis.picked import pick
from dbs_core.evaluation.protocols.report import threshold_name
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.elements.palette import palette
from explorer.errors import filters
from explorer.errors.charts import CHARTS, STAGES_CHART
from explorer.errors.curve_chart import (
    CURVE_CHART,
    INTERPOLATED,
    choose_class,
    curve_chart,
    curve_rows,
)
from explorer.errors.drawer import open_drawer
from explorer.errors.empty import why_empty
from explorer.errors.listing import SHOWN, show_download, show_list
from explorer.errors.methods import show_methods
from explorer.errors.reliability_chart import RELIABILITY_CHART
from explorer.errors.scores import class_chart, show_scores, worst_first
from explorer.errors.source import OF_RUN, choose_source, read
from explorer.selection import page_change, steps
from explorer.selection.judging import judging
from explorer.selection.judging_bar import show_judging
from explorer.selection.nothing import show_nothing

choice = st.session_state["choice"]
source = choose_source(choice)
if source is None:
    show_nothing()
    st.stop()
try:
    one = read(source, choice)
    judged = one.judged
except InputError as error:
    st.title("No errors to look at")
    show_error(error)
    st.stop()

of_run = choice if source == OF_RUN else None
st.subheader(f"Errors of {escape(judged.name)}, {escape(judged.split)}", anchor=False)
own = of_run.run.info.score_threshold if of_run else None
how = judging(own, judged.rule.tiou)
show_judging(how, own, judged.rule.tiou)
with st.spinner("Comparing every detection with every truth", show_time=True):
    whole = sources.diagnosed(one, how.threshold)
    interval = sources.interval(one, whole, how.tiou)
found, figures = whole.found, whole.figures
show_scores(whole, interval, how)
if of_run:
    show_methods(of_run)

tiou, colours = threshold_name(how.tiou), palette(st.context.theme.type or "light")
names = [CURVE_CHART, *CHARTS]
left_out = {STAGES_CHART} if found.stages is None else set()
left_out |= {RELIABILITY_CHART} if found.reliability is None else set()
names = [name for name in names if name not in left_out]
offered = ["AP of each class", *names]
steps.hold("errors", "err_chart", offered)
chosen = st.segmented_control(
    "Chart",
    offered,
    required=True,
    key="err_chart",
    label_visibility="collapsed",
)


def take_click() -> None:
    """Let the mark that was clicked fill the list; a click beside changes nothing."""
    points = st.session_state["err_figure"]["selection"]["points"]
    if points and points[0].get("customdata"):
        filters.take(points[0]["customdata"][0])


curve_of = ""
if chosen in CHARTS:
    chart = CHARTS[chosen]
    words, figure = chart.words, chart.draw(figures, tiou, colours)
    rows = chart.table(figures, tiou)
elif chosen == CURVE_CHART:
    curve_of = choose_class(worst_first(found, figures, tiou))
    points = precision_recall(found, curve_of, how.tiou)
    words = f"A point for each hit. {INTERPOLATED[judged.rule.interpolation]}"
    figure, rows = curve_chart(points, curve_of, colours), curve_rows(points)
else:
    words = "The number over a bar: truths of the class."
    figure = class_chart(found, figures, tiou, colours)
    rows = [
        {"class": name, "AP": figures["per_class"][name][tiou], "truths": count}
        for name, count in figures["positives"].items()
    ]
if why := why_empty(str(chosen), figures, tiou, curve_of):
    st.info(escape(why))
else:
    st.caption(f"{words} Click a mark: the list below shows what it stands for.")
    st.plotly_chart(
        figure,
        key="err_figure",
        on_select=take_click,
        selection_mode="points",
        config={"displaylogo": False},
        alt=chosen,
    )
    with st.expander("The same as a table"):
        st.dataframe(rows, hide_index=True, alt=f"{chosen}: numbers")

picked = filters.show_filters(found)
table = pick(found, how.tiou, picked)
with st.container(horizontal=True, vertical_alignment="center"):
    more = f", the first {SHOWN} shown" if len(table) > SHOWN else ""
    said = filters.in_words(picked)
    st.markdown(f"**{len(table)} rows**{more}{': ' + escape(said) if said else ''}")
    show_download(table, judged.name)
place = show_list(table, of_run)
if place is not None and not page_change.is_wanted():
    open_drawer(found, table, place, of_run)
