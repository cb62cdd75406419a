"""Pictures for a paper: PNG, SVG and PDF drawn by Matplotlib from the same records."""

import streamlit as st

from explorer.explore.panels import downloads
from explorer.explore.panels.annotated import offer_annotated
from explorer.explore.panels.moment import Moment

MIMES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


def show_export(moment: Moment) -> None:
    """Draw the choice of picture, a preview and the download buttons; the video too."""
    left, right = st.columns([1, 3])
    with left:
        name = st.selectbox("Picture", list(downloads.PICTURES), key="export_picture")
        st.radio("Colours", ["light", "dark"], key="export_colours", horizontal=True)
    with right, st.skeleton(height=220):
        picture = downloads.draw(name, moment, st.session_state["export_colours"])
        if picture is None:
            st.caption(downloads.MISSING[name])
        else:
            st.image(picture("png"), width="stretch", alt=f"Preview: {name}")
    with left:
        for kind, mime in MIMES.items() if picture is not None else ():
            st.download_button(
                f"Download {kind.upper()}",
                lambda kind=kind: picture(kind),
                downloads.file_name(moment, name, kind),
                mime,
                key=f"export_{kind}",
                on_click="ignore",
                icon=":material/download:",
                width="stretch",
            )
        offer_annotated(moment)
