"""Segmentation maps as small multiples: what was predicted, what the truth says."""

import streamlit as st

from dbs_core.pictures.layers import score_map
from dbs_core.pictures.truth_map import truth_maps
from dbs_core.records import BACKGROUND, classes_present
from dbs_core.runtime.amounts import many
from explorer.elements.glossary import tip
from explorer.explore.figures import grids
from explorer.explore.panels.moment import TOOLBAR, Moment

COLUMNS = 6


def show_segmentation(moment: Moment) -> None:
    """Draw the maps of the classes present, and of background."""
    result = moment.result
    present = classes_present(result)
    others = [moment.label] if moment.label not in present else []
    labels = [*[*others, *present][: COLUMNS - 1], BACKGROUND]
    rows = [("predicted", tuple(score_map(result.grid, x) for x in labels))]
    truth = truth_maps(result, labels)
    if truth is not None:
        rows.append(("truth", truth))
    titles = [moment.classes.name_of(x) for x in labels]
    st.plotly_chart(
        grids.maps_figure(rows, titles),
        width=min(130 + 230 * len(titles), 1300),
        key="segmentation",
        config=TOOLBAR,
        alt=f"Class maps of the imprint for {', '.join(titles)}",
    )
    left_out = len(present) - (COLUMNS - 1 - len(others))
    more = f" Not shown: {many(left_out, 'more class')}." if left_out > 0 else ""
    st.caption(
        "Predicted: the class probability of each cell that holds samples. Truth: the "
        "share of each class among the samples that lie on a cell." + more,
        help=tip("segmentation map", "annotation map", "background"),
    )
