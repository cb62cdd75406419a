"""WebVTT tracks of one video: its truth and its detections, for any player.

A note names the video, a cue's identifier holds the exact numbers, its text what a
viewer reads, and by what it is read back: the class by its name.

    WEBVTT - detections

    NOTE video "video_test_0000004"

    detection 0 label=3 start=72.8125 end=76.4 score=0.8312
    00:01:12.813 --> 00:01:16.400
    BasketballDunk 0.83

Cues may stand in any order; their numbers, counted from 0, are those of the segments.
"""

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.class_labels import own_classes
from dbs_core.datasets.formats.loaded import Loaded, Rows, loaded
from dbs_core.datasets.formats.reading import AS_WRITTEN, Reading
from dbs_core.datasets.formats.text import read_text, require_room, write_text
from dbs_core.records import ClassList, Segments
from dbs_core.runtime.errors import InputError

Track = Literal["truth", "detections"]
MARK = "WEBVTT"
"""What every file begins with."""
_WORD = {"truth": "truth", "detections": "detection"}
_VIDEO = "NOTE video "
_CUE = re.compile(
    r"(truth|detection) (\d{1,9}) label=(\d{1,9}) start=(\S+) end=(\S+) score=(\S+)"
)
_TIME = re.compile(r"\d{2,}:\d{2}:\d{2}\.\d{3} --> \d{2,}:\d{2}:\d{2}\.\d{3}")
_ENDING = re.compile(r"([._](truth|detections))?\.vtt(\.gz)?$", re.IGNORECASE)
_SCORE = re.compile(r" -?\d+\.\d\d$")


class _Cue(NamedTuple):
    """A cue as it stands in the file, and the line of its identifier."""

    line: int
    track: str
    number: int
    label: int
    start_s: float
    end_s: float
    score: float
    text: str


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
            write_text(path, track_text(track, segments, classes, stem.name))
            written.append(path)
    return tuple(written)


def track_text(
    track: Track,
    segments: Segments,
    classes: ClassList,
    video_id: str,
    order: Sequence[int] | None = None,
) -> str:
    """Give one track as WebVTT text.

    Args:
        track: truth or detections.
        segments: of one video.
        classes: what their labels mean.
        video_id: the video's name.
        order: the segments in the order of the cues (default: as they stand). A cue
            keeps its segment's number.
    """
    named = json.dumps(video_id).replace(">", "\\u003e")  # no arrow in a note
    cues = [f"{MARK} - {track}\n", f"{_VIDEO}{named}\n"]
    for number in range(len(segments)) if order is None else order:
        start, end = segments.spans_s[number].tolist()
        label, score = int(segments.labels[number]), float(segments.scores[number])
        name = html.escape(classes.name_of(label), quote=False)
        text = name if track == "truth" else f"{name} {score:.2f}"
        cues.append(
            f"{_WORD[track]} {number} label={label} start={start!r} end={end!r} "
            f"score={score!r}\n{_stamp(start)} --> {_stamp(end)}\n{text}\n"
        )
    return "\n".join(cues)


def read_track(path: Path) -> Segments:
    """Read a track that `write_tracks` wrote; the segments are equal.

    Budget: as `text.read_text` and `text.require_room`.

    Raises:
        InputError: no such WebVTT file, with the line.
    """
    cues, _ = _read(path)
    spans_s, scores = _columns(cues)
    labels = np.array([cue.label for cue in cues], np.int64)
    try:
        return Segments(spans_s, labels, scores)
    except ValueError as error:
        raise InputError(f"no usable cue ({error})", where=path) from error


def read_detections(
    path: Path, classes: ClassList | None = None, reading: Reading = AS_WRITTEN
) -> Loaded:
    """Read a track as the detections of its video.

    Args:
        path: the file. The video is the one of its note, else that of its name.
        classes: what class names mean; other classes are left out with a warning.
            Without a list, the names in the file by alphabet.
        reading: how ids and reversed spans are taken.

    Raises:
        InputError: no such WebVTT file, with the line; with a truth, nothing in
            common with it.
    """
    cues, video_id = _read(path)
    tally = Tally()
    if any(cue.track == "truth" for cue in cues):
        tally.say(f"{path}: a track of truth, taken as detections")
    names = [_class_name(cue) for cue in cues]
    spans_s, scores = _columns(cues)
    rows = Rows([video_id] * len(cues), spans_s, names, scores, [video_id])
    return loaded(
        path,
        rows,
        lambda row: f"{path}:{cues[row].line}",
        own_classes(names) if classes is None else classes,
        reading,
        tally,
    )


def _read(path: Path) -> tuple[list[_Cue], str]:
    """Give the cues by their numbers, and the video."""
    text = read_text(path)
    require_room(path, text, {"\n": 300})
    lines = text.split("\n")
    if not lines[0].startswith(MARK):
        raise InputError(
            "no WebVTT", where=f"{path}:1", wanted=MARK, got=repr(lines[0][:40])
        )
    video_id, cues = _ENDING.sub("", path.name), []
    for number in _block_starts(lines):
        line = lines[number - 1]
        if line.startswith(_VIDEO):
            video_id = _noted(f"{path}:{number}", line)
        elif line.split(None, 1)[0] != "NOTE":
            cues.append(_cue(path, number, lines))
    return sorted(cues, key=lambda cue: cue.number), video_id


def _noted(where: str, line: str) -> str:
    try:
        name = json.loads(line.removeprefix(_VIDEO))
    except (ValueError, RecursionError):
        name = None
    if not isinstance(name, str) or not name:
        raise InputError(
            "no video's name", where=where, wanted=f'{_VIDEO}"..."', got=repr(line[:80])
        )
    return name


def _class_name(cue: _Cue) -> str:
    text = cue.text if cue.track == "truth" else _SCORE.sub("", cue.text)
    return html.unescape(text)


def _columns(cues: Sequence[_Cue]) -> tuple[np.ndarray, np.ndarray]:
    spans = [(cue.start_s, cue.end_s) for cue in cues]
    scores = [cue.score for cue in cues]
    return np.array(spans, np.float64).reshape(-1, 2), np.array(scores, np.float64)


def _block_starts(lines: list[str]) -> list[int]:
    """Give the line numbers (from 1) where a block after an empty line starts."""
    return [
        number
        for number in range(2, len(lines) + 1)
        if lines[number - 1].strip() and not lines[number - 2].strip()
    ]


def _cue(path: Path, number: int, lines: Sequence[str]) -> _Cue:
    identifier, *rest = (line.strip() for line in lines[number - 1 : number + 2])
    match = _CUE.fullmatch(identifier)
    try:
        if match and rest and _TIME.fullmatch(rest[0]):
            place, label = int(match[2]), int(match[3])
            start_s, end_s, score = (float(match[group]) for group in (4, 5, 6))
            text = rest[1] if len(rest) > 1 else ""
            return _Cue(number, match[1], place, label, start_s, end_s, score, text)
    except ValueError:
        pass
    raise InputError(
        "no cue of ours",
        where=f"{path}:{number}",
        wanted="'detection 0 label=... start=... end=... score=...' and its times",
        got=repr(identifier[:80]),
    )


def _stamp(seconds: float) -> str:
    """Write hours, minutes, seconds and milliseconds; WebVTT has no time below 0."""
    total = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(total, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds / 1000:06.3f}"
