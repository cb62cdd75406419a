"""What stands in place of a page that has nothing to show: why, and the way on."""

from dataclasses import dataclass

import streamlit as st

from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.elements.no_run import show_no_run
from explorer.selection.folder_form import folder_form
from explorer.selection.links import Missing, choose_instead


@dataclass(frozen=True)
class WithoutResults:
    """A run that has found nothing yet."""

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
        _show_without_results(why.run)
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
            on_click=choose_instead,
            args=("video", missing.near),
        )
    with st.container(width=420):
        folder_form("missing")


def _show_without_results(run: Run) -> None:
    show_no_run()
