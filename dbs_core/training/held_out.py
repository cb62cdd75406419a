"""What a run would find in videos that it has not learnt from (ours).

Every third whole video is kept from a second FCN and head (of each member), learnt for
half as long, which look for actions in it as a run does in a new video. Projections and
imprints know no labels and are the run's own. What is found calibrates the run's scores
(`calibration.py`), and of these the one of highest F1 at a tIoU of 0.5 is that from
which detections are best shown. On test nothing is ever chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.method.fusion import mean_heads, mean_scores
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.model import Model
from dbs_core.method.pipeline import label_cells
from dbs_core.method.settings import Settings
from dbs_core.records import FrameScores, Segments, Sharpened
from dbs_core.training.both_heads import learn_head
from dbs_core.training.learner import Learner, teaches
from dbs_core.training.member import LearntMember
from dbs_core.training.network import learn_network
from dbs_core.training.videos import TrainingVideo

HELD_OUT = 3
"""Of so many videos one is held out."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a member sees in a video that it has not learnt from."""

    frames: FrameScores
    head: Sharpened | None


def held_out(videos: Sequence[TrainingVideo], learner: Learner) -> tuple[int, ...]:
    """Say which videos are held out; none where there are too few to tell."""
    out = _names_held_out(videos)
    rest = (video for video in videos if video.entry.video_id not in out)
    if not any(teaches(video, learner) for video in rest):
        return ()
    # A mirror image or an instance is no second video.
    return tuple(
        index
        for index, video in enumerate(videos)
        if video.entry.video_id in out and not video.part
    )


def _names_held_out(videos: Sequence[TrainingVideo]) -> set[str]:
    names = dict.fromkeys(video.entry.video_id for video in videos if video.whole)
    return set(list(names)[HELD_OUT - 1 :: HELD_OUT])


def seen_held_out(
    videos: Sequence[TrainingVideo], member: LearntMember, learner: Learner
) -> tuple[Seen, ...]:
    """Learn a member once more without the videos held out, and look at those.

    Args:
        videos: what the member has learnt from.
        member: of the run.
        learner: what it was learnt with.

    Raises:
        InputError: the disk is full.
        Cancelled: asked to stop.
    """
    out = held_out(videos, learner)
    if not out:
        return ()
    blind = _blind_model(videos, member, learner)
    seen: list[Seen] = []
    for index in out:
        name = videos[index].entry.video_id
        learner.progress("held out", len(seen), len(out), name)
        seen.append(_seen(videos[index], index, member, blind, learner))
    return tuple(seen)


def found_held_out(
    videos: Sequence[TrainingVideo], seen: Sequence[Sequence[Seen]], learner: Learner
) -> tuple[VideoSpans, ...]:
    """Find actions in the videos held out, by what each member sees there."""
    return tuple(
        VideoSpans(
            videos[index].entry.video_id,
            _detections(by_member, learner),
            videos[index].truth,
        )
        for index, *by_member in zip(held_out(videos, learner), *seen, strict=True)
    )


def _blind_model(
    videos: Sequence[TrainingVideo], member: LearntMember, learner: Learner
) -> Model:
    """Train FCN and head on the other videos alone, for half as long."""
    out, model = _names_held_out(videos), member.model
    rest = [i for i, video in enumerate(videos) if video.entry.video_id not in out]
    inside = learner.progress.within("held out", 0, 1, "without them")
    learner = replace(learner, settings=_shorter(learner.settings), progress=inside)
    placed = [(videos[i], member.placements[i]) for i in rest]
    network, _ = learn_network(placed, model.describe, learner)
    head = model.head
    if head is not None:
        whole = [i for i in rest if videos[i].whole]
        heard, inputs = [videos[i] for i in whole], [member.inputs[i] for i in whole]
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


def _detections(seen: Sequence[Seen], learner: Learner) -> Segments:
    """Find actions in the mean of all members, as `pipeline.detect_in` does."""
    weights = [1 / len(seen)] * len(seen)
    frames = [one.head.frames if one.head else one.frames for one in seen]
    head = mean_heads([one.head for one in seen], weights)
    _, candidates = localise(
        mean_scores(frames, weights),
        learner.settings,
        head.reach_s if head else None,
    )
    return candidates.detections.as_written()


def _seen(
    video: TrainingVideo,
    index: int,
    member: LearntMember,
    model: Model,
    learner: Learner,
) -> Seen:
    """Take a member's path from the imprint on: frame scores, and what a head says."""
    settings, placement = learner.settings, member.placements[index]
    grid = label_cells(
        imprint_of(video.features, placement, learner.device),
        placement,
        model.describe,
        model.network,
        mask_tau=settings.target.mask_tau,
        device=learner.device,
        precision=settings.features.precision,
    )
    frames = project(grid, placement, settings)
    if model.head is None:
        return Seen(frames, None)
    head = sharpen(
        model.head.network,
        member.inputs[index],
        frames,
        settings.head,
        smoothing=settings.smoothing,
        device=learner.device,
    )
    return Seen(frames, head)
