"""What a run would find in videos that it has not learnt from (ours).

Every third whole video is kept from a second FCN and head (of each member), learnt for
half as long, which look for actions in it as a run does in a new video. Projections and
imprints know no labels and are the run's own. What is found calibrates the run's scores
(`calibration.py`), and of these the one of highest F1 at a tIoU of 0.5 is that from
which detections are best shown. On test nothing is ever chosen.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.method.control import describe_frames
from dbs_core.method.detection.head_input import imprint_input
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.method.fusion import mean_heads, mean_scores
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.model import Model
from dbs_core.method.pipeline import label_cells
from dbs_core.method.settings import Settings
from dbs_core.records import FrameScores, Placement, Segments, Sharpened
from dbs_core.training.both_heads import learn_head
from dbs_core.training.learner import Learner, teaches
from dbs_core.training.member import LearntMember
from dbs_core.training.network import learn_network
from dbs_core.training.videos import TrainingVideo

HELD_OUT = 3
"""Of so many videos one is held out."""
Placed = Sequence[tuple[TrainingVideo, Placement]]


def found_held_out(
    videos: Sequence[TrainingVideo], members: Sequence[LearntMember], learner: Learner
) -> tuple[VideoSpans, ...]:
    """Look for actions in videos held out; none where there are too few to tell.

    Args:
        videos: what all members have learnt from.
        members: of the run.
        learner: what they were learnt with.

    Raises:
        InputError: the disk is full.
        Cancelled: asked to stop.
    """
    names = list(dict.fromkeys(video.entry.video_id for video in videos if video.whole))
    out = set(names[HELD_OUT - 1 :: HELD_OUT])
    rest = [video for video in videos if video.entry.video_id not in out]
    if not out or not any(teaches(video, learner) for video in rest):
        return ()
    blind = [_blind_model(_without(out, videos, one), learner) for one in members]
    found: list[VideoSpans] = []
    for index, video in enumerate(videos):
        # A mirror image or an instance is no second video.
        if video.entry.video_id not in out or video.part:
            continue
        learner.progress("held out", len(found), len(out), video.entry.video_id)
        placements = [one.placements[index] for one in members]
        spans = _detections(video, placements, blind, learner)
        found.append(VideoSpans(video.entry.video_id, spans, video.truth))
    return tuple(found)


def _without(
    out: Collection[str], videos: Sequence[TrainingVideo], member: LearntMember
) -> tuple[Placed, Model]:
    """Give what a member learnt from but for the videos held out, and its model."""
    placed = zip(videos, member.placements, strict=True)
    rest = [pair for pair in placed if pair[0].entry.video_id not in out]
    return rest, member.model


def _blind_model(learnt: tuple[Placed, Model], learner: Learner) -> Model:
    """Train FCN and head on the other videos alone, for half as long."""
    rest, model = learnt
    inside = learner.progress.within("held out", 0, 1, "without them")
    learner = replace(
        learner, settings=_shorter(learner.settings), progress=inside, seed=model.seed
    )
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
        heard = [video for video, _ in whole]
        head = replace(head, network=learn_head("head", heard, inputs, learner))
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
    video: TrainingVideo,
    placements: Sequence[Placement],
    models: Sequence[Model],
    learner: Learner,
) -> Segments:
    """Find actions in the mean of all members, as `pipeline.detect_in` does."""
    weights = [1 / len(models)] * len(models)
    frames, heads = [], []
    for model, placement in zip(models, placements, strict=True):
        projected, head = _scores(video, placement, model, learner)
        frames.append(head.frames if head else projected)
        heads.append(head)
    head = mean_heads(heads, weights)
    _, candidates = localise(
        mean_scores(frames, weights),
        learner.settings,
        head.reach_s if head else None,
    )
    return candidates.detections.as_written()


def _scores(
    video: TrainingVideo, placement: Placement, model: Model, learner: Learner
) -> tuple[FrameScores, Sharpened | None]:
    """Take a member's path from the imprint on: frame scores, and what a head says."""
    settings = learner.settings
    imprint = imprint_of(video.features, placement, learner.device)
    grid = label_cells(
        imprint,
        placement,
        model.describe,
        model.network,
        mask_tau=settings.target.mask_tau,
        device=learner.device,
        precision=settings.features.precision,
    )
    frames = project(grid, placement, settings)
    if model.head is None:
        return frames, None
    described = describe_frames(video.features, model.control)
    return frames, sharpen(
        model.head.network,
        imprint_input(described, imprint, placement, model.head.readback),
        frames,
        settings.head,
        smoothing=settings.smoothing,
        device=learner.device,
    )
