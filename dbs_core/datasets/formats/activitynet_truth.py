"""ActivityNet's ground truth (METHOD section 8.5), gzip or plain.

`{version, taxonomy, database: {id: {subset, duration, ..., annotations: [{label,
segment: [start, end]}]}}}`; v1.2, v1.3 and every data set converted to this layout.
Times in seconds (or whatever unit the results share). A label "Ambiguous" marks a
span to be left out. A number beside the label, `label_id`, is the class's own id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dbs_core.datasets.class_list import AMBIGUOUS
from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.json_members import parse_members
from dbs_core.datasets.formats.json_text import member, shown, write_json_text
from dbs_core.datasets.formats.mended_spans import Reversed
from dbs_core.datasets.formats.subsets import canonical_subset
from dbs_core.datasets.formats.truth_entries import Entries
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True)
class GroundTruth:
    """A ground-truth file: truth, duration and subset of every video.

    `classes` are all classes of the file by name; their official ids are the file's
    `label_id` where it is `numbered`, else they only count. `durations_s` lacks the
    videos whose entry gives none, or nothing that is a length. `left_out` names what
    could not be used, one by one.
    """

    version: str
    classes: ClassList
    truths: Mapping[str, VideoTruth]
    durations_s: Mapping[str, float]
    subsets: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    numbered: bool = False
    left_out: tuple[str, ...] = ()

    def subset(self, name: str) -> dict[str, VideoTruth]:
        """Give the truth of one subset's videos; "val" and "Validation" are one.

        Raises:
            InputError: no video of such a subset.
        """
        wanted = canonical_subset(name)
        chosen = {
            video_id: truth
            for video_id, truth in self.truths.items()
            if canonical_subset(self.subsets[video_id]) == wanted
        }
        if not chosen:
            raise InputError(
                f"no video of the subset {name!r}",
                wanted=" or ".join(sorted(set(self.subsets.values()))),
            )
        return chosen


def read_ground_truth(path: Path, when_reversed: Reversed = "empty") -> GroundTruth:
    """Read a ground-truth file.

    Instances without length stay as truths that only their like can match, as in
    the kit; they are counted in the warnings. What cannot be used is left out.

    Args:
        path: the file.
        when_reversed: the protocol's rule for a start after its end.

    Raises:
        InputError: no JSON, another layout, or nothing in it that can be used.
    """
    tally = Tally()
    found = Entries(path, tally, when_reversed)
    value = parse_members(path, "database", tally, found.take)
    _refuse_other(path, value)
    member(value, "database", dict, str(path))
    if tally.left_out and not found.entries:
        raise InputError(
            "nothing in it can be used",
            where=path,
            wanted="'database' with the annotations of each video",
            got="; ".join(tally.lines()),
        )
    names = sorted(found.names.keys() - {AMBIGUOUS})
    ids = _label_ids(path, names, found.ids, tally)
    label_of = {name: i for i, name in enumerate(names, start=1)} | {AMBIGUOUS: 0}
    labels = np.array([label_of[name] for name in found.names], np.int64)
    entries = found.entries
    return GroundTruth(
        str(value.get("version", "")),
        ClassList(tuple(names), ids or tuple(range(1, len(names) + 1))),
        {
            v: _truth(entry.spans_s, labels[entry.numbers])
            for v, entry in entries.items()
        },
        {v: e.duration_s for v, e in entries.items() if e.duration_s is not None},
        {v: entry.subset for v, entry in entries.items()},
        tally.lines(),
        bool(ids),
        tally.left_out,
    )


def write_ground_truth(path: Path, truth: GroundTruth) -> None:
    """Write a ground-truth file; it reads back equal."""
    database = {}
    for video_id, known in truth.truths.items():
        entry: dict[str, object] = {"subset": truth.subsets[video_id]}
        if video_id in truth.durations_s:
            entry["duration"] = truth.durations_s[video_id]
        entry["annotations"] = _written(known, truth)
        database[video_id] = entry
    write_json_text(
        path, {"version": truth.version, "taxonomy": [], "database": database}
    )


def _refuse_other(path: Path, value: Any) -> None:
    """Refuse what is known to be something else than a ground truth."""
    if not isinstance(value, dict) or "database" in value:
        return
    if "results" in value:
        raise InputError(
            "a result file, no ground truth",
            where=path,
            wanted="'database' with the annotations of each video",
            got="'results'",
        )
    if any(isinstance(v, dict) and "annotations" in v for v in value.values()):
        raise InputError(
            "videos without 'database' around them (mmaction2's and BSN's layout)",
            where=path,
            wanted='{"database": {id: {"subset": ..., "annotations": [...]}}}',
            got=f"members {shown(list(value))}",
            cure="put the entries under 'database', each with its 'subset'",
        )


def _truth(spans_s: np.ndarray, labels: np.ndarray) -> VideoTruth:
    action = labels > 0
    return VideoTruth(
        Segments(spans_s[action], labels[action], np.ones(int(action.sum()))),
        spans_s[~action],
    )


def _label_ids(
    path: Path,
    names: Sequence[str],
    told: Mapping[str, set[int | None]],
    tally: Tally,
) -> tuple[int, ...]:
    """Give the `label_id` of each class, nothing where they do not number them."""
    found = {name: told.get(name, set()) for name in names}
    ids = [next(iter(own)) for own in found.values() if len(own) == 1]
    if not any(found.values()):
        return ()
    if len(ids) < len(names) or None in ids or len(set(ids)) < len(ids):
        tally.say(f"{path}: label_id is not one number for each class, not used")
        return ()
    return tuple(number for number in ids if number is not None)


def _written(known: VideoTruth, truth: GroundTruth) -> list[dict[str, object]]:
    actions = [
        {"label": truth.classes.name_of(label), "segment": span}
        | (
            {"label_id": truth.classes.official_ids[label - 1]}
            if truth.numbered
            else {}
        )
        for span, label in zip(
            known.segments.spans_s.tolist(), known.segments.labels.tolist(), strict=True
        )
    ]
    ambiguous = [
        {"label": AMBIGUOUS, "segment": span} for span in known.ambiguous_s.tolist()
    ]
    return [*actions, *ambiguous]
