"""A data set on this computer: named in one place, built in the background.

The same as `python -m dbs_core library`; either goes on where the other stopped.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from dbs_core.datasets import Elsewhere
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

if TYPE_CHECKING:
    from dbs_core.training.library import Folders


def show_library() -> None:
    """Draw the form, and the libraries that are there."""
    st.title("A data set on this computer")
    st.write(
        "THUMOS'14 and ActivityNet cannot be shipped. Where you have one, name its "
        "folders once: a run is trained on its training videos, then those it is "
        "judged on are looked at, one after the other. Results can be browsed while "
        "they come, and a stopped library goes on where it was."
    )
    with st.form("library"):
        root = st.text_input(
            "Folder with the class list and annotation, or a JSON or CSV",
            key="library_root",
            placeholder="/data/thumos14",
            help="detclasslist.txt, annotation folders; the videos too, if they lie in "
            "validation/ and test/. Or a JSON in ActivityNet's layout (HACS's and "
            "FineAction's too) or a CSV with columns video, start, end, label and "
            "perhaps split, with the videos beside it or in the folders below.",
        )
        left, right = st.columns(2)
        validation = left.text_input(
            "Its validation videos, if elsewhere", key="library_validation"
        )
        test = right.text_input("Its test videos, if elsewhere", key="library_test")
        left, right = st.columns(2)
        folders = left.text_area(
            "Of a JSON or CSV: folders of its videos, one a line",
            key="library_videos",
            height=68,
        )
        split_file = right.text_input(
            "Of a JSON or CSV: file of its splits",
            key="library_split_file",
            help="Lines 'video train', 'video validation' or 'video test'.",
        )
        run = st.text_input(
            "Folder of the run", value=str(home() / "thumos14"), key="library_run"
        )
        leave_out = st.checkbox(
            "Train although some videos cannot be used",
            key="library_leave_out",
            help="Damaged and missing videos are left out, and the run names them. "
            "Otherwise the training stops and says which they are.",
        )
        buttons = st.container(horizontal=True)
        check = buttons.form_submit_button("Check the folders")
        build = buttons.form_submit_button("Build in the background", type="primary")
    if (check or build) and not root.strip():
        show_error(InputError("no folder is given", cure="name that of the class list"))
    elif check or build or st.session_state.pop("library_looked", None) == root:
        texts = Texts(root, validation, test, folders, split_file)
        _look(texts, run, build, leave_out)
    _show_known()


class Texts(NamedTuple):
    """What is typed about where the data lies."""

    root: str
    validation: str
    test: str
    folders: str
    split_file: str

    def paths(self) -> "Folders":
        """Give the folders, each looked at whether it may be opened from here.

        Raises:
            InputError: one may not, or is no path.
        """
        from dbs_core.training.library import Folders

        first, second, splits = (
            typed_path(text) if text.strip() else None
            for text in (self.validation, self.test, self.split_file)
        )
        apart = tuple(typed_path(t) for t in self.folders.splitlines() if t.strip())
        return Folders(typed_path(self.root), first, second, Elsewhere(apart, splits))


def _look(texts: Texts, run: str, build: bool, leave_out: bool) -> None:
    """Say what the folders hold; then build, where that is wanted."""
    from dbs_core.method.settings import Settings
    from dbs_core.training.library import Work, survey
    from explorer.own_video.work import build_library

    try:
        folders, target = texts.paths(), typed_path(run)
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
