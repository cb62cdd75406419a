"""Explore one video: the frames, the imprint and the time axis."""

import streamlit as st

from explorer import sidebar, sources
from explorer.empty import show_no_run
from explorer.figures import grids, spans, torus
from explorer.palette import class_colour, colour_slots
from explorer.presence import classes_present

choice = st.session_state["choice"]
if choice is None:
    show_no_run()
    st.stop()

result = sources.result(choice.run, choice.entry)
present = classes_present(result)
label = sidebar.choose_class(choice.run, result, present)
classes = choice.run.info.classes
kind = st.context.theme.type or "light"
slots = colour_slots(present or [label], len(classes))
colours = {k: class_colour(v, kind) for k, v in slots.items()}

left, middle, right = st.columns([5, 4, 4])
video = choice.run.video_file(result)
time_s = st.slider("Moment", 0.0, result.info.duration_s, key="moment", step=0.2)
index = torus.frame_index(result.placement.times_s, time_s)
with left:
    if video.is_file():
        st.video(str(video), start_time=int(time_s))
    else:
        st.info(f"The video file is not here any more: {video}")
with middle:
    figure = grids.mosaic_figure(result.mosaic, result.placement.grid)
    st.plotly_chart(
        grids.add_window(figure, result.placement, index, "#FFFFFF"), key="mosaic"
    )
with right:
    shown = st.segmented_control(
        "Map", ["Class score", "Posterior"], default="Class score", required=True
    )
    values = (
        grids.score_map(result.grid, label)
        if shown == "Class score"
        else grids.posterior_map(result.placement, index)
    )
    figure = grids.map_figure(values, name=str(shown), top=1.0)
    st.plotly_chart(
        grids.add_window(figure, result.placement, index, "#FFFFFF"), key="map"
    )
st.plotly_chart(spans.timeline_figure(result, label, classes, colours), key="timeline")
