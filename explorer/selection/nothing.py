"""What stands in place of a page that has nothing to show: why, and the way on."""

import shlex
from dataclasses import dataclass

import streamlit as st

from dbs_core.runs.run import Run, is_fusion, own_dataset
from dbs_core.runtime.errors import InputError
from explorer.access.writing import may_write
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.elements.no_run import show_no_run
from explorer.own_video.jobs import JOBS
from explorer.selection.folder_form import folder_form
from explorer.selection.links import Missing, choose


@dataclass(frozen=True)
class WithoutResults:
    """A run that has found nothing yet."""

    name: str
    run: Run


Nothing = Missing | WithoutResults | InputError | None
"""Why there is nothing to show: `None` where there is no run at all."""


def show_nothing() -> None:
    """Say why there is nothing to show, and offer what helps."""
    why: Nothing = st.session_state["nothing"]
    if isinstance(why, Missing):
        _show_missing(why)
    elif isinstance(why, InputError):
        st.title("This run cannot be opened")
        show_error(why)
        st.write("Other runs are not touched by this: choose one at the left.")
    elif isinstance(why, WithoutResults):
        _show_without_results(why)
    else:
        show_no_run()


def _show_missing(missing: Missing) -> None:
    st.title(f"This {missing.what} is not here")
    if missing.what == "run":
        st.write(
            f"The run “{escape(missing.name)}” is not among those that are known here. "
            "Name its folder, or choose another run at the left."
        )
        with st.container(width=420):
            folder_form("missing")
        return
    st.write(
        f"The link names the video “{escape(missing.name)}”, which is not in "
        f"{escape(missing.where)}. Choose another video at the left, or name the "
        "folder of the run that has it."
    )
    if missing.near:
        st.button(
            f"Open “{escape(missing.near)}”",
            key="open_near",
            on_click=choose,
            args=("video", missing.near),
        )
    with st.container(width=420):
        folder_form("missing")


def _show_without_results(without: WithoutResults) -> None:
    """Say what a run lacks, and offer to detect where it has what that takes."""
    run, place = without.run, shlex.quote(str(without.run.root))
    if not run.model_path.is_file():
        st.title("This run is not trained yet")
        st.write(
            f"The run {escape(without.name)} has no model and no results. If no "
            "training is at work, give the same command again; it goes on."
        )
        st.code(f"python -m dbs_core train DATASET --run {place}", language="bash")
        st.code(f"python -m dbs_core detect VIDEO --run {place}", language="bash")
        return
    st.title("This run has no results yet")
    st.write(
        f"The run {escape(without.name)} is trained, and has not looked at any video."
    )
    if not is_fusion(run) and may_write() and own_dataset(run).is_dir():
        _offer_to_detect(without)
        st.write("In a terminal, with these or other videos:")
    else:
        st.write("To look for actions in videos:")
    st.code(f"python -m dbs_core detect VIDEOS --run {place}", language="bash")


def _offer_to_detect(without: WithoutResults) -> None:
    """Start the work in the background; results can be looked at as they come."""
    root = str(without.run.root)
    if JOBS.active(detect=root):
        st.info(
            "It is looked at now; the sidebar says how far it is.",
            icon=":material/hourglass_top:",
        )
        st.button("Show what there is", key="show_results")  # runs the page again
        return
    for job in JOBS.all():
        if job.about.get("detect") == root and job.state == "failed":
            st.error(escape(job.error), icon=":material/error:")
    if st.button(
        "Look at the test videos of its data set",
        key="detect_own",
        type="primary",
        help="In the background; results appear one by one, and what was stopped goes "
        "on.",
    ):
        from explorer.own_video.work import detect_in_own

        detect_in_own(without.run, without.name)
        st.rerun()
