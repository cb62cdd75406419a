"""A video's result as the few hundred kilobytes that the player needs.

By Eq. 7 the map of a frame is the window of the grid scores at the frame's most
likely location. So the grid scores as bytes, one location a frame and the frame
scores are enough to draw everything while playing, without the server. Maps that are
no window of the grid go along as the engine gives them: those of Eq. 6, where the run
projects softly, and those of fused streams.

Layout: `DBSP`, the length of a JSON header (uint32, little endian), the header, then
the arrays at the offsets that the header gives, each a multiple of eight.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from jaxtyping import Int, UInt8, UInt16

from dbs_core.evaluation.candidate_fates import detection_origins
from dbs_core.evaluation.finders import Finder, finders
from dbs_core.evaluation.protocols.rules import THUMOS
from dbs_core.evaluation.truth_surroundings import (
    ScoresInside,
    nearest_detections,
    scores_inside,
)
from dbs_core.evaluation.video_matches import judge
from dbs_core.evaluation.video_summary import strongest_classes
from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.pictures.layers import entropy_share, segmentation_map
from dbs_core.pictures.palette import colour_slots
from dbs_core.pictures.truth_map import truth_labels
from dbs_core.records import (
    BACKGROUND,
    ClassList,
    Placement,
    VideoResult,
    classes_present,
)

MAGIC = b"DBSP"
RULE = THUMOS
BEYOND = 2.0  # a tIoU that nothing reaches: what is then no error never is one
SHOWN = 14  # classes in one payload, so that 200 classes do not swell it


def shown_classes(result: VideoResult, chosen: int | None) -> tuple[int, ...]:
    """Choose the labels that go along: those present, the chosen one, strong ones."""
    first = [*classes_present(result)[: SHOWN - 1], *([chosen] if chosen else [])]
    return tuple(dict.fromkeys([*first, *strongest_classes(result)]))[:SHOWN]


def pack(result: VideoResult, classes: ClassList, chosen: int | None = None) -> bytes:
    """Pack a result for the player; `chosen` is a label that must be in it."""
    shown = shown_classes(result, chosen)
    arrays = _arrays(result, (BACKGROUND, *shown))
    header = _header(result, classes, shown)
    header["arrays"], body = _lay_out(arrays)
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(len(text) + 8) % 8)
    return MAGIC + len(text).to_bytes(4, "little") + text + body


def _lay_out(arrays: dict[str, np.ndarray]) -> tuple[dict[str, object], bytes]:
    """Place arrays one after the other, eight bytes aligned."""
    places: dict[str, object] = {}
    body = bytearray()
    for name, array in arrays.items():
        places[name] = [array.dtype.name, len(body), array.size]
        body += np.ascontiguousarray(array).tobytes()
        body += b"\0" * (-len(body) % 8)
    return places, bytes(body)


def _arrays(result: VideoResult, channels: Sequence[int]) -> dict[str, np.ndarray]:
    placement, wanted = result.placement, list(channels)
    starts, cells, weights = sparse_posterior(placement)
    arrays = {
        "times": placement.times_s.astype(np.float32),
        "best": flat_cells(placement.best, placement.grid),
        "posteriorStart": starts,
        "posteriorCell": cells,
        "posteriorWeight": weights,
        "grid": _bytes(result.grid.probability[..., wanted]),
        "scores": _words(result.frames.probability[:, wanted]),
        "mask": result.grid.mask.astype(np.uint8),
        "usage": result.usage.astype(np.float32),
        "segmentation": segmentation_map(result.grid),
        "entropy": _bytes(entropy_share(result.grid)),
    }
    annotation = truth_labels(result)
    if annotation is not None:
        arrays["annotation"] = annotation
    if result.maps is not None or result.projection == "soft":
        arrays["maps"] = _bytes(maps_of(result, wanted))
    return arrays


def flat_cells(
    locations: Int[np.ndarray, "*n 2"], grid: tuple[int, int]
) -> UInt16[np.ndarray, "*n"]:
    """Number the cells of a grid row by row."""
    places = locations.astype(np.int64)
    return (places[..., 0] * grid[1] + places[..., 1]).astype(np.uint16)


def sparse_posterior(
    placement: Placement,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keep the locations that weigh at least 1/255: starts [t+1], cells, weights."""
    weights = _bytes(placement.weights)
    kept = weights > 0
    starts = np.concatenate([[0], kept.sum(axis=1).cumsum()]).astype(np.uint32)
    cells = flat_cells(placement.locations, placement.grid)
    return starts, cells[kept], weights[kept]


def _bytes(share: np.ndarray) -> UInt8[np.ndarray, "..."]:
    return np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)


def _words(share: np.ndarray) -> UInt16[np.ndarray, "..."]:
    return np.rint(np.clip(share, 0, 1) * 65535).astype(np.uint16)


def _header(
    result: VideoResult, classes: ClassList, shown: Sequence[int]
) -> dict[str, object]:
    info, box = result.info, result.geometry
    return {
        "videoId": result.video_id,
        "duration": info.duration_s,
        "frameRate": info.frame_rate,
        "size": [info.width or 4, info.height or 3],
        "box": [box.x0, box.y0, box.x1, box.y1],
        "cells": list(result.placement.grid),
        "window": list(result.placement.window),
        "classes": _classes(result, classes, shown),
        "hasTruth": result.truth is not None,
        "tious": list(RULE.tiou),
        "rule": RULE.words.partition(",")[0],
        "truth": _truth(result, classes),
        "ambiguous": result.truth.ambiguous_s.tolist() if result.truth else [],
        "found": _found(result, classes),
    }


def _classes(
    result: VideoResult, classes: ClassList, shown: Sequence[int]
) -> list[dict[str, object]]:
    present = classes_present(result)
    slots = colour_slots(list(dict.fromkeys([*present, *shown])), len(classes))
    return [
        {
            "label": label,
            "name": classes.name_of(label),
            "slot": slots.get(label, -1),
            "present": label in present,
        }
        for label in shown
    ]


def _truth(result: VideoResult, classes: ClassList) -> list[dict[str, object]]:
    """Say of each truth who finds it, at each tIoU and threshold, and what lay there.

    `by` holds for each tIoU [detection, up to which threshold it finds the truth, IoU],
    as the threshold rises; after the last nothing does.
    """
    if result.truth is None:
        return []
    truth = result.truth.segments
    return [
        {
            "span": _span(span),
            "label": int(label),
            "name": classes.name_of(int(label)),
            "by": [[_finder(step) for step in steps] for steps in levels],
            "nearest": asdict(near) if near else None,
            "inside": _named(inside, classes) if inside else None,
        }
        for span, label, levels, near, inside in zip(
            truth.spans_s,
            truth.labels,
            finders(result, RULE),
            nearest_detections(result),
            scores_inside(result),
            strict=True,
        )
    ]


def _finder(step: Finder) -> list[float]:
    return [step.detection, step.to_score, round(step.overlap, 3)]


def _named(inside: ScoresInside, classes: ClassList) -> dict[str, object]:
    name = classes.name_of(inside.other) if inside.other is not None else None
    return asdict(inside) | {"other": name}


def _found(result: VideoResult, classes: ClassList) -> list[dict[str, object]]:
    """Detections, best first, with where they came from.

    Whether one is right stands with the truths. `ignored`: unless it is right it
    counts as neither. Scores are exact, for thresholds are compared with them.
    """
    found, unmatched = result.detections, judge(result, RULE, tiou=BEYOND)
    rows: list[dict[str, object]] = []
    for i, origin in enumerate(detection_origins(result)):
        row: dict[str, object] = {
            "span": _span(found.spans_s[i]),
            "label": int(found.labels[i]),
            "name": classes.name_of(int(found.labels[i])),
            "score": float(found.scores[i]),
            "beat": origin.beat,
        }
        if origin.level is not None:
            row["level"] = _finite(origin.level)
        if origin.proposal_s is not None:
            row["proposal"] = _span(origin.proposal_s)
        if unmatched is not None:
            row["ignored"] = unmatched.verdicts[i] == "ignored"
            row["overlap"] = round(float(unmatched.overlap[i]), 3)
        rows.append(row)
    return rows


def _finite(value: float) -> float:
    """Round for JSON, which knows no NaN: a level that is none is 0."""
    return round(float(value), 4) if np.isfinite(value) else 0.0


def _span(span: Sequence[float] | np.ndarray) -> list[float]:
    return [round(float(span[0]), 3), round(float(span[1]), 3)]
