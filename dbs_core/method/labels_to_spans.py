"""The end of the path: cells' labels to frame scores, frame scores to detections.

No network has a part in it, so it loads no PyTorch: whoever changes labels, scores or
settings of a result has its detections again in a few milliseconds.
"""

from dataclasses import replace

from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.method.backprojection.smoothing import smooth
from dbs_core.method.detection.proposals import propose
from dbs_core.method.detection.reach import bounded
from dbs_core.method.detection.refinement import refine
from dbs_core.method.settings import Settings
from dbs_core.records import (
    Calibration,
    Candidates,
    FrameScores,
    GridScores,
    Placement,
    Reach,
    Segments,
)


def project(grid: GridScores, placement: Placement, settings: Settings) -> FrameScores:
    """Project the labels back to the frames, by Eq. 6 or 7, and smooth them."""
    frames = to_frames(grid, placement, settings.projection)
    return smooth(frames, settings.smoothing)


def localise(
    frames: FrameScores,
    settings: Settings,
    reach_s: Reach | None = None,
    calibration: Calibration | None = None,
) -> tuple[Segments, Candidates]:
    """Turn frame scores into proposals and candidates: the same for every method.

    Where a head says how far each frame's action reaches, that gives the spans. What is
    calibrated are the candidates' scores, last: within a class their order stays.
    """
    if reach_s is not None:
        found = bounded(frames, reach_s, settings.head, settings.refinement)
    else:
        proposals = propose(frames, settings.proposals)
        found = proposals, refine(frames, proposals, settings.refinement)
    proposals, candidates = found
    if calibration is not None:
        candidates = replace(candidates, segments=calibration(candidates.segments))
    return proposals, candidates
