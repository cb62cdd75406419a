"""Dear knobs: what only a training can change, what it takes, and the training.

It goes on in the background while pages change, and joins the list at the left.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dbs_core.evaluation.what_if.dear_knobs import (
    DEAR,
    SEED,
    dear_settings,
    dear_values,
)
from dbs_core.evaluation.what_if.knob_values import Values, written
from dbs_core.runs.places import home, run_id
from dbs_core.runs.run import own_dataset
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.access.writing import ask_for_token, may_write
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.own_video.card import spoken
from explorer.own_video.jobs import JOBS
from explorer.own_video.progress import show_jobs
from explorer.own_video.work import LIBRARY_LANE, train_anew
from explorer.selection import page_change
from explorer.selection.sidebar import Choice
from explorer.what_if.dear_panel import is_asked, read_dear, show_dear, take_dear

if TYPE_CHECKING:
    from dbs_core.training.anew import Anew
    from dbs_core.training.outlook import Outlook

ASKED = "anew_asked"
"""In the session: of which run what was asked for, and what that takes."""


def show_anew(choice: Choice) -> None:
    """Offer to train the run anew, and show what is at work."""
    title = "Train anew: grid, FCN, start, head, members (dear)"
    with st.expander(title, expanded=is_asked(), key="wi_anew"):
        if not may_write():
            ask_for_token("anew_token")  # "Keep as a run" asks above
        else:
            _show_form(choice)
        show_jobs(like=str(choice.run.root))
        _show_trained(choice)


def _show_form(choice: Choice) -> None:
    try:
        settings = settings_of(choice.run)
    except InputError as error:
        show_error(error)
        return
    st.caption(
        "These are in the model, so a run of its own is trained: the same data and "
        "all other settings, in a folder beside. First see what it takes."
    )
    gone = not own_dataset(choice.run).exists()
    if gone:
        st.warning(
            "The data set that this run was trained on is not where it was: name below "
            "where it lies now.",
            icon=":material/folder_off:",
        )
    of = choice.run_id
    stand = dear_values(settings, choice.run.info.seed)
    with st.form("wi_anew_form", border=False):
        show_dear(of, stand)
        folder = st.text_input(
            "Folder of the new run",
            key=f"anew_folder_{of}",
            placeholder=str(home() / f"{choice.name}-anew"),
        )
        left, right = st.columns(2)
        data = left.text_input(
            "Its data set, if it lies elsewhere now", key=f"anew_data_{of}"
        )
        cache = right.text_input(
            "Folder of kept features, if not the run's own",
            key=f"anew_cache_{of}",
            help="The one that --cache named. Features that are there are taken.",
        )
        if st.form_submit_button(
            "See what it takes", on_click=take_dear, args=(of, stand)
        ):
            _ask(choice, read_dear(), (folder, data, cache))
    asked = st.session_state.get(ASKED)
    if asked and asked[:2] == (choice.run.root, written(read_dear(), DEAR)):
        _show_asked(*asked[2:])


def _ask(choice: Choice, values: Values, texts: tuple[str, str, str]) -> None:
    """Look at the data, and time a little of the work."""
    st.session_state.pop(ASKED, None)
    try:
        root = typed_path(texts[0])
        data, cache = (typed_path(t) if t.strip() else None for t in texts[1:])
        with st.spinner("Counting frames and timing a few", show_time=True):
            from dbs_core.training.anew import plan
            from dbs_core.training.outlook import outlook

            wanted = plan(
                choice.run,
                root,
                dear_settings(values),
                seed=int(float(values.get(SEED, choice.run.info.seed))),
                split=choice.split,
                data=data,
                cache=cache,
            )
            of = choice.run.root, written(values, DEAR)
            st.session_state[ASKED] = *of, wanted, outlook(wanted)
    except InputError as error:
        show_error(error)


def _show_asked(wanted: "Anew", found: "Outlook") -> None:
    """Say what it takes, the commands, and the button."""
    from dbs_core.cli.train_command import commands, unsaid

    counts = found.counts
    parts = {
        "features": found.features_s,
        "imprints": found.imprints_s,
        "FCN": found.network_s,
        "control and head": found.heads_s,
    }
    listed = ", ".join(f"{name} {spoken(s)}" for name, s in parts.items() if s)
    st.markdown(
        f":material/timer: **About {spoken(found.total_s)}** on this computer: "
        f"{listed} (timed just now on a few frames and one batch; other work beside "
        "it makes it longer)."
    )
    st.caption(
        f"{many(counts.imprints, 'imprint')} of {counts.learnt} frames to learn from, "
        f"{counts.seen} frames to look at. "
        + escape(_reused(counts.learnt + counts.seen, counts.unkept, wanted))
        + f" Disk: about {found.stays / 1e6:.0f} MB, and {found.meanwhile / 1e6:.0f} "
        "MB while it trains."
    )
    if missing := unsaid(wanted.settings):
        st.info(
            f"No option of the command says {escape(', '.join(missing))}; the button "
            "takes all settings over.",
            icon=":material/terminal:",
        )
    else:
        st.code(commands(wanted), language="bash", wrap_lines=True)
    before = [job for job in JOBS.active() if job.lane == LIBRARY_LANE]
    same = JOBS.active(root=str(wanted.root.resolve()))
    if before and not same:
        st.caption(f"It waits for {many(len(before), 'training')} at work before it.")
    if st.button(
        "Train in the background",
        key="anew_start",
        type="primary",
        icon=":material/model_training:",
        disabled=bool(same),
    ):
        train_anew(wanted)
        st.rerun()


def _reused(frames: int, unkept: int, wanted: "Anew") -> str:
    """Say how far kept features reach."""
    if not unkept:
        return f"Kept features are used again ({wanted.cache})."
    if unkept < frames:
        return f"Features of about {frames - unkept} frames are kept ({wanted.cache})."
    return f"No features are kept yet; they will be in {wanted.cache}."


def _show_trained(choice: Choice) -> None:
    """Offer to compare what was trained from this run since the server started."""
    runs = sources.runs()
    for job in JOBS.all():
        if job.state != "done" or job.about.get("like") != str(choice.run.root):
            continue
        name = run_id(Path(job.about["root"]))
        if name in runs:
            st.button(
                f"Compare {escape(job.title)} with this run",
                key=f"anew_compare_{job.number}",
                on_click=page_change.open_page,
                args=("compare",),
                kwargs={"compare_with": name},
            )
