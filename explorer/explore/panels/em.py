"""How the EM laid the frames out: likelihood and places per iteration."""

import streamlit as st

from explorer.explore.figures import em
from explorer.explore.panels.moment import TOOLBAR, Moment


def show_em(moment: Moment) -> None:
    """Draw the replay and the likelihood."""
    result = moment.result
    if not len(result.trace):
        st.caption("This result holds no trace of the EM.")
        return
    left, right = st.columns([3, 2])
    with left:
        st.plotly_chart(
            em.replay_figure(result, moment.index),
            key="em_replay",
            config=TOOLBAR,
            alt="Frames on each cell of the imprint, iteration by iteration",
        )
    with right:
        st.plotly_chart(
            em.likelihood_figure(result),
            key="em_likelihood",
            config=TOOLBAR,
            alt=f"Log-likelihood over {len(result.log_likelihood)} iterations",
        )
        st.caption(
            "Each frame at its most likely place after each iteration; the outline is "
            f"the window of the frame at {moment.time_s:.1f} s. The likelihood never "
            "falls."
        )
