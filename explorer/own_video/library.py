"""THUMOS'14 on this computer: its folders named in one place, built in the background.

The same as `python -m dbs_core library`; either goes on where the other stopped.
"""

from pathlib import Path

import streamlit as st

from dbs_core.runs.names import run_names
from dbs_core.runs.places import find_runs, home, run_id
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.own_video.jobs import JOBS
from explorer.selection.page_change import open_page


def show_library() -> None:
    """Draw the form, and the libraries that are there."""
    st.title("THUMOS'14 on this computer")
    st.write(
        "THUMOS'14 cannot be shipped. Where you have it, name its folders once: a run "
        "is trained on the validation videos, then the test videos are looked at, one "
        "after the other. Results can be browsed while they come, and a stopped "
        "library goes on where it was."
    )
    with st.form("library"):
        root = st.text_input(
            "Folder with the class list and annotation",
            key="library_root",
            placeholder="/data/thumos14",
            help="detclasslist.txt, annotation folders; the videos too, if they lie in "
            "validation/ and test/.",
        )
        left, right = st.columns(2)
        validation = left.text_input(
            "Validation videos, if elsewhere", key="library_validation"
        )
        test = right.text_input("Test videos, if elsewhere", key="library_test")
        run = st.text_input(
            "Folder of the run", value=str(home() / "thumos14"), key="library_run"
        )
        leave_out = st.checkbox(
            "Train although some videos cannot be used",
            key="library_leave_out",
            help="Damaged videos are left out, and the run names them. Otherwise the "
            "training stops and says which they are.",
        )
        buttons = st.container(horizontal=True)
        check = buttons.form_submit_button("Check the folders")
        build = buttons.form_submit_button("Build in the background", type="primary")
    if (check or build) and not root.strip():
        show_error(InputError("no folder is given", cure="name that of the class list"))
    elif check or build:
        _look(root, validation, test, run, build, leave_out)
    _show_known()


def _look(
    root: str, validation: str, test: str, run: str, build: bool, leave_out: bool
) -> None:
    """Say what the folders hold; then build, where that is wanted."""
    from dbs_core.method.settings import Settings
    from dbs_core.training.library import Folders, Work, survey
    from explorer.own_video.work import build_library

    try:
        videos = [typed_path(t) if t.strip() else None for t in (validation, test)]
        folders, target = Folders(typed_path(root), *videos), typed_path(run)
        with st.spinner("Looking at the folders"):
            found = survey(folders, target)
        counts = ", ".join(f"{n} {split}" for split, n in found.videos.items())
        st.success(
            escape(
                f"{found.name}: {many(found.classes, 'class')}, {counts} videos, "
                f"{found.bytes / 1e9:.2g} GB"
            ),
            icon=":material/check_circle:",
        )
        for problem in found.problems:
            st.warning(escape(problem), icon=":material/warning:")
        if build:
            build_library(folders, Work(target, Settings(), leave_out=leave_out))
            st.rerun()
    except InputError as error:
        show_error(error)


def _show_known() -> None:
    """List the libraries that were begun, with how far they are."""
    from dbs_core.training.library import finished, remembered

    found = [
        (root, folders)
        for root in {**sources.runs(), **find_runs([home()])}.values()
        if (folders := remembered(root)) is not None
    ]
    names = run_names({run_id(root): root for root, _ in found})
    for root, folders in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            done = finished(root)
            st.markdown(
                f"**{escape(names[run_id(root)])}** · {escape(str(folders.root))} · "
                f"{many(done, 'result')} so far"
            )
            st.space("stretch")
            if done:
                st.button(
                    "Explore",
                    key=f"library_open_{run_id(root)}",
                    on_click=open_page,
                    args=("videos",),
                    kwargs={"run": run_id(root)},
                )
            if not JOBS.active(library=str(root)) and st.button(
                "Go on", key=f"library_go_{run_id(root)}"
            ):
                _go_on(root)


def _go_on(root: Path) -> None:
    from dbs_core.method.settings import Settings
    from dbs_core.runs.run import Run
    from dbs_core.runtime import store
    from dbs_core.training.library import Work, leaves_out, remembered
    from explorer.own_video.work import build_library

    folders, info = remembered(root), Run.open(root).info
    if folders is not None:
        try:
            settings = store.from_json(Settings, info.settings)
        except store.MISFITS as error:
            raise InputError("no valid settings", where=root, because=error) from error
        build_library(
            folders, Work(root, settings, info.seed, leave_out=leaves_out(root))
        )
        st.rerun()
