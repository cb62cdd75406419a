"""A look over a split's results: which videos tell most, and Figure 3's numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64

from dbs_core.evaluation.video_matches import judge, video_precision
from dbs_core.records import BACKGROUND, ClassList, VideoResult
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError

MOST = 60
"""Videos that are read: enough to choose from and for ten thousand frames."""


@dataclass(frozen=True, eq=False)
class Surveyed:
    """What a choice asks about one video. `precision` is None without an action.

    `sharpness` is each frame's largest posterior, `scores` the detections', with
    which of them are right at tIoU 0.5.
    """

    video_id: str
    duration_s: float
    classes: int
    instances: int
    precision: float | None
    sharpness: Float32[np.ndarray, " t"]
    scores: Float64[np.ndarray, " n"]
    right: Bool[np.ndarray, " n"]


@dataclass(frozen=True, eq=False)
class Survey:
    """The videos read, out of how many, and the files that could not be."""

    videos: tuple[Surveyed, ...]
    of: int
    problems: tuple[str, ...]

    @property
    def threshold(self) -> float | None:
        """The score at which F1 at tIoU 0.5 is best; None where nothing is known."""
        scores = np.concatenate([video.scores for video in self.videos])
        right = np.concatenate([video.right for video in self.videos])
        truths = sum(video.instances for video in self.videos)
        if not right.any():
            return None
        order = np.argsort(-scores, kind="stable")
        hits = np.cumsum(right[order])
        f1 = 2 * hits / (np.arange(1, len(order) + 1) + truths)
        return float(scores[order][f1.argmax()])


def survey(run: Run, split: str) -> Survey:
    """Read a split's results, at most sixty of them evenly spread.

    Raises:
        InputError: the split has no result that can be read.
    """
    files = run.result_files(split)
    chosen = np.unique(np.linspace(0, len(files) - 1, min(len(files), MOST)).round())
    videos, problems = [], []
    for place in chosen.astype(int):
        try:
            result = run.read_result(files[place])
        except InputError as error:
            problems.append(str(error))
            continue
        if len(result.placement):
            videos.append(_look(result, run.info.classes))
    if not videos:
        raise InputError(
            "no result to draw",
            where=run.root,
            wanted=f"results of the split {' or '.join(run.splits) or split}",
            got=problems[0] if problems else split,
            cure=f"python -m dbs_core detect --run {run.root} VIDEO_OR_DATASET",
        )
    return Survey(tuple(videos), len(files), tuple(problems))


def _look(result: VideoResult, classes: ClassList) -> Surveyed:
    matches = judge(result)
    truth = result.truth.segments if result.truth else None
    labels = truth.labels if truth is not None else result.detections.labels
    verdicts = matches.verdicts if matches else ()
    return Surveyed(
        result.video_id,
        result.info.duration_s,
        len(np.unique(labels[labels != BACKGROUND])),
        len(truth) if truth is not None else 0,
        video_precision(result, classes),
        np.array(result.placement.weights[:, 0], np.float32),
        np.array(result.detections.scores),
        np.array(
            [v == "right" for v in verdicts] or [False] * len(result.detections), bool
        ),
    )


def best_video(videos: Sequence[Surveyed]) -> Surveyed:
    """Choose a video that went well, with several classes where there is one."""
    return max(videos, key=lambda v: (v.classes > 1, v.instances > 1, _precision(v)))


def worst_video(videos: Sequence[Surveyed]) -> Surveyed:
    """Choose a video that went badly, though something was found in it."""
    judged = [v for v in videos if v.precision is not None and len(v.scores)]
    return min(judged or videos, key=lambda v: (_precision(v), -v.instances))


def richest_video(videos: Sequence[Surveyed]) -> Surveyed:
    """Choose the annotated video with the most classes, then instances.

    Raises:
        InputError: no video is annotated.
    """
    annotated = [v for v in videos if v.instances]
    if not annotated:
        raise InputError(
            "no video with annotated actions",
            wanted="truth, which Figure 2 shows",
            cure="detect in a data set with annotation",
        )
    return max(annotated, key=lambda v: (v.classes, v.instances, _precision(v)))


def _precision(video: Surveyed) -> float:
    return -1.0 if video.precision is None else video.precision
