"""Their imprints, kept on disk."""

from collections.abc import Sequence

from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.pipeline import imprint_generator
from dbs_core.records import Placement
from dbs_core.runtime import store
from dbs_core.runtime.progress import Progress
from dbs_core.training.learner import Learner
from dbs_core.training.videos import TrainingVideo


def place_all(
    videos: Sequence[TrainingVideo], locate: Projection, learner: Learner
) -> list[Placement]:
    """Learn every imprint; those of an earlier, stopped training are read back.

    Raises:
        Cancelled: asked to stop, between two iterations; finished imprints are kept.
    """
    settings, kept = learner.settings, []
    same = store.fingerprint(
        settings.epitome, learner.backbone.name, learner.seed, locate.axes.tobytes()
    )
    for index, video in enumerate(videos):
        name = video.entry.video_id
        progress = learner.progress.within("imprints", index, len(videos), name)
        key = store.fingerprint(
            same,
            video.entry.split,
            video.entry.video_id,
            video.part,
            video.features.times_s.tobytes(),
            *([lead_s] if (lead_s := video.features.lead_s) else []),
        )
        # With the features: another run with the same EM finds them there.
        path = learner.cache.root / "placements" / f"{key}.npz"
        if not path.exists():
            store.write_record(path, place(video, locate, learner, progress))
        kept.append(store.read_record(path, Placement))
    return kept


def place(
    video: TrainingVideo, locate: Projection, learner: Learner, progress: Progress
) -> Placement:
    """Learn the imprint of one training video: where its frames lie.

    Raises:
        Cancelled: the progress was asked to stop, between two iterations.
    """
    fitted = fit(
        video.features,
        locate,
        learner.settings.epitome,
        generator=imprint_generator(learner.seed, video.entry, video.part),
        device=learner.device,
        progress=progress,
    )
    return fitted.placement
