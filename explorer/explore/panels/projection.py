"""Eq. 6 against Eq. 7 for this video, and its Figure 3."""

import streamlit as st

from dbs_core.evaluation.projections import SHARP, sharpness
from dbs_core.pictures.projection_curves import projection_curves
from explorer import sources
from explorer.elements.escaping import escape
from explorer.elements.glossary import tip
from explorer.explore.figures import projection
from explorer.explore.panels.moment import TOOLBAR, Moment


def show_projection(moment: Moment) -> None:
    """Draw both projections of the class and the sharpness of the posterior."""
    result = moment.result
    both = sources.projections(moment.choice.run, moment.choice.entry)
    st.caption(
        "A sample's score of a class is the mean over its 7 × 7 window of the imprint: "
        "by Eq. 7 on its most likely cell alone (argmax), by Eq. 6 on all its cells, "
        "weighted by the posterior.",
        help=tip("posterior", "window", "heat map"),
    )
    left, right = st.columns([3, 2])
    with left:
        st.markdown(
            f"**Score of {escape(moment.class_name)}** by both equations",
            width="stretch",
        )
        st.plotly_chart(
            projection.projection_figure(
                projection_curves(result, both, moment.colours),
                moment.label,
                result.info.duration_s,
            ),
            key="projection",
            config=TOOLBAR,
            alt="Frame scores by Eq. 6 and Eq. 7",
        )
        st.caption(f"Largest difference over all samples and classes: {both.gap:.4f}.")
    with right:
        found = sharpness(result.placement.weights[:, 0])
        st.markdown("**Figure 3** for this video")
        st.plotly_chart(
            projection.sharpness_figure(found, moment.colours.primary),
            key="sharpness",
            config=TOOLBAR,
            alt="Histogram of the largest posterior weight of each sample",
        )
        st.caption(
            f"{found.share:.1%} of the samples have a largest posterior (max q) over "
            f"{SHARP:g}."
        )
