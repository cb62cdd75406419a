"""From which score a run's detections are best shown, told by videos held out.

Every third whole video is kept from a second FCN and head, learnt for half as long,
which look for actions in it as a run does in a new video; the score of highest F1 there
at a tIoU of 0.5 is the run's. Projections and imprints know no labels and are the run's
own. On test no threshold is ever chosen (ours).
"""

from collections.abc import Sequence
from dataclasses import replace

from dbs_core.evaluation.judge import Judge
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.method.control import describe_frames
from dbs_core.method.detection.head_input import imprint_input
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.model import Model
from dbs_core.method.pipeline import label_cells
from dbs_core.method.settings import Settings
from dbs_core.records import Placement, Segments
from dbs_core.training.both_heads import learn_head
from dbs_core.training.learner import Learner, teaches
from dbs_core.training.network import learn_network
from dbs_core.training.videos import TrainingVideo

HELD_OUT = 3
"""Of so many videos one is held out."""
Placed = Sequence[tuple[TrainingVideo, Placement]]


def held_out_threshold(placed: Placed, model: Model, learner: Learner) -> float | None:
    """Choose a run's score threshold; None where there are too few videos to tell.

    Args:
        placed: what the model has learnt from, and where the frames lie.
        model: of the run.
        learner: what it was learnt with.

    Raises:
        InputError: the disk is full.
        Cancelled: asked to stop.
    """
    whole = [pair for pair in placed if pair[0].whole]
    names = list(dict.fromkeys(video.entry.video_id for video, _ in whole))
    out = set(names[HELD_OUT - 1 :: HELD_OUT])
    held = [pair for pair in whole if pair[0].entry.video_id in out]
    rest = [pair for pair in placed if pair[0].entry.video_id not in out]
    if not held or not any(teaches(video, learner) for video, _ in rest):
        return None
    blind = _blind_model(rest, model, learner)
    found: list[VideoSpans] = []
    for index, (video, placement) in enumerate(held):
        learner.progress("held out", index, len(held), video.entry.video_id)
        if not video.part:  # a mirror image is no second video
            spans = _detections(video, placement, blind, learner)
            found.append(VideoSpans(video.entry.video_id, spans, video.truth))
    return Judge(found, learner.rule).best_threshold()


def _blind_model(rest: Placed, model: Model, learner: Learner) -> Model:
    """Train FCN and head on the other videos alone, for half as long."""
    inside = learner.progress.within("held out", 0, 1, "without them")
    learner = replace(learner, settings=_shorter(learner.settings), progress=inside)
    network, _ = learn_network(rest, model.describe, learner)
    head = model.head
    if head is not None:
        whole = [pair for pair in rest if pair[0].whole]
        inputs = [
            imprint_input(
                describe_frames(video.features, model.control),
                imprint_of(video.features, place, learner.device),
                place,
                head.readback,
            )
            for video, place in whole
        ]
        videos = [video for video, _ in whole]
        head = replace(head, network=learn_head("head", videos, inputs, learner))
    return replace(model, network=network, head=head)


def _shorter(settings: Settings) -> Settings:
    """Halve the epochs: asked is where scores lie, not the last point of mAP."""
    training, head = settings.training, settings.head
    return replace(
        settings,
        training=replace(training, epochs=(training.epochs + 1) // 2),
        head=replace(head, epochs=(head.epochs + 1) // 2),
    )


def _detections(
    video: TrainingVideo, placement: Placement, model: Model, learner: Learner
) -> Segments:
    """Take the path of `pipeline.detect_in` from the imprint on."""
    settings = model.settings
    imprint = imprint_of(video.features, placement, learner.device)
    grid = label_cells(
        imprint,
        placement,
        model.describe,
        model.network,
        mask_tau=settings.target.mask_tau,
        device=learner.device,
    )
    frames, reach_s = project(grid, placement, settings), None
    if model.head is not None:
        described = describe_frames(video.features, model.control)
        sharper = sharpen(
            model.head.network,
            imprint_input(described, imprint, placement, model.head.readback),
            frames,
            settings.head,
            smoothing=settings.smoothing,
            device=learner.device,
        )
        frames, reach_s = sharper.frames, sharper.reach_s
    _, candidates = localise(frames, settings, reach_s)
    return candidates.detections.as_written()
