"""The numbers behind the pictures, with downloads that are built when clicked.

A row takes the player to its start and is pinned there, under the number that it has
here, on the screen, in links and in files.
"""

from collections.abc import Mapping

import streamlit as st

from dbs_core.evaluation.result_rows import detection_rows, truth_rows
from dbs_core.runs.run_rule import rule_of_run
from explorer.elements.data_files import show_buttons
from explorer.elements.rows import show_rows
from explorer.explore.panels import downloads
from explorer.explore.panels.moment import Moment
from explorer.selection import view
from explorer.selection.judging import judging


def show_numbers(moment: Moment) -> None:
    """Draw the tables of detections and truths, and the download buttons."""
    rule = rule_of_run(moment.choice.run)
    how = judging(moment.choice.run.info.score_threshold, rule.tiou)
    found = detection_rows(moment.result, moment.classes, how, rule)
    if found:
        show_rows("found_table", found, "Detections of this video", _pin_found)
    else:
        least = "" if how.threshold is None else f" from score {how.threshold:g} on"
        st.caption(f"Nothing was detected in this video{least}.")
    truths = truth_rows(moment.result, moment.classes, how, rule)
    if truths:
        show_rows("truth_table", truths, "Truths of this video", _pin_truth)
    if found or truths:
        st.caption(
            f"{rule.at(how.tiou)}. A row takes the player to its start and is "
            "pinned there. Frames are those of the video file; samples are what was "
            "looked at, five a second."
        )
    with st.container(horizontal=True):
        show_buttons(downloads.data_files(moment.result, moment.classes, rule))


def _pin_found(row: Mapping[str, object]) -> None:
    number = row["detection"]
    view.pin(str(row["class"]), time_s=row["start (s)"], detection=number, truth=None)


def _pin_truth(row: Mapping[str, object]) -> None:
    number = row["truth"]
    view.pin(str(row["class"]), time_s=row["start (s)"], truth=number, detection=None)
