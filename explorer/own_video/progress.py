"""Jobs as the page shows them: stage by stage, with a button to stop."""

import time
from collections.abc import Mapping

import streamlit as st

from dbs_core.runtime.progress import Step
from explorer.elements.escaping import escape
from explorer.own_video.card import spoken
from explorer.own_video.jobs import AROUND, JOBS, Job
from explorer.own_video.work import KEEP_LANE, LIBRARY_LANE, VIDEO_LANE

STAGES = {
    "open": "Opening",
    "parts": "Part",
    "videos": "Features of video",
    "features": "Features",
    "imprint": "Imprint",
    "imprints": "Imprints",
    "describe": "Descriptors",
    "segment": "Segmentation",
    "train": "Training the network",
    "control": "Training the control",
    "read back": "Reading the imprints back",
    "head": "Training the head",
    "control head": "Training the control's head",
    "held out": "Choosing the score threshold",
    "detect": "Detecting in video",
    "keep": "Writing video",
}
PLANS = {
    VIDEO_LANE: ("open", "features", "imprint", "segment"),
    LIBRARY_LANE: ("videos", "imprints", "describe", "train", "control", "detect"),
    KEEP_LANE: ("keep",),
}
EVERY_S = 1.0


def show_jobs(**about: str) -> None:
    """Draw the jobs that are about this; redrawn every second while one is at work."""
    jobs = [job for job in JOBS.all() if about.items() <= job.about.items()]
    if not jobs:
        return
    busy = any(job.active for job in jobs)
    st.subheader("At work" if busy else "Lately")
    st.fragment(_show_all, run_every=EVERY_S if busy else None)(about)


def _show_all(about: Mapping[str, str]) -> None:
    jobs = JOBS.all()
    state = {job.number: job.active for job in jobs}
    before = st.session_state.get("own_jobs", state)
    st.session_state["own_jobs"] = state
    if any(active and not state.get(number) for number, active in before.items()):
        st.rerun()  # one has ended: the lists of the page change
    for job in jobs:
        if about.items() <= job.about.items():
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
        if job.state == "running":
            for step in shown_steps(job):
                st.progress(step.share, stage_words(job, step))
            st.caption(plan_words(job))
        if job.error:
            st.error(escape(job.error), icon=":material/error:")
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
    kept = (
        "nothing of it stays" if job.lane == KEEP_LANE else "what was finished is kept"
    )
    words = {
        "running": "at work for",
        "done": "done in",
        "stopped": f"stopped; {kept}. After",
        "failed": "failed after",
    }[job.state]
    return f"{words} {spoken(job.seconds)}"


def stage_name(stage: str) -> str:
    """Name a stage for people."""
    return STAGES.get(stage, stage)


def shown_steps(job: Job) -> list[Step]:
    """Give what the job is doing: the stage around, where there is one, and its own."""
    around = job.steps.get(job.around)
    steps = [around] if around is not None and around.total > 1 else []
    if job.stage and job.stage != job.around:
        steps.append(job.steps[job.stage])
    return steps


def plan_words(job: Job) -> str:
    """Say which stages are behind, at work and ahead."""
    plan = PLANS[job.lane]
    at = job.stage if job.stage in plan else job.around
    place = plan.index(at) if at in plan else -1
    marks = [
        ":material/check:"
        if i < place
        else ":material/play_arrow:"
        if i == place
        else ""
        for i in range(len(plan))
    ]
    return " · ".join(
        f"{mark} {stage_name(stage)}".strip()
        for mark, stage in zip(marks, plan, strict=True)
    )


def stage_words(job: Job, step: Step) -> str:
    """Say what a job is doing, and how long this stage will go on."""
    words = stage_name(step.stage)
    if step.total > 1:
        number = step.done + 1 if step.stage in AROUND else step.done
        words += f" {min(number, step.total)} of {step.total}"
    took_s, done = time.monotonic() - job.begun.get(step.stage, 0.0), step.share
    if done > 0 and took_s > 2:
        words += f", about {spoken(took_s * (1 - done) / done)} left of it"
    return escape(words)
