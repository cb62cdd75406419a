"""The posterior of the chosen moment over the grid."""

import streamlit as st

from dbs_core.evaluation.result_rows import posterior_rows
from explorer.elements.glossary import tip
from explorer.explore.figures import grids
from explorer.explore.panels.moment import TOOLBAR, Moment


def show_posterior(moment: Moment) -> None:
    """Draw on which cells the sample lies, and by how much."""
    placement, index = moment.result.placement, moment.index
    places = posterior_rows(placement, index)
    st.caption(
        "The posterior says where on the imprint a sample lies: a weight for each "
        "cell, 1 in all.",
        help=tip("posterior", "location", "window"),
    )
    left, right = st.columns([3, 2])
    figure = grids.posterior_figure(places, placement, moment.colours)
    grids.add_window(figure, placement, placement.best[index], moment.colours.primary)
    with left:
        st.plotly_chart(
            figure,
            key="posterior",
            config=TOOLBAR,
            alt=f"Posterior of the sample at {moment.time_s:.1f} s over the imprint",
        )
    with right:
        st.markdown(f"**{moment.words}** lies on")
        st.dataframe(
            places,
            hide_index=True,
            height=250,
            alt="Cells of the sample with their weights",
            column_config={
                "row": "Cell: row",
                "column": "Cell: column",
                "weight": st.column_config.ProgressColumn(
                    "Weight", format="%.4f", min_value=0, max_value=1
                ),
            },
        )
        st.caption(
            "The cell is the top-left one of the 7 × 7 window, which wraps around. "
            "What is missing to 1 was below float precision or not kept."
        )
