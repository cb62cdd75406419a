"""One video of a result file: its time axis, its detections, and the video itself."""

from pathlib import Path

import streamlit as st

from dbs_core.datasets.folders import videos_below
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.evaluation.result_file import ResultFile, VideoSpans
from dbs_core.evaluation.result_rows import span_rows
from dbs_core.evaluation.video_matches import judge
from dbs_core.pictures.printing import Picture, captioned
from dbs_core.pictures.spans import spans_picture
from dbs_core.records import ClassList
from dbs_core.runtime import files
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.elements.palette import palette
from explorer.routes.shown_files import address_of

READ = (
    "Filled: truth (dashed where missed) above, right detections below; hatched: wrong."
)
LISTED = 1000  # detections in the table, the strongest
DEPTH = 2  # folders below the one that the user names


def find_video_file(folder: Path, video_id: str) -> Path | None:
    """Find a video's file by its name; ActivityNet's files start with "v_".

    Raises:
        InputError: no such folder.
    """
    if not folder.is_dir():
        raise InputError("no such folder", where=folder)
    names = (video_id, f"v_{video_id}")
    return next((p for p in videos_below(folder, DEPTH) if p.stem in names), None)


def show_video(results: ResultFile, video_id: str, folder: str) -> None:
    """Draw a video of a result file; a marked detection moves line and player.

    Args:
        results: what the file says.
        video_id: of which video.
        folder: where the videos lie, as typed; empty where they are not here.
    """
    classes, whole = results.classes, results.videos[video_id]
    st.subheader(escape(video_id), anchor=False)
    video = _filtered(whole)
    matches = judge(video, results.rule)
    if matches is None:
        st.caption("No truth for this video: nothing is judged.")
    timeline, (left, right) = st.container(), st.columns([2, 3])
    with right:
        marked = st.dataframe(
            span_rows(video, classes, matches, LISTED),
            key=f"other_found_{video.video_id}",
            on_select="rerun",
            selection_mode="single-row",
            hide_index=True,
            height=min(300, 40 + 35 * max(len(video.detections), 1)),
            alt=f"Detections in {video.video_id}",
        )["selection"]["rows"]
        st.caption("Mark a row: the video starts there, at the whole second before.")
    start = float(video.detections.spans_s[marked[0], 0]) if marked else None
    with left:
        _show_player(video, folder, start)
    if whole.end_s > 0:
        with timeline:
            _show_timeline(video, classes, results.rule, start, whole.end_s)


def _filtered(video: VideoSpans) -> VideoSpans:
    """Draw the filter by score; gives the video with what passes, judged anew."""
    least = st.number_input(
        "Scores from",
        value=None,
        key=f"other_least_{video.video_id}",
        placeholder="all",
        step=0.05,
        format="%g",
        width=160,
        help="What lies below is left out of table and time axis, as if it had not "
        "been found. The mAP above is of all.",
    )
    if least is None:
        return video
    kept = video.from_score(least)
    st.caption(f"{len(kept.detections)} of {many(len(video.detections), 'detection')}")
    return kept


def _show_player(video: VideoSpans, folder: str, start: float | None) -> None:
    if not folder:
        st.info("Name the folder of the videos above to play this one.")
        return
    try:
        path = find_video_file(typed_path(folder), video.video_id)
        plays = path is not None and sources.plays(path)
    except InputError as error:
        show_error(error)
        return
    if path is None:
        st.info(escape(f"No file of the name {video.video_id} in {folder}."))
    elif not plays:
        st.info(
            escape(
                f"Browsers do not play {path.name}. To convert: "
                f"ffmpeg -i {path.name} -c:v libx264 -pix_fmt yuv420p out.mp4"
            )
        )
    else:
        st.video(address_of(path) or path, start_time=start or 0.0, autoplay=False)


def _show_timeline(
    video: VideoSpans, classes: ClassList, rule: Rule, time: float | None, end_s: float
) -> None:
    end = round(end_s, 2) + 0.01
    between = st.slider(
        "Seconds shown", 0.0, end, (0.0, end), key=f"other_part_{video.video_id}"
    )
    kind = st.context.theme.type or "light"
    colours = palette(kind)

    def picture() -> Picture:
        return spans_picture(video, classes, colours, between, time, rule)

    def taken_along(form: str) -> bytes:
        return captioned(picture(), video.video_id, (READ, rule.words), colours)(form)

    # As SVG the picture travels inside the page. A PNG would have an address of its
    # own, gone as soon as a click draws the next picture: a 404 if the browser is late.
    st.image(
        picture()("svg").decode(), width="stretch", alt=f"Time axis of {video.video_id}"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if video.truth is not None:
            st.caption(f"{READ} {rule.words}.")
        for form, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
            st.download_button(
                form.upper(),
                lambda form=form: taken_along(form),
                files.file_name(f"{video.video_id}_timeline", f".{form}"),
                mime,
                key=f"other_{form}",
                on_click="ignore",
                icon=":material/download:",
            )
