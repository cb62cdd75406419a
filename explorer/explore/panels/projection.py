"""Eq. 6 against Eq. 7 for this video, and its Figure 3."""

import streamlit as st

from dbs_core.evaluation.projections import SHARP, sharpness
from explorer import sources
from explorer.elements.escaping import escape
from explorer.explore.figures import projection
from explorer.explore.panels.moment import TOOLBAR, Moment


def show_projection(moment: Moment) -> None:
    """Draw both projections of the class and the sharpness of the posterior."""
    result = moment.result
    both = sources.projections(moment.choice.run, moment.choice.entry)
    left, right = st.columns([3, 2])
    with left:
        st.markdown(
            f"**Score of {escape(moment.class_name)}** by both equations",
            width="stretch",
        )
        st.plotly_chart(
            projection.projection_figure(
                both,
                moment.label,
                result.control,
                result.frames if result.reach_s is not None else None,
            ),
            key="projection",
            config=TOOLBAR,
            alt="Frame scores by Eq. 6 and Eq. 7",
        )
        st.caption(f"Largest difference over all frames and classes: {both.gap:.4f}.")
    with right:
        found = sharpness(result.placement.weights[:, 0])
        st.markdown("**Figure 3** for this video")
        st.plotly_chart(
            projection.sharpness_figure(found),
            key="sharpness",
            config=TOOLBAR,
            alt="Histogram of the largest posterior weight of each frame",
        )
        st.caption(f"{found.share:.1%} of the frames have max q over {SHARP:g}.")
