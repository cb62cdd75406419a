"""What Result file is about: the file that is named, and a video of it.

It is settled before the page is drawn, as the selectors at the left are, so that the
address is written once and whole.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.result_file import ResultFile
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.records import classes_present
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.result_file.form import Named, named, named_path, show_form
from explorer.routes.file_routes import name_of
from explorer.selection import judging, orders, steps
from explorer.selection.notes import note
from explorer.selection.orders import FILE
from explorer.selection.view import Seen, limits_of_spans, settle
from explorer.sources.file_videos import FileVideo, find_footage, length_s
from explorer.videos.lines import Wanted, keep


@dataclass(frozen=True, eq=False)
class FileChoice:
    """A result file that could be read, and the video of it that is shown.

    `problem` says why the video has no picture, "" where it has one: an error where
    what was named is at fault.
    """

    named: Named
    results: ResultFile
    video: VideoSpans
    one: FileVideo
    problem: str | InputError
    label: int

    @property
    def how(self) -> Judging:
        """What judges here; a file has no threshold of its own."""
        return judging.judging(None, self.results.rule.tiou)

    def seen(self) -> Seen:
        """Give the video as the player shows it."""
        _, names = steps.PLAYERS["result_file"]
        return Seen(
            FILE,
            tuple(st.session_state.get(key) or None for key in names),
            name_of(self.one),
            self.video,
            self.results.classes,
            self.results.classes.label_of(st.session_state[FILE.cls]),
            limits_of_spans(self.video, length_s(self.one)),
        )


def choose(*, arrived: bool) -> FileChoice | None:
    """Draw the form, read what it names, and settle on a video and a view of it.

    None where nothing is named or it cannot be read, which is said.
    """
    st.title("A result file of any method")
    place = st.empty()  # for the form, which takes the place of what says "reading"
    results, problem = None, None
    with place:
        try:
            results = opened(named())
        except InputError as error:
            problem = error
    with place.container():
        show_form(named(), problem, is_open=results is not None)
    if results is None:
        return None
    judging.of_file(named().file)
    choice = _settled(named(), results)
    if not settle(choice.seen(), arrived=arrived) and judging.is_news():
        orders.order_in_place(FILE)
    judging.heard()
    return choice


def opened(what: Named) -> ResultFile | None:
    """Read what is named, if anything is.

    Raises:
        InputError: it cannot be read.
    """
    if not what.file:
        return None
    with st.spinner("Reading and judging", show_time=True):
        return sources.result_file(
            named_path(what.file),
            named_path(what.truth) if what.truth else None,
            what.split or None,
            what.rule,
        )


def _settled(what: Named, results: ResultFile) -> FileChoice:
    """Settle on a video and a class: those chosen, or the worst and its first."""
    state = st.session_state
    if state.get("other_video") not in results.videos:
        worst = Wanted(order="Worst first" if results.mean_precision else "Name")
        lines = keep(results.rows, results.judge, Judging(), results.classes, worst)
        asked = state.get("other_video")
        if asked and FILE.asked in state:  # else it is of the file shown before
            note(
                f"The link names the video “{asked}”, which is not in the file. "
                f"This is “{lines[0].video_id}”."
            )
        state["other_video"] = lines[0].video_id
    video = results.videos[state["other_video"]]
    state[FILE.cls] = _class_of(video, results)
    truth = named_path(what.truth) if what.truth else None
    footage, problem = _footage(what.videos, truth, video.video_id)
    path = named_path(what.file)
    one = FileVideo(
        path,
        truth,
        what.split or None,
        what.rule,
        video.video_id,
        footage,
        (*sources.stamps_of(path, truth), footage.stat().st_mtime_ns if footage else 0),
    )
    label = results.classes.label_of(state[FILE.cls])
    return FileChoice(what, results, video, one, problem, label)


def _class_of(video: VideoSpans, results: ResultFile) -> str:
    """Give the class to show: the chosen one, while the video has it."""
    state, classes = st.session_state, results.classes
    here = [classes.name_of(label) for label in classes_present(video)]
    chosen = state.get(FILE.cls)
    number = state.get(FILE.asked, {}).get("det", "")
    if chosen in here:
        return str(chosen)
    if number.isdecimal() and len(number) < 9 and int(number) < len(video.detections):
        return classes.name_of(int(video.detections.labels[int(number)]))
    return (here or list(classes.names))[0]


def _footage(
    named_folder: str, truth: Path | None, video_id: str
) -> tuple[Path | None, str | InputError]:
    """Find the video's file; where there is none, say why there is no picture.

    A data set's folder that is named as the truth may hold the videos too.
    """
    try:
        folder = typed_path(named_folder) if named_folder else truth
        inside = folder is not None and (named_folder or folder.is_dir())
        path = find_footage(folder, video_id) if inside else None
        if path is not None:
            sources.footage_info(path)
    except InputError as error:
        return None, error
    if path is not None:
        return path, ""
    if named_folder:
        return None, f"No picture: no file of the name {video_id} in {named_folder}."
    return None, "No picture: name the folder of the videos, under Files, to see it."
