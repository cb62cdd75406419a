"""Their imprints, kept on disk."""

from collections.abc import Sequence

from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.pipeline import imprint_generator
from dbs_core.method.settings import Settings
from dbs_core.records import Imprint, Placement
from dbs_core.runtime import store
from dbs_core.training.learner import Learner
from dbs_core.training.videos import TrainingVideo


def place_all(
    videos: Sequence[TrainingVideo], locate: Projection, learner: Learner
) -> list[Placement]:
    """Learn every imprint; those of an earlier, stopped training are read back."""
    settings, kept = learner.settings, []
    same = store.fingerprint(
        settings.epitome, learner.backbone.name, learner.seed, locate.axes.tobytes()
    )
    for index, video in enumerate(videos):
        learner.progress("imprints", index, len(videos), video.entry.video_id)
        key = store.fingerprint(
            same,
            video.entry.split,
            video.entry.video_id,
            video.part,
            video.features.times_s.tobytes(),
        )
        # With the features: another run with the same EM finds them there.
        path = learner.cache.root / "placements" / f"{key}.npz"
        if not path.exists():
            _, placement = place(video, locate, settings, learner.seed)
            store.write_record(path, placement)
        kept.append(store.read_record(path, Placement))
    return kept


def place(
    video: TrainingVideo, locate: Projection, settings: Settings, seed: int
) -> tuple[Imprint, Placement]:
    """Learn the imprint of one training video."""
    generator = imprint_generator(seed, video.entry, video.part)
    fitted = fit(video.features, locate, settings.epitome, generator=generator)
    return fitted.imprint, fitted.placement
