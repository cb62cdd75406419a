"""A part of a video that plays in a loop, where the video is here."""

from pathlib import Path

import streamlit as st

from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.pictures.spans import spans_picture
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.elements.errors import show_error
from explorer.elements.palette import palette
from explorer.routes.shown_files import address_of
from explorer.selection.sidebar import Choice
from explorer.sources.file_videos import find_footage

BESIDE_S = 2.0
"""Seconds shown before and after a span."""


def show_video(
    video_id: str, choice: Choice | None, between_s: tuple[float, float]
) -> None:
    """Play a video of a run, or of the folder that Result file names."""
    try:
        path = _video_file(video_id, choice)
    except InputError as error:
        show_error(error)
        return
    if path is None:
        st.info("The video is not here, or no browser plays it.")
        return
    st.video(
        address_of(path) or path,
        start_time=between_s[0],
        end_time=between_s[1] + 1,
        loop=True,
        autoplay=True,
        muted=True,
    )


def show_spans(
    judged: JudgedSet,
    video_id: str,
    between_s: tuple[float, float],
    time_s: float,
    tiou: float,
) -> None:
    """Draw truth and detections of a part of a video, a line at a time."""
    video = VideoSpans(
        video_id, judged.found[video_id].best_first(), judged.truths.get(video_id)
    ).between(*between_s)
    colours = palette(st.context.theme.type or "light")
    picture = spans_picture(
        video, judged.classes, colours, between_s, time_s, judged.rule, tiou
    )
    svg = picture("svg").decode()
    st.image(svg, width="stretch", alt=f"Truth and detections of {judged.name}")


def _video_file(video_id: str, choice: Choice | None) -> Path | None:
    if choice is not None:
        entry = choice.videos.get(video_id)
        if entry is None:
            return None
        return sources.playable_file(choice.run, sources.result(choice.run, entry))
    folder = st.session_state.get("other_videos")
    path = find_footage(typed_path(folder), video_id) if folder else None
    return path if path is not None and sources.plays(path) else None
