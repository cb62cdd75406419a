"""Where the explorer begins: three ways in, the idea in four pictures, and an EM."""

import streamlit as st

from dbs_core.method.backprojection.windows import frame_index
from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.provenance import data_of
from explorer import sources
from explorer.elements.escaping import escape
from explorer.elements.glossary import listed
from explorer.selection import steps
from explorer.selection.address import View
from explorer.selection.folder_form import folder_form
from explorer.selection.nothing import show_nothing
from explorer.selection.page_change import open_page
from explorer.selection.view import first_view
from explorer.start.dropped import show_drop
from explorer.start.em_replay import show_em_replay
from explorer.start.tour import offer_tour
from explorer.videos.scores_line import show_scores_line

subject = st.session_state["subject"]

st.title("See what a video imprint knows")
st.markdown(
    "The frames of a video share one small map, its **imprint**. Segmenting the map "
    "finds the actions in time: play the video, watch its window move over the map, "
    "and click any cell to see which moments live there."
)

ways = st.columns(3)
with ways[0].container(border=True, height="stretch"):
    st.subheader(":material/science: Open the sample")
    if (SAMPLE / "run.json").is_file():
        st.write("Made scenes with five sports, ready to explore.")
        st.space("stretch")
        st.button(
            "Open the sample",
            type="primary",
            width="stretch",
            on_click=open_page,
            args=("explore",),
            kwargs={"run": run_id(SAMPLE)},
        )
        offer_tour()
    else:
        st.write("The sample run is not built in this copy.")
with ways[1].container(border=True, height="stretch"):
    st.subheader(":material/movie: Look at my video")
    st.write("A trained run looks for its actions in any video file.")
    st.space("stretch")
    st.button(
        "Choose a video", width="stretch", on_click=open_page, args=("own_video",)
    )
with ways[2].container(border=True, height="stretch"):
    st.subheader(":material/folder_open: Open results")
    st.button(
        "Open a result file",
        width="stretch",
        on_click=open_page,
        args=("result_file",),
    )
    folder_form("start")

show_drop()
if subject:
    result, choice = subject.result, subject.choice
    moment = first_view(result, subject.label).time_s or 0.0
    st.subheader("The idea in four pictures")
    st.caption(
        escape(
            f"From {choice.name}: {result.video_id}. Data: {data_of(choice.run.info)}."
        )
    )
    STEPS = {
        "video": ("Video", "Where the class is seen in a frame", "mosaic"),
        "imprint": ("Imprint", "Frames that look alike share cells", "mosaic"),
        "segmentation": ("Segmentation", "Each cell gets a class", "segmentation"),
        "timeline": ("Time", "Back to the frames: truth and detections", "score"),
    }
    with st.skeleton(height=260):
        pictures = sources.teaser_pictures(
            choice.run,
            choice.entry,
            subject.label,
            frame_index(result.placement.starts_s, moment),
            st.context.theme.type or "light",
        )
        shown = {name: STEPS[name] for name in STEPS if name in pictures}
        for column, (name, (title, text, layer)) in zip(
            st.columns(len(shown)), shown.items(), strict=True
        ):
            with column:
                st.image(pictures[name], width="stretch", alt=f"{title}: {text}")
                st.page_link(
                    "app_pages/explore.py",
                    label=f"**{title}**",
                    icon=":material/arrow_forward:",
                    query_params=steps.whole(steps.START)
                    | View(time_s=moment, layer=layer).query(),
                )
                st.caption(text)
    scores = st.container()
    show_em_replay()
    with scores:
        show_scores_line(choice)  # last: the pictures do not wait for it
else:
    show_nothing()
    show_em_replay()
with st.expander("The words used here", key="glossary"):
    st.markdown(listed())
