"""The ceilings: what perfect labels would give with and without the imprint.

`labels`: every frame's true classes as its scores, through the same proposals and
refinement: what these can lose. `imprint`: the same labels carried to the run's
imprint, shared among the classes that lie on each cell, and projected back: what the
imprint cannot keep apart on top of that.
"""

from dbs_core.method.backprojection.annotation_maps import (
    frame_labels,
    frame_targets,
    labelled_mass,
    target_map,
)
from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.method.settings import Settings
from dbs_core.records import FrameScores, GridScores, Placement, VideoTruth


def label_scores(truth: VideoTruth, placement: Placement, channels: int) -> FrameScores:
    """Perfect frame scores, without imprint."""
    labels = frame_labels(truth, placement.times_s, channels)
    return FrameScores(
        frame_targets(labels),
        placement.times_s,
        placement.duration_s,
        placement.lead_s,
    )


def imprint_scores(
    truth: VideoTruth,
    placement: Placement,
    grid: GridScores,
    settings: Settings,
) -> FrameScores:
    """Frame scores of a perfect FCN on this imprint: its target map, projected back.

    Args:
        truth: the annotation.
        placement: where the frames lie.
        grid: the run's scores, for their mask and number of channels.
        settings: target kind, tau and projection of the run.
    """
    labels = frame_labels(truth, placement.times_s, grid.probability.shape[-1])
    target = settings.target
    mass = labelled_mass(placement, labels, target.kind)
    perfect = target_map(mass, placement.window, target.kind, target.tau)
    return to_frames(GridScores(perfect, grid.mask), placement, settings.projection)
