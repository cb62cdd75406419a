"""Below the player of a result file: its numbers, and what can be taken along."""

from collections.abc import Callable, Mapping

import streamlit as st

from dbs_core.datasets.formats.thumos_submission import can_submit
from dbs_core.evaluation.result_rows import span_rows, span_truth_rows
from dbs_core.evaluation.video_matches import judge
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.pictures.printing import Picture, captioned
from dbs_core.pictures.spans import spans_picture
from dbs_core.records import classes_present
from dbs_core.runtime import files
from explorer.elements.data_files import (
    DataFile,
    show_buttons,
    to_csv,
    to_json,
    to_submission,
    to_vtt,
)
from explorer.elements.palette import palette
from explorer.elements.rows import show_rows
from explorer.result_file.choice import FileChoice
from explorer.selection import view
from explorer.selection.orders import FILE

READ = (
    "Filled: truth (dashed where missed) above, right detections below; hatched: wrong."
)
MIMES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
LISTED = 1000
"""Detections in the table, the strongest."""


def show_numbers(choice: FileChoice) -> None:
    """Draw the tables of detections and truths; a row is pinned in the player."""
    how, results = choice.how, choice.results
    video = judged_video(choice)
    matches = judge(video, results.rule, tiou=how.tiou)
    found = span_rows(video, results.classes, matches, LISTED)
    if found:
        show_rows("other_found", found, "Detections of this video", _pin_found)
    else:
        least = "" if how.threshold is None else f" from score {how.threshold:g} on"
        st.caption(f"Nothing was detected in this video{least}.")
    truths = span_truth_rows(video, results.classes, matches)
    if truths:
        show_rows("other_truths", truths, "Truths of this video", _pin_truth)
    if matches is not None:
        judged = f"Judged by {results.rule.at(how.tiou)}. "
    else:
        judged = "No truth for this video: nothing is judged. "
    st.caption(f"{judged}A row takes the player to its start and is pinned there.")


def _pin_found(row: Mapping[str, object]) -> None:
    view.pin(
        str(row["class"]),
        FILE,
        time_s=row["start (s)"],
        detection=row["detection"],
        truth=None,
    )


def _pin_truth(row: Mapping[str, object]) -> None:
    view.pin(
        str(row["class"]),
        FILE,
        time_s=row["start (s)"],
        truth=row["truth"],
        detection=None,
    )


def show_export(choice: FileChoice) -> None:
    """Draw the time axis as a picture to take along, and the files of this video."""
    colours = st.radio(
        "Colours", ["light", "dark"], key="other_colours", horizontal=True
    )
    drawn = classes_present(judged_video(choice))
    if drawn:
        preview = _time_axis(choice, colours)("png")
        st.image(preview, width="stretch", alt="Preview: time axis")
    else:
        st.caption("Nothing to draw: no truth, and no detection that counts.")
    stem = files.file_name(choice.video.video_id, "")
    with st.container(horizontal=True):
        for form, mime in MIMES.items() if drawn else ():
            st.download_button(
                form.upper(),
                lambda form=form: _time_axis(choice, colours)(form),
                f"{stem}_timeline.{form}",
                mime,
                key=f"other_{form}",
                on_click="ignore",
                icon=":material/download:",
            )
        show_buttons(data_files(choice))


def judged_video(choice: FileChoice) -> VideoSpans:
    """Give the video with the detections that count."""
    least = choice.how.threshold
    return choice.video if least is None else choice.video.from_score(least)


def _time_axis(choice: FileChoice, colours: str) -> Picture:
    """Draw the part of the time axis that the player shows."""
    video, rule, shown = judged_video(choice), choice.results.rule, palette(colours)
    seen = view.current_view(FILE)
    between = seen.zoom or (0.0, choice.seen().limits.duration_s)
    picture = spans_picture(
        video, choice.results.classes, shown, between, seen.time_s, rule
    )
    return captioned(picture, video.video_id, (READ, rule.words), shown)


def data_files(choice: FileChoice) -> list[DataFile]:
    """List the files of a video: all that the result file says of it."""
    video, classes, rule = choice.video, choice.results.classes, choice.results.rule
    stem, found = files.file_name(video.video_id, ""), video.detections
    matches = judge(video, rule, tiou=choice.how.tiou)
    offered = [
        DataFile(
            "Detections (CSV)",
            f"{stem}_detections.csv",
            "text/csv",
            lambda: to_csv(span_rows(video, classes, matches, len(found))),
        ),
        DataFile(
            "Detections (JSON)",
            f"{stem}_detections.json",
            "application/json",
            lambda: to_json({video.video_id: found}, classes),
        ),
        DataFile(
            "Detections (WebVTT)",
            f"{stem}_detections.vtt",
            "text/vtt",
            lambda: to_vtt("detections", found, classes, video.video_id),
        ),
    ]
    if can_submit(video.video_id):
        offered.append(
            DataFile(
                "Detections (THUMOS'14)",
                f"{stem}_detections.txt",
                "text/plain",
                lambda: to_submission({video.video_id: found}, classes),
            )
        )
    if video.truth is not None:
        truth = video.truth.segments
        offered.append(
            DataFile(
                "Truth (WebVTT)",
                f"{stem}_truth.vtt",
                "text/vtt",
                lambda: to_vtt("truth", truth, classes, video.video_id),
            )
        )
    return offered


PANELS: Mapping[str, Callable[[FileChoice], None]] = {
    "Numbers": show_numbers,
    "Export": show_export,
}
