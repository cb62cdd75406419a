"""Training a run: from a data set's videos to one model.

Features of every training video (kept on disk), then each member of the run
(`member.py`); last, told by videos held out, what the scores of detections mean and
from which on they are best shown. Where a video cannot be used the training is refused,
unless it may be left out; then it is reported.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dbs_core.datasets import Dataset
from dbs_core.datasets.folders import some_of
from dbs_core.evaluation.plausible_times import beyond_the_end
from dbs_core.method.model import Model
from dbs_core.method.settings import member_seeds
from dbs_core.records import VideoEntry
from dbs_core.runtime.errors import CannotWrite, InputError, NothingToLearn
from dbs_core.runtime.open_files import allow_open_files
from dbs_core.runtime.threads import fixed_threads
from dbs_core.training.calibration import best_threshold, fit_calibration
from dbs_core.training.feature_ends import failures_of, note_of
from dbs_core.training.held_out import found_held_out, seen_held_out
from dbs_core.training.learner import Learner, teaches
from dbs_core.training.member import learn_member
from dbs_core.training.sampling import failed_elsewhere, videos_of
from dbs_core.training.videos import TrainingVideo

SHOWN = 5
"""Unusable videos that a refusal names."""


@dataclass(frozen=True)
class Learnt:
    """A model, and what could not be used: (video, why).

    Losses by epoch, of several members their mean.
    """

    model: Model
    failures: tuple[tuple[str, str], ...]
    imprints: int
    short: int
    losses: tuple[float, ...]
    notes: tuple[str, ...] = ()
    score_threshold: float | None = None


@fixed_threads()
def learn(entries: Sequence[VideoEntry], learner: Learner) -> Learnt:
    """Train a model on videos with truth.

    Raises:
        NothingToLearn: no video could be used, or no instance is in one.
        InputError: some cannot be used, and the learner leaves none out.
        CannotWrite: the disk is full.
        Cancelled: asked to stop; features and placements so far are kept.
    """
    settings = learner.settings
    allow_open_files(len(entries) * (1 + settings.features.mirrored))
    videos, failures = _videos(entries, learner)
    if not videos:
        raise NothingToLearn(
            "no video to train on", got="; ".join(why for _, why in failures)
        )
    whole = [video for video in videos if video.whole]
    instances = sum(len(v.truth.segments) for v in whole) if settings.crops else 0
    short = instances - (len(videos) - len(whole))
    if not any(teaches(video, learner) for video in videos):
        raise NothingToLearn(
            "no instance or trimmed clip to learn from",
            cure="train with --crops or --trimmed, or on untrimmed videos too",
        )
    models, losses, seen = [], [], []
    for one in _learners(learner):
        member = learn_member(videos, one)
        models.append(member.model)
        losses.append(member.losses)
        if settings.training.held_out:
            seen.append(seen_held_out(videos, member, one))
        # What it knows of the videos may be large: gone before the next one learns.
        del member
    first, *others = models
    found = found_held_out(videos, seen, learner) if any(seen) else ()
    calibration = fit_calibration(found, len(learner.classes), learner.rule)
    model = replace(first, others=tuple(others), calibration=calibration)
    return Learnt(
        model,
        tuple(failures),
        len(videos),
        short,
        tuple(np.mean(losses, axis=0).tolist()),
        _odd_times(entries, videos),
        best_threshold(found, calibration, learner.rule),
    )


def _learners(learner: Learner) -> Iterator[Learner]:
    """Give a learner for each member of the run."""
    seeds = member_seeds(learner.seed, learner.settings.members)
    for number, seed in enumerate(seeds, start=1):
        progress = learner.progress
        if len(seeds) > 1:
            progress = progress.about(f"member {number} of {len(seeds)}")
        yield replace(learner, seed=seed, progress=progress)


def _odd_times(
    entries: Sequence[VideoEntry], videos: Sequence[TrainingVideo]
) -> tuple[str, ...]:
    """Say so where most truths end after their video: frame numbers, not seconds."""
    durations_s = {v.entry.video_id: v.features.duration_s for v in videos if v.whole}
    truths = {e.video_id: e.truth.segments for e in entries if e.truth}
    beyond = beyond_the_end("truths to learn from", truths, durations_s)
    return (*note_of(videos), *beyond)


def training_entries(dataset: Dataset) -> tuple[VideoEntry, ...]:
    """The videos a data set trains on, see `Dataset.learns_from`.

    Raises:
        NothingToLearn: it has none, or no annotation of them.
    """
    for split in _own(dataset):
        if split in dataset.splits:
            entries = tuple(v for v in dataset.split(split) if v.truth is not None)
            if any(v.truth and len(v.truth.segments) for v in entries):
                return entries
            if entries:
                raise NothingToLearn(
                    "no action annotated in any of the videos to train on",
                    where=dataset.root,
                    wanted=f"lines of actions in annotation of the {split} split",
                    got=f"0 of {len(entries)} videos with one",
                    cure="look at the notes about the annotation: ids and class files",
                )
    if gone := gone_from_training(dataset):
        raise NothingToLearn(
            f"no file of any of the {len(gone)} videos to train on",
            where=dataset.root,
            got=some_of(gone),
            cure="put them there, or name their folders",
        )
    raise NothingToLearn(
        "nothing to train on",
        where=dataset.root,
        wanted="a validation or train split with annotation",
        got=", ".join(dataset.splits) or "no split",
    )


def gone_from_training(dataset: Dataset) -> tuple[str, ...]:
    """Give the annotated videos of the split to train on that have no file.

    Training goes on without them: thousands may be gone from the web, and a part of a
    benchmark is a data set too. The run keeps how many they are.
    """
    own = _own(dataset)
    split = next((s for s in own if s in dataset.splits), dataset.learns_from)
    return tuple(dataset.absent_from(split)) if split else ()


def _own(dataset: Dataset) -> tuple[str, ...]:
    """Name the splits to train on, the first that has videos counts."""
    if dataset.one_annotation:
        return (dataset.learns_from,) if dataset.learns_from else ()
    return ("validation", "train")


def _videos(
    entries: Sequence[VideoEntry], learner: Learner
) -> tuple[list[TrainingVideo], list[tuple[str, str]]]:
    videos: list[TrainingVideo] = []
    failures = list(failed_elsewhere(entries, learner).items())
    failed = dict(failures)
    for index, entry in enumerate(entries):
        learner.progress("videos", index, len(entries), entry.video_id)
        try:
            if entry.video_id not in failed:
                videos += videos_of(entry, learner)
        except CannotWrite:
            raise
        except InputError as error:
            failures.append((entry.video_id, str(error)))
    early = failures_of(videos)
    failures += early
    names = {name for name, _ in early}
    videos = [video for video in videos if video.entry.video_id not in names]
    if failures and videos and not learner.leave_out:
        raise _refusal(failures, len(entries))
    return videos, failures


def _refusal(failures: Sequence[tuple[str, str]], asked: int) -> InputError:
    """Say which videos cannot be used: a model of fewer would pass for one of all."""
    names = some_of((video for video, _ in failures), SHOWN)
    reasons = "; ".join(f"{video}: {why}" for video, why in failures[:SHOWN])
    return InputError(
        f"{len(failures)} of {asked} videos to train on cannot be used: {names}",
        got=reasons.rstrip("."),
        cure="mend or remove them, or train without them: --leave-out",
    )
