"""Jobs as the page shows them: stage by stage, with a button to stop."""

import time

import streamlit as st

from dbs_core.progress import Step
from explorer.escaping import escape
from explorer.jobs import JOBS, Job
from explorer.own.card import spoken

STAGES = {
    "open": "Opening",
    "parts": "Part",
    "videos": "Videos",
    "features": "Features",
    "imprint": "Imprint",
    "imprints": "Imprints",
    "describe": "Descriptors",
    "segment": "Segmentation",
    "train": "Training the network",
    "control": "Training the control",
    "detect": "Detecting",
}
EVERY_S = 1.0


def show_jobs() -> None:
    """Draw all jobs; redrawn every second while one is at work."""
    jobs = JOBS.all()
    if not jobs:
        return
    st.subheader("At work")
    busy = any(job.active for job in jobs)
    st.fragment(_show_all, run_every=EVERY_S if busy else None)()


def _show_all() -> None:
    jobs = JOBS.all()
    state = {job.number: job.active for job in jobs}
    before = st.session_state.get("own_jobs", state)
    st.session_state["own_jobs"] = state
    if any(active and not state.get(number) for number, active in before.items()):
        st.rerun()  # one has ended: the lists of the page change
    for job in jobs:
        with st.container(border=True):
            _show(job, ahead=_ahead(job, jobs))


def _ahead(job: Job, jobs: tuple[Job, ...]) -> int:
    return sum(
        other.active and other.lane == job.lane and other.number < job.number
        for other in jobs
    )


def _show(job: Job, ahead: int) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        st.markdown(f"**{escape(job.title)}** · {state_words(job, ahead)}")
        if job.state == "running" and job.stage:
            step = job.steps[job.stage]
            st.progress(share(step), stage_words(job, step))
        if job.error:
            st.error(escape(job.error), icon=":material/error:")
        if passed := [stage_name(stage) for stage in job.steps if stage != job.stage]:
            st.caption("Done or under way: " + ", ".join(passed))
    if job.active:
        right.button(
            "Stop",
            key=f"job_stop_{job.number}",
            on_click=job.stop,
            disabled=job.stopping,
            icon=":material/stop_circle:",
            width="stretch",
        )
    else:
        right.button(
            "Dismiss",
            key=f"job_dismiss_{job.number}",
            on_click=JOBS.dismiss,
            args=(job,),
            width="stretch",
        )


def state_words(job: Job, ahead: int) -> str:
    """Say in words how a job stands."""
    if job.stopping:
        return "stopping"
    if job.state == "waiting":
        return f"waiting, {ahead} before it"
    words = {
        "running": "at work for",
        "done": "done in",
        "stopped": "stopped; what was finished is kept. After",
        "failed": "failed after",
    }[job.state]
    return f"{words} {spoken(job.seconds)}"


def stage_name(stage: str) -> str:
    """Name a stage for people."""
    return STAGES.get(stage, stage)


def stage_words(job: Job, step: Step) -> str:
    """Say what a job is doing, and how long this stage will go on."""
    words = stage_name(step.stage)
    if step.total > 1:
        words += f" {step.done} of {step.total}"
    parts = job.steps.get("parts")
    if parts is not None and parts.total > 1 and step.stage != "parts":
        words += f", part {parts.done + 1} of {parts.total}"
    took_s, done = time.monotonic() - job.stage_started, share(step)
    if done > 0.05 and took_s > 2:
        words += f", about {spoken(took_s * (1 - done) / done)} left of it"
    return escape(words)


def share(step: Step) -> float:
    """Give how much of a stage is done, 0 to 1."""
    return min(max(step.done / max(step.total, 1), 0.0), 1.0)
