"""How the EM laid the frames out: likelihood and places per iteration."""

import streamlit as st

from explorer.elements.glossary import tip
from explorer.explore.figures import em
from explorer.explore.panels.moment import TOOLBAR, Moment


def show_em(moment: Moment) -> None:
    """Draw the replay and the likelihood."""
    result = moment.result
    if not len(result.trace):
        st.caption("This result holds no trace of the EM.")
        return
    st.caption(
        "EM (expectation-maximisation) makes the imprint: each iteration asks where "
        "every sample fits best, then makes each cell the mean of what lies on it. The "
        "likelihood says how well all samples fit, and never falls.",
        help=tip("imprint", "EM", "log-likelihood"),
    )
    left, right = st.columns([3, 2])
    with left:
        st.plotly_chart(
            em.replay_figure(result, moment.index, moment.colours.wrong),
            key="em_replay",
            config=TOOLBAR,
            alt="Samples on each cell of the imprint, iteration by iteration",
        )
    with right:
        st.plotly_chart(
            em.likelihood_figure(result, moment.colours.primary),
            key="em_likelihood",
            config=TOOLBAR,
            alt=f"Log-likelihood over {len(result.log_likelihood)} iterations",
        )
        st.caption(
            "Each sample on its most likely cell after each iteration; the outline is "
            f"the window of the sample at {moment.time_s:.1f} s."
        )
