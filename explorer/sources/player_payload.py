"""What is known of a video as the few hundred kilobytes that the player needs.

Spans and their truth any video has; an imprint (imprint_payload.py) only one that went
the path. What there is to look at, the video file or the mean image, has addresses of
its own and is no part of it.

Layout: `DBSP`, the length of a JSON header (uint32, little endian), the header, then
the arrays at the offsets that the header gives, each a multiple of eight.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from jaxtyping import Float32

from dbs_core.evaluation.candidate_fates import Origin, detection_origins
from dbs_core.evaluation.finders import Finder, finders
from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.truth_surroundings import (
    ScoresInside,
    nearest_detections,
    scores_inside,
)
from dbs_core.evaluation.video_matches import judge
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.evaluation.video_summary import strongest_classes
from dbs_core.pictures.palette import colour_slots
from dbs_core.records import ClassList, Spans, VideoInfo, VideoResult, classes_present
from dbs_core.runs.repainting import Repainted
from explorer.sources.imprint_payload import imprint_arrays, imprint_header

MAGIC = b"DBSP"
BEYOND = 2.0  # a tIoU that nothing reaches: what is then no error never is one
SHOWN = 14  # classes with scores in one payload, so that 200 classes do not swell it
STEP_S = 0.2  # between the moments of a video that nothing has sampled
FEWEST = 200  # moments of such a video, however short it is


def shown_classes(result: VideoResult, chosen: int | None) -> tuple[int, ...]:
    """Choose the labels that go along: those present, the chosen one, strong ones."""
    first = [*classes_present(result)[: SHOWN - 1], *([chosen] if chosen else [])]
    return tuple(dict.fromkeys([*first, *strongest_classes(result)]))[:SHOWN]


def pack(
    result: VideoResult,
    classes: ClassList,
    chosen: int | None = None,
    painted: Repainted | None = None,
    *,
    rule: Rule = THUMOS,
) -> bytes:
    """Pack a result for the player.

    Args:
        result: of one video.
        classes: what its labels mean.
        chosen: a label that must be in it.
        painted: the same with cells painted, to be packed in its place: the classes,
            their order and their colours stay.
        rule: how detections are judged.
    """
    shown = shown_classes(result, chosen)
    one = painted.result if painted else result
    header = _header(one, classes, shown, rule, result.info.duration_s)
    header |= _sizes(result.info) | imprint_header(result)
    header["truth"] = _truth(one, classes, rule, scores_inside(one))
    header["found"] = _found(one, classes, rule, detection_origins(one))
    if painted:
        header["classes"] = _classes(result, classes, shown, also=one)
        names = ("before", "after", "notes")
        header["painted"] = {name: getattr(painted, name) for name in names}
    times = {"times": result.placement.starts_s.astype(np.float32)}
    return _written(header, times | imprint_arrays(one, shown))


def pack_spans(
    video: VideoSpans,
    classes: ClassList,
    rule: Rule,
    duration_s: float,
    info: VideoInfo | None,
) -> bytes:
    """Pack a video of spans alone for the player: no imprint, no score of a moment.

    Args:
        video: what was found, and the truth.
        classes: what labels mean.
        rule: how detections are judged.
        duration_s: how long the time axis is.
        info: of the video file, where there is one.
    """
    shown = classes_present(video)
    header = _header(video, classes, shown, rule, duration_s) | _sizes(info)
    truths = len(video.truth.segments) if video.truth else 0
    header["truth"] = _truth(video, classes, rule, [None] * truths)
    header["found"] = _found(video, classes, rule, [None] * len(video.detections))
    return _written(header, {"times": even_times(duration_s)})


def even_times(duration_s: float) -> Float32[np.ndarray, " t"]:
    """Give the moments that a video without samples is stepped through."""
    step_s = min(STEP_S, max(duration_s, 1e-3) / FEWEST)
    return np.arange(0.0, max(duration_s, step_s), step_s).astype(np.float32)


def _written(header: dict[str, object], arrays: dict[str, np.ndarray]) -> bytes:
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


def _header(
    video: Spans,
    classes: ClassList,
    shown: Sequence[int],
    rule: Rule,
    duration_s: float,
) -> dict[str, object]:
    return {
        "videoId": video.video_id,
        "duration": duration_s,
        "classes": _classes(video, classes, shown),
        "hasTruth": video.truth is not None,
        "tious": list(rule.tiou),
        "rule": rule.words.partition(",")[0],
        "ambiguous": video.truth.ambiguous_s.tolist() if video.truth else [],
    }


def _sizes(info: VideoInfo | None) -> dict[str, object]:
    """Say how a video's pictures are; a rate of 0 says that frames are not known."""
    if info is None:
        return {"frameRate": 0, "size": [4, 3]}
    return {"frameRate": info.frame_rate, "size": [info.width or 4, info.height or 3]}


def _classes(
    video: Spans, classes: ClassList, shown: Sequence[int], also: Spans | None = None
) -> list[dict[str, object]]:
    present = classes_present(video)
    slots = colour_slots(list(dict.fromkeys([*present, *shown])), len(classes))
    seen = {*present, *(classes_present(also) if also else ())}
    return [
        {
            "label": label,
            "name": classes.name_of(label),
            "slot": slots.get(label, -1),
            "present": label in seen,
        }
        for label in shown
    ]


def _truth(
    video: Spans,
    classes: ClassList,
    rule: Rule,
    scores: Sequence[ScoresInside | None],
) -> list[dict[str, object]]:
    """Say of each truth who finds it, at each tIoU and threshold, and what lay there.

    `by` holds for each tIoU [detection, up to which threshold it finds the truth, IoU],
    as the threshold rises; after the last nothing does.
    """
    if video.truth is None:
        return []
    truth = video.truth.segments
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
            finders(video, rule),
            nearest_detections(video),
            scores,
            strict=True,
        )
    ]


def _finder(step: Finder) -> list[float]:
    return [step.detection, step.to_score, round(step.overlap, 3)]


def _named(inside: ScoresInside, classes: ClassList) -> dict[str, object]:
    name = classes.name_of(inside.other) if inside.other is not None else None
    return asdict(inside) | {"other": name}


def _found(
    video: Spans, classes: ClassList, rule: Rule, origins: Sequence[Origin | None]
) -> list[dict[str, object]]:
    """Detections, best first, with where they came from, if that is known.

    Whether one is right stands with the truths. `ignored`: unless it is right it
    counts as neither. Scores are exact, for thresholds are compared with them.
    """
    found, unmatched = video.detections, judge(video, rule, tiou=BEYOND)
    rows: list[dict[str, object]] = []
    for i, origin in enumerate(origins):
        row: dict[str, object] = {
            "span": _span(found.spans_s[i]),
            "label": int(found.labels[i]),
            "name": classes.name_of(int(found.labels[i])),
            "score": float(found.scores[i]),
        } | _whence(origin)
        if unmatched is not None:
            row["ignored"] = unmatched.verdicts[i] == "ignored"
            row["overlap"] = round(float(unmatched.overlap[i]), 3)
        rows.append(row)
    return rows


def _whence(origin: Origin | None) -> dict[str, object]:
    if origin is None:
        return {}
    known: dict[str, object] = {"beat": origin.beat}
    if origin.level is None:
        known["byHead"] = True
    else:
        known["level"] = _finite(origin.level)
    if origin.proposal_s is not None:
        known["proposal"] = _span(origin.proposal_s)
    return known


def _finite(value: float) -> float:
    """Round for JSON, which knows no NaN: a level that is none is 0."""
    return round(float(value), 4) if np.isfinite(value) else 0.0


def _span(span: Sequence[float] | np.ndarray) -> list[float]:
    return [round(float(span[0]), 3), round(float(span[1]), 3)]
