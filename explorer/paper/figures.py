"""The paper's figures from the chosen run: drawn when asked for, ready for print."""

import streamlit as st

from dbs_core.paper.figures.drawing import TITLES, PaperFigure
from dbs_core.pictures.printing import KINDS
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.elements.escaping import escape
from explorer.explore.panels.export import MIMES
from explorer.selection import steps
from explorer.selection.page_change import open_page
from explorer.selection.sidebar import Choice

ITSELF = "chosen by the figure"
SHOWN_WIDTH = {1: 1100, 2: 560, 3: 620, 4: 1100}
PAPER = {
    1: "**In the paper**, Figure 1 shows this path for one video: frames, the imprint "
    "(“black cube”), the score maps (“blue cube”), and the scores back in time.",
    2: "**In the paper**, Figure 2 shows how actions in time become annotation maps on "
    "the imprint (Eq. 5, τ = 4), over the mean images of the frames that lie there.",
    3: "**In the paper**, Figure 3 counts ten thousand frames of randomly chosen "
    "videos on a logarithmic axis: nearly all have a largest posterior close to 1, "
    "which is why Eq. 7 may stand for Eq. 6.",
    4: "**In the paper**, Figure 4 shows detections in time and, as heat maps, the "
    "score map of the predicted class in frames (Eq. 7).",
}


def show_figures(choice: Choice) -> None:
    """Draw the choice of figure and video, the figure, and its downloads."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps.hold("paper", "paper_figure", TITLES)
        number = st.segmented_control(
            "Figure",
            list(TITLES),
            format_func=lambda n: f"Figure {n}",
            required=True,
            key="paper_figure",
            persist_state="session",
        )
        st.space("stretch")
        video = st.selectbox(
            "Video shown",
            [ITSELF, *choice.videos],
            key="paper_video",
            width=320,
            filter_mode="contains",
            disabled=number == 3,
        )
    named = None if video == ITSELF or number == 3 else video
    st.subheader(TITLES[number])
    with st.container(key="paper_picture"), st.skeleton(height=420):
        try:
            figure, png = sources.paper_figure(choice.run, choice.split, number, named)
        except InputError as error:
            st.info(escape(error.without_content), icon=":material/info:")
            return
        st.image(
            png,
            width=SHOWN_WIDTH[number],
            alt=f"Figure {number}: {TITLES[number]}",
        )
    _below(choice, figure)


def _below(choice: Choice, figure: PaperFigure) -> None:
    """Say what is shown and where it comes from; offer the files."""
    st.markdown(PAPER[figure.number])
    st.caption(escape(" ".join((*figure.notes, figure.provenance))))
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind in KINDS:
            st.download_button(
                kind.upper(),
                lambda kind=kind: figure.picture(kind),
                f"{figure.stem}.{kind}",
                MIMES[kind],
                key=f"paper_{figure.stem}_{kind}",
                on_click="ignore",
                icon=":material/download:",
            )
        for video_id in figure.videos:
            st.button(
                f"Explore {escape(video_id)}",
                key=f"paper_explore_{video_id}",
                icon=":material/grid_view:",
                type="tertiary",
                on_click=open_page,
                args=("explore",),
                kwargs={"video": video_id},
            )
    with st.expander("The command that draws all four"):
        st.code(
            f"python -m dbs_core figures --run {choice.run.root} "
            f"--split {choice.split} --to figures",
            language="bash",
        )
