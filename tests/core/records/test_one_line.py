"""Every record shows itself in one short line: no array, no endless text."""

import inspect
from dataclasses import is_dataclass
from pathlib import Path

import numpy as np
import pytest

from dbs_core import records
from dbs_core.datasets import Dataset
from dbs_core.records import ClassList, Features, Imprint, ImprintFit, VideoEntry
from dbs_core.records.features import SampledVideo
from dbs_core.records.one_line import TEXT, brief, cut, one_line
from dbs_core.runs.run import Run, RunInfo
from tests.core.make_result import make_result

RESULT = make_result()
CLASSES = ClassList(tuple(f"Class{i}" for i in range(20)), tuple(range(20)))
TIMES = np.arange(900) * 0.2
FEATURES = Features(np.zeros((900, 7, 7, 4), np.float16), TIMES, 180.0)
FIT = ImprintFit(
    Imprint(np.zeros((48, 48, 256), np.float32), np.zeros((48, 48), np.float32)),
    RESULT.placement,
    RESULT.log_likelihood,
    RESULT.trace,
    True,
)
ENTRY = VideoEntry("a" * 500, Path("/videos/" + "b" * 500), "test", RESULT.truth)
INFO = RunInfo(
    "mine", "thumos14", "/data", CLASSES, {"grid": 48, "epochs": 30}, 3, {"torch": "2"}
)
SHOWN = [
    *(RESULT, RESULT.detections, RESULT.candidates, RESULT.truth, RESULT.placement),
    *(RESULT.grid, RESULT.frames, RESULT.info, RESULT.geometry, CLASSES, FEATURES),
    *(SampledVideo(FEATURES, np.zeros((900, 8, 8, 3), np.uint8)), FIT, FIT.imprint),
    *(ENTRY, INFO, Run(Path("/runs/mine"), INFO), RESULT.detections[0]),
    Dataset("set", "thumos14", Path("/data"), CLASSES, (ENTRY,), ("a problem",) * 99),
]


@pytest.mark.parametrize("record", SHOWN, ids=lambda record: type(record).__name__)
def test_one_line_without_arrays(record):
    line = repr(record)
    assert line.startswith(f"{type(record).__name__}(")
    assert len(line.splitlines()) == 1
    assert len(line) < 250
    assert "array(" not in line


def test_no_record_is_forgotten():
    kinds = {
        kind
        for name in records.__all__
        if inspect.isclass(kind := getattr(records, name)) and is_dataclass(kind)
    }
    generated = {k for k in kinds if k.__repr__.__qualname__.endswith("__repr__")}
    own = {ClassList, records.Segments, records.VideoResult}
    assert generated == own
    assert all(kind.__repr__ is one_line for kind in kinds - own)


def test_a_result_says_what_it_is_of():
    assert repr(RESULT) == (
        "VideoResult('v', split 'test': 10 frames in 2.0 s on 16 x 16 cells, "
        "2 detections, 1 true)"
    )


def test_arrays_are_shapes_and_records_inside_are_counts():
    assert repr(FIT).startswith(
        "ImprintFit(imprint=Imprint(...), placement=Placement(10), "
        "log_likelihood=float64[3], trace=int16[3, 10, 2]"
    )
    assert repr(FEATURES) == (
        "Features(maps=float16[900, 7, 7, 4], times_s=float64[900], duration_s=180, "
        "lead_s=0)"
    )


def test_class_lists_stay_readable():
    assert repr(ClassList(("Run", "Jump"), (7, 9))) == "ClassList(2: Run, Jump)"
    assert repr(CLASSES) == (
        "ClassList(20: Class0, Class1, Class2, Class3, Class4, Class5, ...)"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ((1, 2), "(1, 2)"),
        ((1.5,) * 5, "<5 items>"),
        ({"a": 1}, "<1 items>"),
        (0.1 + 0.2, "0.3"),
        (True, "True"),
        ("two\nlines", "'two lines'"),
    ],
)
def test_brief(value, shown):
    assert brief(value) == shown


def test_long_text_is_cut():
    assert cut("x" * TEXT) == "x" * TEXT
    assert cut("x" * (TEXT + 1)) == "x" * (TEXT - 3) + "..."
