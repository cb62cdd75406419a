"""The posterior of the chosen moment over the grid."""

import streamlit as st

from dbs_core.evaluation.result_rows import posterior_rows
from dbs_core.pictures.layers import posterior_map
from explorer.explore.figures import grids
from explorer.explore.panels.moment import TOOLBAR, Moment


def show_posterior(moment: Moment) -> None:
    """Draw where the frame lies, and by how much."""
    placement, index = moment.result.placement, moment.index
    left, right = st.columns([3, 2])
    figure = grids.map_figure(posterior_map(placement, index), name="weight", top=1.0)
    grids.add_ground(figure, placement, moment.colours.border)
    grids.add_window(figure, placement, placement.best[index], moment.colours.primary)
    with left:
        st.plotly_chart(
            figure,
            key="posterior",
            config=TOOLBAR,
            alt=f"Posterior of the frame at {moment.time_s:.1f} s over the imprint",
        )
    with right:
        st.markdown(f"**Frame at {moment.time_s:.1f} s** lies at")
        st.dataframe(
            posterior_rows(placement, index),
            hide_index=True,
            height=250,
            alt="Locations of the frame with their weights",
            column_config={
                "weight": st.column_config.ProgressColumn(
                    format="%.4f", min_value=0, max_value=1
                )
            },
        )
        st.caption(
            "A location is the top-left cell of the 7 × 7 window, which wraps around. "
            "What is missing to 1 was below float precision or not kept."
        )
