"""Their imprints, kept on disk."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.pipeline import imprint_generator
from dbs_core.records import Placement, VideoEntry
from dbs_core.runtime import store
from dbs_core.runtime.cluster import each, elsewhere
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.threads import fixed_threads
from dbs_core.training.learner import Learner
from dbs_core.training.sampling import videos_of
from dbs_core.training.videos import TrainingVideo

VERSION = 3
"""Of the EM; one that gives other bytes has another. 2: bounded search, weights equal
to rounding. 3: a fast search of one fixed variance that stops sooner."""
Parts = tuple[VideoEntry, frozenset[str]]
"""A video, and which of its parts are to be placed."""


def place_all(
    videos: Sequence[TrainingVideo], locate: Projection, learner: Learner
) -> list[Placement]:
    """Learn every imprint; those of an earlier, stopped training are read back.

    Raises:
        InputError: a worker could not learn one.
        Cancelled: asked to stop, between two iterations; finished imprints are kept.
    """
    kept = []
    same = store.fingerprint(
        VERSION,
        learner.settings.epitome,
        learner.backbone.name,
        learner.seed,
        locate.axes.tobytes(),
    )
    paths = [_path(video, same, learner) for video in videos]
    if elsewhere():
        missing = [
            v for v, path in zip(videos, paths, strict=True) if not path.exists()
        ]
        _place_elsewhere(missing, locate, learner)
    for index, (video, path) in enumerate(zip(videos, paths, strict=True)):
        name = video.entry.video_id
        progress = learner.progress.within("imprints", index, len(videos), name)
        if not path.exists():
            store.write_record(path, place(video, locate, learner, progress))
        kept.append(store.read_record(path, Placement))
    return kept


def _path(video: TrainingVideo, same: str, learner: Learner) -> Path:
    """Name the file of a placement by all that decides it.

    It lies with the features: another run with the same EM finds it there.
    """
    key = store.fingerprint(
        same,
        video.entry.split,
        video.entry.video_id,
        video.part,
        video.features.times_s.tobytes(),
        *([lead_s] if (lead_s := video.features.lead_s) else []),
    )
    return learner.cache.root / "placements" / f"{key}.npz"


def _place_elsewhere(
    videos: Sequence[TrainingVideo], locate: Projection, learner: Learner
) -> None:
    """Let workers learn imprints: a video with all its parts is one piece of work."""
    parts: dict[str, Parts] = {}
    for video in videos:
        name = video.entry.video_id
        _, others = parts.get(name, (video.entry, frozenset()))
        parts[name] = (video.entry, others | {video.part})

    def tell(done: int, one: Parts) -> None:
        learner.progress("imprints", done, len(parts), one[0].video_id)

    work = partial(_place_parts, learner, locate)
    for (entry, _), error in each(work, list(parts.values()), tell):
        if error is not None:
            raise InputError("no imprint", where=entry.video_id, because=error)


@fixed_threads()
def _place_parts(learner: Learner, locate: Projection, asked: Parts) -> None:
    entry, parts = asked
    videos = [video for video in videos_of(entry, learner) if video.part in parts]
    place_all(videos, locate, learner)


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
