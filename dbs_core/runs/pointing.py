"""The pointing game over a run's results: whose boxes are whose, and further maps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from jaxtyping import Float32

from dbs_core.datasets.actor_boxes import ActorBoxes
from dbs_core.datasets.folders import some_of
from dbs_core.evaluation.pointing import Played, Which, point
from dbs_core.method.control import activation_maps
from dbs_core.method.features.unusual import unusual
from dbs_core.method.pipeline import require_backbone
from dbs_core.records import SampledVideo, VideoResult
from dbs_core.runs.detecting import Detector
from dbs_core.runs.run import Run, is_fusion
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress


@dataclass(frozen=True)
class Games:
    """What was played in each video, and what is to be said of it."""

    videos: tuple[str, ...]
    played: Mapping[Which, tuple[Played, ...]]
    notes: tuple[str, ...]


def play(
    run: Run,
    split: str,
    boxes: Mapping[str, ActorBoxes],
    detector: Detector | None,
    *,
    tolerance: float = 0.0,
    progress: Progress = SILENT,
) -> Games:
    """Play in every video of a split that has boxes.

    Args:
        run: whose results.
        split: of the run.
        boxes: by video.
        detector: gives the control's maps; None of a fusion, which has no model.
        tolerance: pixels around a box that count as inside.
        progress: told about each video.

    Raises:
        InputError: no video has both boxes and a result; boxes of another size.
        Cancelled: asked to stop.
    """
    known = {v for v in boxes if run.result_path(split, v).exists()}
    if not known:
        raise InputError(
            "boxes of none of the run's videos",
            where=run.root,
            wanted=f"boxes of videos of the split {split} that have results",
            got=some_of(set(boxes)) if boxes else "no boxes",
        )
    notes = []
    if unknown := set(boxes) - known:
        notes.append(
            f"boxes of {many(len(unknown), 'video')} without a result in {split}, not "
            f"counted: {some_of(unknown)}"
        )
    played: dict[Which, list[Played]] = {which: [] for which in get_args(Which)}
    coarse = 0
    for done, video_id in enumerate(sorted(known)):
        progress("pointing", done, len(known), video_id)
        result = run.result(split, video_id)
        if result.truth is None:
            raise InputError("no truth", where=video_id, cure="detect in the data set")
        sampled = _sampled(result, run, detector) if detector else None
        result = _placed(result, sampled)
        place = result.unusual
        coarse += place is None or place.shape[1:] == result.placement.window
        others = _control_maps(sampled, detector)
        for which, games in played.items():
            game = point(
                result, boxes[video_id], others, which=which, tolerance=tolerance
            )
            games.append(game)
    if coarse:
        notes.append(
            f"{many(coarse, 'video')} whose place is told by the features alone: those "
            "kept by an earlier version, or made elsewhere, have no finer map"
        )
    kept = {which: tuple(games) for which, games in played.items()}
    return Games(tuple(sorted(known)), kept, tuple(notes))


def open_detector(run: Run, **options: object) -> Detector | None:
    """Open a run's model for its control; a fusion has none."""
    if is_fusion(run):
        return None
    detector = Detector.open(run, **options)  # type: ignore[arg-type]
    require_backbone(detector.model, detector.backbone)
    return detector


def _sampled(result: VideoResult, run: Run, detector: Detector) -> SampledVideo:
    return detector.cache.get(
        run.video_file(result),
        detector.backbone,
        detector.features,
        detector.progress,
        duration_s=result.info.duration_s,
    )


def _placed(result: VideoResult, sampled: SampledVideo | None) -> VideoResult:
    """Tell an earlier version's result where its frames are unusual."""
    if result.unusual is not None or sampled is None:
        return result
    return replace(result, unusual=unusual(sampled.features, sampled.fine))


def _control_maps(
    sampled: SampledVideo | None, detector: Detector | None
) -> Mapping[str, Float32[np.ndarray, "t h w c"]]:
    if sampled is None or detector is None:
        return {}
    members = detector.model.members
    maps = [activation_maps(sampled.features, one.control) for one in members]
    return {"control": np.mean(maps, axis=0) if len(maps) > 1 else maps[0]}
