"""The video with what was found drawn in: made on a click, then downloaded."""

import streamlit as st

from dbs_core.pictures.annotated_video import write_annotated
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress
from explorer import sources
from explorer.access.writing import may_write
from explorer.elements.errors import show_error
from explorer.explore.panels.moment import Moment


def offer_annotated(moment: Moment) -> None:
    """Draw the button that makes the video of a class, or the one that downloads it."""
    run, result = moment.choice.run, moment.result
    source = run.video_file(result)
    if not source.is_file():
        return
    tiou, entry = moment.judging.tiou, moment.choice.entry
    made = sources.annotated_path(run, entry, result, moment.class_name, tiou)
    if not made.is_file():
        if not may_write() or not st.button(
            "Make an annotated video",
            key="make_annotated",
            icon=":material/movie_edit:",
            width="stretch",
            help="An MP4 with truth, detections and the class's heat map drawn in; any "
            "other click stops it. Also: `python -m dbs_core annotate`",
        ):
            return
        bar = st.progress(0.0, "Drawing into the video")
        progress = Progress(lambda step: bar.progress(step.share, step.stage))
        try:
            write_annotated(
                result,
                moment.classes,
                moment.label,
                source,
                made,
                progress,
                rule=rule_of_run(run),
                tiou=tiou,
            )
        except InputError as error:
            show_error(error)
            return
        finally:
            bar.empty()
        st.rerun()
    st.download_button(
        "Download annotated video",
        made.read_bytes,
        files.file_name(f"{result.video_id}_{moment.class_name}", ".mp4"),
        "video/mp4",
        key="get_annotated",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
