"""The entry script: page frame, shared selectors, navigation. Run it by run_app.py."""

from pathlib import Path

import streamlit as st

from dbs_core.runtime.errors import InputError
from explorer.elements.errors import show_error
from explorer.own_video.note import show_note
from explorer.result_file import choice as file_choice
from explorer.selection import page_change, pages_bar, sidebar, steps, view
from explorer.selection.first_place import open_first_place

LOGO = Path(__file__).resolve().parent / "logo.svg"

st.set_page_config(
    page_title="DBS explorer",
    page_icon=str(LOGO),
    layout="wide",
    initial_sidebar_state=250,
)
st.logo(str(LOGO), size="large")

PAGES = [
    st.Page(
        "app_pages/start.py",
        title="Start",
        icon=":material/home:",
        default=True,
        help="Three ways in, and the idea in four pictures.",
    ),
    st.Page(
        "app_pages/videos.py",
        title="Videos",
        icon=":material/video_library:",
        help="All videos of a split: search, filter, worst first.",
    ),
    st.Page(
        "app_pages/explore.py",
        title="Explore",
        icon=":material/grid_view:",
        help="One video: its frames, its imprint, what was found and why.",
    ),
    st.Page(
        "app_pages/errors.py",
        title="Errors",
        icon=":material/troubleshoot:",
        help="What goes wrong in a whole split, what it costs, and each clip behind.",
    ),
    st.Page(
        "app_pages/compare.py",
        title="Compare",
        icon=":material/compare_arrows:",
        help="This run beside another, or a result file: what got better, what worse.",
    ),
    st.Page(
        "app_pages/what_if.py",
        title="What if",
        icon=":material/tune:",
        help="Another threshold, overlap or weight: what it would do to the split.",
    ),
    st.Page(
        "app_pages/own_video.py",
        title="Your videos",
        icon=":material/movie:",
        help="Look for actions in a video of yours, or build a library of THUMOS'14.",
    ),
    st.Page(
        "app_pages/result_file.py",
        title="Result file",
        icon=":material/description:",
        help="Detections of any method from a file, beside the truth.",
    ),
    st.Page(
        "app_pages/paper.py",
        title="Paper",
        icon=":material/article:",
        help="The paper's figures and tables from this run, beside what is printed.",
    ),
]

page = st.navigation(PAGES, position="hidden")
name = page.url_path or steps.START
bar = st.container()
arrived = steps.take_in(name)
open_first_place(name)
st.session_state["class_chosen"] = False
problem = None
for part in ("subject", "choice", "nothing"):
    st.session_state[part] = None
try:
    if name == "result_file":  # it is about a file, not about a run
        st.session_state["subject"] = file_choice.choose(arrived=arrived)
    else:
        chosen = sidebar.choose()
        part = "subject" if isinstance(chosen, sidebar.Subject) else "nothing"
        st.session_state[part] = chosen
        if isinstance(chosen, sidebar.Subject):
            view.settle_run(chosen, arrived=arrived)
except InputError as error:
    problem = error
if page_change.is_wanted():
    page_change.change_page()
else:
    steps.write()
pages_bar.show_bar(bar, PAGES)
if problem:
    show_error(problem)
# A video whose result cannot be read is no reason to hide the others.
if not problem or name != "explore":
    page.run()
if name != "own_video":
    show_note()
