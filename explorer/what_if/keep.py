"""What is turned, kept as a run: it joins the list at the left."""

import streamlit as st

from dbs_core.evaluation.what_if.knob_values import Values, written
from dbs_core.runs.keeping import keep
from dbs_core.runs.places import home
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress, Step
from explorer import sources
from explorer.access.paths import typed_path
from explorer.access.writing import ask_for_token, may_write
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.selection import page_change
from explorer.selection.sidebar import Choice
from explorer.sources import known_folders

KEPT = "wi_kept"


def show_keep(one: sources.Turnable, values: Values, choice: Choice) -> None:
    """Offer to write a run with what is turned."""
    with st.expander("Keep as a run", key="wi_keep"):
        name, kept = st.session_state.get(KEPT, ("", None))
        said = written(values) or "both runs fused"
        if name in sources.runs() and kept == (choice.run_id, said):
            st.success(escape(f"Kept as {name}: {said}."), icon=":material/check:")
            st.button(
                "Compare it with this run",
                key="wi_compare",
                on_click=page_change.open_page,
                args=("compare",),
                kwargs={"compare_with": name},
            )
        if not may_write():
            ask_for_token()
            return
        st.caption(
            f"Writes a run with these settings, its model, and what it finds in split "
            f"{escape(choice.split)}; this run stays as it is. The least score becomes "
            "the new run's own threshold. *Shortest* is no setting: videos that the "
            "new run looks at later are not cut by it."
        )
        with st.form("wi_keep_form", border=False):
            text = st.text_input(
                "New folder on this computer",
                key="wi_folder",
                placeholder=str(home() / f"{choice.name}-turned"),
            )
            if st.form_submit_button("Keep", type="primary"):
                _keep(text, one, values, choice)


def _keep(text: str, one: sources.Turnable, values: Values, choice: Choice) -> None:
    bar = st.progress(0.0, "Writing")

    def report(step: Step) -> None:
        bar.progress(step.done / max(step.total, 1), f"Writing {escape(step.detail)}")

    other = st.session_state.get("wi_with") if one.subject.partner else None
    second = sources.open_run(sources.runs()[other]) if other else None
    try:
        root = typed_path(text)
        keep(
            choice.run,
            one.subject,
            values,
            root,
            second=second,
            progress=Progress(report),
        )
        known_folders.add(root, keep=True)
    except InputError as error:
        bar.empty()
        show_error(error)
        return
    (name,) = sources.runs_in(root)
    said = written(values) or "both runs fused"
    st.session_state[KEPT] = name, (choice.run_id, said)
    st.rerun()
