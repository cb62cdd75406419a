"""What the panels below the player are about: a video, a class, a moment."""

from dataclasses import dataclass

import streamlit as st

from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.result_rows import native_frame
from dbs_core.method.backprojection.windows import frame_index
from dbs_core.pictures.palette import Palette
from dbs_core.records import ClassList, VideoResult
from dbs_core.runs.run_rule import rule_of_run
from explorer.elements.palette import palette
from explorer.selection.address import View
from explorer.selection.judging import judging
from explorer.selection.sidebar import Choice

TOOLBAR = {"displaylogo": False, "toImageButtonOptions": {"format": "svg", "scale": 2}}


@dataclass(frozen=True)
class Moment:
    """The choice of the sidebar and the view of the player."""

    choice: Choice
    result: VideoResult
    label: int
    view: View

    @property
    def classes(self) -> ClassList:
        """The class list of the run."""
        return self.choice.run.info.classes

    @property
    def class_name(self) -> str:
        """The chosen class."""
        return self.classes.name_of(self.label)

    @property
    def index(self) -> int:
        """The sample shown: the index among the frames that were looked at."""
        return frame_index(self.result.placement.starts_s, self.view.time_s or 0.0)

    @property
    def time_s(self) -> float:
        """The time of that sample."""
        return float(self.result.placement.times_s[self.index])

    @property
    def judging(self) -> Judging:
        """What judges, on this page and all others."""
        run = self.choice.run
        return judging(run.info.score_threshold, rule_of_run(run).tiou)

    @property
    def words(self) -> str:
        """The moment in words: its sample, the frame of the video, its time."""
        frame = native_frame(self.result, self.time_s)
        return f"Sample {self.index} (frame {frame}, {self.time_s:.1f} s)"

    @property
    def kind(self) -> str:
        """The theme in use, "light" or "dark"."""
        return st.context.theme.type or "light"

    @property
    def colours(self) -> Palette:
        """The palette in use."""
        return palette(self.kind)
