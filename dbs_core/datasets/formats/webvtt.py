"""WebVTT tracks of one video: its truth and its detections, for any player.

A cue's identifier holds the exact numbers, its text what a viewer reads:

    WEBVTT - detections

    detection 1 label=3 start=72.8125 end=76.4 score=0.8312
    00:01:12.813 --> 00:01:16.400
    BasketballDunk 0.83
"""

import html
import re
from pathlib import Path
from typing import Literal

import numpy as np

from dbs_core.datasets.formats.text import read_text, require_room, write_text
from dbs_core.records import ClassList, Segments
from dbs_core.runtime.errors import InputError

Track = Literal["truth", "detections"]
_WORD = {"truth": "truth", "detections": "detection"}
_CUE = re.compile(
    r"(?:truth|detection) \d+ label=(\d+) start=(\S+) end=(\S+) score=(\S+)"
)
_TIME = re.compile(r"\d{2,}:\d{2}:\d{2}\.\d{3} --> \d{2,}:\d{2}:\d{2}\.\d{3}")


def write_tracks(
    stem: Path, truth: Segments | None, found: Segments, classes: ClassList
) -> tuple[Path, ...]:
    """Write `STEM.truth.vtt` (where there is truth) and `STEM.detections.vtt`."""
    written = []
    tracks: tuple[tuple[Track, Segments | None], ...] = (
        ("truth", truth),
        ("detections", found),
    )
    for track, segments in tracks:
        if segments is not None:
            path = stem.with_name(f"{stem.name}.{track}.vtt")
            write_text(path, track_text(track, segments, classes))
            written.append(path)
    return tuple(written)


def track_text(track: Track, segments: Segments, classes: ClassList) -> str:
    """Give one track as WebVTT text, cues in the order of the segments."""
    cues = [f"WEBVTT - {track}\n"]
    for i, ((start, end), label, score) in enumerate(
        zip(
            segments.spans_s.tolist(),
            segments.labels.tolist(),
            segments.scores.tolist(),
            strict=True,
        ),
        start=1,
    ):
        name = html.escape(classes.name_of(label).replace("-->", "->"), quote=False)
        text = name if track == "truth" else f"{name} {score:.2f}"
        cues.append(
            f"{_WORD[track]} {i} label={label} start={start!r} end={end!r} "
            f"score={score!r}\n{_stamp(start)} --> {_stamp(end)}\n{text}\n"
        )
    return "\n".join(cues)


def read_track(path: Path) -> Segments:
    """Read a track that `write_tracks` wrote; the segments are equal.

    Budget: as `text.read_text` and `text.require_room`.

    Raises:
        InputError: no such WebVTT file, with the line.
    """
    text = read_text(path)
    require_room(path, text, {"\n": 80})
    lines = text.split("\n")
    if not lines[0].startswith("WEBVTT"):
        raise InputError(
            "no WebVTT", where=f"{path}:1", wanted="WEBVTT", got=repr(lines[0][:40])
        )
    rows = [
        _cue(f"{path}:{number}", lines[number - 1], lines[number : number + 1])
        for number in _cue_starts(lines)
    ]
    table = np.array(rows, np.float64).reshape(-1, 4)
    try:
        return Segments(table[:, 1:3], table[:, 0].astype(np.int64), table[:, 3])
    except ValueError as error:
        raise InputError(f"no usable cue ({error})", where=path) from error


def _cue_starts(lines: list[str]) -> list[int]:
    """Give the line numbers (from 1) where a block after an empty line starts."""
    return [
        number
        for number in range(2, len(lines) + 1)
        if lines[number - 1].strip() and not lines[number - 2].strip()
    ]


def _cue(where: str, identifier: str, timing: list[str]) -> tuple[float, ...]:
    match = _CUE.fullmatch(identifier.strip())
    try:
        if match and timing and _TIME.fullmatch(timing[0].strip()):
            return tuple(float(number) for number in match.groups())
    except ValueError:
        pass
    raise InputError(
        "no cue of ours",
        where=where,
        wanted="'detection 1 label=... start=... end=... score=...' and its times",
        got=repr(identifier[:80]),
    )


def _stamp(seconds: float) -> str:
    """Write hours, minutes, seconds and milliseconds; WebVTT has no time below 0."""
    total = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(total, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds / 1000:06.3f}"
