"""A data set in THUMOS'14's layout, written down in ActivityNet's: the same twice."""

import json
from collections.abc import Mapping
from pathlib import Path

from dbs_core.datasets import Dataset, open_dataset
from dbs_core.records import VideoTruth

SUBSETS = {"validation": "Validation", "test": "Test", "train": "training"}
"""As ActionFormer's thumos14.json writes them."""


def as_activitynet(
    root: Path, out: Path, subsets: Mapping[str, str] = SUBSETS
) -> tuple[Path, list[Path]]:
    """Write a data set's JSON; give it, and the folders where its videos lie."""
    dataset = open_dataset(root)
    database = {
        entry.video_id: {
            "subset": subsets[entry.split],
            "annotations": _instances(entry.truth, dataset),
        }
        for entry in dataset.videos
        if entry.truth is not None
    }
    out.write_text(json.dumps({"version": "made", "database": database}))
    return out, sorted({entry.path.parent for entry in dataset.videos})


def _instances(truth: VideoTruth, dataset: Dataset) -> list[dict[str, object]]:
    spans = zip(truth.segments.spans_s, truth.segments.labels, strict=True)
    found: list[dict[str, object]] = [
        {
            "label": dataset.classes.name_of(int(label)),
            "label_id": int(label) - 1,
            "segment": [float(start), float(end)],
        }
        for (start, end), label in spans
    ]
    ambiguous = truth.ambiguous_s.tolist()
    return found + [{"label": "Ambiguous", "segment": span} for span in ambiguous]
