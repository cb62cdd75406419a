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
from dbs_core.evaluation.video_matches import RULE, Matches, judge
from dbs_core.evaluation.video_summary import class_count, strongest_classes
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
    truth = result.truth.segments if result.truth else None
    matches = judge(result)
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
        "hasTruth": truth is not None,
        "rule": RULE,
        "truth": _truth(result, matches),
        "ambiguous": result.truth.ambiguous_s.tolist() if result.truth else [],
        "found": _found(result, matches),
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
            **asdict(class_count(result, label)),
        }
        for label in shown
    ]


def _truth(result: VideoResult, matches: Matches | None) -> list[list[float]]:
    """Rows of [start, end, label, detection that found it or -1]."""
    if result.truth is None or matches is None:
        return []
    truth = result.truth.segments
    return [
        [*_span(span), int(label), int(by)]
        for span, label, by in zip(
            truth.spans_s, truth.labels, matches.found_by, strict=True
        )
    ]


def _found(result: VideoResult, matches: Matches | None) -> list[dict[str, object]]:
    """Detections, best first, with what became of them and where they came from."""
    found = result.detections
    rows: list[dict[str, object]] = []
    for i, origin in enumerate(detection_origins(result)):
        row: dict[str, object] = {
            "span": _span(found.spans_s[i]),
            "label": int(found.labels[i]),
            "score": round(float(found.scores[i]), 4),
            "beat": origin.beat,
        }
        if origin.level is not None:
            row["level"] = _finite(origin.level)
        if origin.proposal_s is not None:
            row["proposal"] = _span(origin.proposal_s)
        if matches is not None:
            row["verdict"] = matches.verdicts[i]
            row["truth"] = int(matches.truth_of[i])
            row["overlap"] = round(float(matches.overlap[i]), 3)
        rows.append(row)
    return rows


def _finite(value: float) -> float:
    """Round for JSON, which knows no NaN: a level that is none is 0."""
    return round(float(value), 4) if np.isfinite(value) else 0.0


def _span(span: Sequence[float] | np.ndarray) -> list[float]:
    return [round(float(span[0]), 3), round(float(span[1]), 3)]
