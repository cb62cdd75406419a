"""Training videos from their files: features are made, or found where they are kept."""

from collections.abc import Sequence
from functools import partial

from dbs_core.records import VideoEntry
from dbs_core.runtime.cluster import each, elsewhere
from dbs_core.training.learner import Learner
from dbs_core.training.videos import TrainingVideo, training_videos


def videos_of(entry: VideoEntry, learner: Learner) -> list[TrainingVideo]:
    """Give a video and its instances, as it is and mirrored where that is wanted.

    Raises:
        InputError: the video, or its maps, cannot be used.
        CannotWrite: the disk is full.
        Cancelled: asked to stop; nothing half-written stays.
    """
    settings = learner.settings
    found: list[TrainingVideo] = []
    for mirrored in (False, True)[: 1 + settings.features.mirrored]:
        sampled = learner.cache.get(
            entry.path,
            learner.backbone,
            settings.features,
            learner.progress,
            mirrored=mirrored,
            duration_s=entry.duration_s,
        )
        found += training_videos(entry, sampled, settings.crops, mirrored)
    return found


def failed_elsewhere(entries: Sequence[VideoEntry], learner: Learner) -> dict[str, str]:
    """Let workers, if there are any, make the features; of each that failed, why."""
    if not elsewhere():
        return {}

    def tell(done: int, entry: VideoEntry) -> None:
        learner.progress("features", done, len(entries), entry.video_id)

    found = each(partial(_keep_features, learner), entries, tell)
    why = {entry.video_id: str(error) for entry, error in found if error is not None}
    return {e.video_id: why[e.video_id] for e in entries if e.video_id in why}


def _keep_features(learner: Learner, entry: VideoEntry) -> None:
    videos_of(entry, learner)
