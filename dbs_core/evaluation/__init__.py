"""Evaluation that the field can trust: detection, frames, proposals, intervals.

- `thumos.evaluate`, `activitynet.evaluate`: mAP of detections by the two protocols;
- `frames.frame_map`: per-frame labelling.
"""

from dbs_core.evaluation.protocols.frames import FrameReport, frame_map
from dbs_core.evaluation.protocols.marks import Marks, VideoMarks
from dbs_core.evaluation.protocols.report import Report

__all__ = ["FrameReport", "Marks", "Report", "VideoMarks", "frame_map"]
