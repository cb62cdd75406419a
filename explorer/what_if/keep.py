"""What is turned, kept as a run: written in the background, it joins the list."""

from pathlib import Path

import streamlit as st

from dbs_core.evaluation.what_if.knob_values import Values, written
from dbs_core.runs.keeping import require_keepable
from dbs_core.runs.places import home, run_id
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.access.writing import ask_for_token, may_write
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.own_video.jobs import JOBS
from explorer.own_video.progress import show_jobs
from explorer.own_video.work import keep_turned
from explorer.selection import page_change
from explorer.selection.sidebar import Choice


def show_keep(one: sources.Turnable, values: Values, choice: Choice) -> None:
    """Offer to write a run with what is turned, and show what is at work."""
    with st.expander("Keep as a run", key="wi_keep"):
        if may_write():
            _show_form(one, values, choice)
        else:
            ask_for_token()
        show_jobs(kept_of=str(choice.run.root))
        _show_kept(choice)


def _show_form(one: sources.Turnable, values: Values, choice: Choice) -> None:
    splits = choice.run.splits
    st.caption(
        "Writes a run with these settings, its model, and what it finds in "
        f"{many(len(splits), 'split')} ({escape(', '.join(splits))}); this run stays "
        "as it is. The least score becomes the new run's own threshold. *Shortest* is "
        "no setting: videos that the new run looks at later are not cut by it."
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
    other = st.session_state.get("wi_with") if one.subject.partner else None
    try:
        root = typed_path(text)
        if JOBS.active(root=str(root.resolve())):
            raise InputError("is being written", where=root)
        require_keepable(one.subject, values, root)
        second = sources.open_run(sources.runs()[other]) if other else None
    except InputError as error:
        show_error(error)
        return
    said = written(values) or "both runs fused"
    keep_turned(choice.run, one.subject, values, root, second, said)
    st.rerun()


def _show_kept(choice: Choice) -> None:
    """Offer to compare what was kept of this run since the server started."""
    runs = sources.runs()
    for job in JOBS.all():
        if job.about.get("kept_of") != str(choice.run.root):
            continue
        name = run_id(Path(job.about["root"]))
        if not job.active and name in runs:
            st.success(
                escape(f"Kept as {name}: {job.about['said']}."), icon=":material/check:"
            )
            st.button(
                f"Compare {escape(job.title)} with this run",
                key=f"wi_compare_{job.number}",
                on_click=page_change.open_page,
                args=("compare",),
                kwargs={"compare_with": name},
            )
