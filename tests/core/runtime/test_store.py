"""Records as npz and JSON: they read back equal, of earlier versions too."""

import dataclasses
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest
from jaxtyping import Float32, Float64

from dbs_core.records import ClassList, Features, VideoResult, VideoTruth
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result
from tests.core.runtime.test_files import make_truth, same
from tests.shared_data import ROOT


class TestRecords:
    def test_result_comes_back_the_same(self, tmp_path):
        result = make_result()
        store.write_record(tmp_path / "r.npz", result)
        same(store.read_record(tmp_path / "r.npz", VideoResult), result)

    def test_a_picture_is_smaller_and_one_of_before_reads(self, tmp_path, rng):
        """Soft like the mean of frames; a file from before has it as it is."""
        soft = rng.integers(0, 256, (1, 1, 3)) + 40 * np.sin(np.arange(96) / 9)[:, None]
        noise = rng.integers(0, 3, (96, 96, 1))
        picture = (soft + noise).astype(int).astype(np.uint8)
        result = dataclasses.replace(make_result(), mosaic=picture)
        new, old = tmp_path / "new.npz", tmp_path / "old.npz"
        store.write_record(new, result)
        arrays, header = files.read_arrays(new)
        files.write_arrays(
            old, arrays | {"mosaic": picture}, header | {"mosaic": "array"}
        )
        for path in (new, old):
            found = store.read_record(path, VideoResult).mosaic
            np.testing.assert_array_equal(found, picture)
        assert new.stat().st_size < old.stat().st_size - 1000
        damaged = arrays | {"mosaic": arrays["mosaic"][:2]}
        files.write_arrays(old, damaged, header)
        with pytest.raises(InputError, match="no picture's differences"):
            store.read_record(old, VideoResult)

    def test_missing_parts_stay_missing(self, tmp_path):
        result = dataclasses.replace(make_result(), truth=None, control=None)
        store.write_record(tmp_path / "r.npz", result)
        found = store.read_record(tmp_path / "r.npz", VideoResult)
        assert found.truth is None
        assert found.control is None

    def test_what_is_read_is_read_only(self, tmp_path):
        store.write_record(tmp_path / "r.npz", make_result())
        found = store.read_record(tmp_path / "r.npz", VideoResult)
        with pytest.raises(ValueError, match="read-only"):
            found.frames.probability[0, 0] = 1

    def test_record_without_one_of_its_arrays_is_named(self, tmp_path):
        store.write_record(tmp_path / "r.npz", make_truth(np.random.default_rng(0)))
        arrays, header = files.read_arrays(tmp_path / "r.npz")
        del arrays["segments.spans_s"]
        files.write_arrays(tmp_path / "r.npz", arrays, header)
        with pytest.raises(InputError, match=r"r.npz: no valid VideoTruth"):
            store.read_record(tmp_path / "r.npz", VideoTruth)

    def test_record_of_another_kind_is_named(self, tmp_path):
        store.write_record(tmp_path / "r.npz", make_truth(np.random.default_rng(0)))
        with pytest.raises(InputError, match=r"r.npz: no valid VideoResult"):
            store.read_record(tmp_path / "r.npz", VideoResult)

    def test_record_that_fails_its_own_check(self, tmp_path, rng):
        """Times that do not increase: built by hand, read through the check."""
        arrays = {"maps": np.zeros((2, 7, 7, 1), "f4"), "times_s": np.array([1.0, 0.5])}
        header = {"maps": "array", "times_s": "array", "duration_s": 2.0}
        files.write_arrays(tmp_path / "f.npz", arrays, header)
        with pytest.raises(InputError, match=r"wanted increasing seconds.*-0.5"):
            store.read_record(tmp_path / "f.npz", Features)

    @dataclass(frozen=True)
    class Nested:
        name: str
        pair: tuple[int, ...]
        maybe: float | None = None

    def test_records_without_arrays_through_json(self):
        record = self.Nested("array", (1, 2))
        value = store.to_json(record)
        assert json.loads(json.dumps(value)) == value
        assert store.from_json(self.Nested, value) == record


@dataclass(frozen=True)
class _Before:
    kept: int = 1


@dataclass(frozen=True)
class _Since:
    kept: int
    added: tuple[float, ...] = (0.5,)


def test_a_record_of_before_a_field_reads_with_its_default(tmp_path):
    store.write_record(tmp_path / "r.npz", _Before(7))
    assert store.read_record(tmp_path / "r.npz", _Since) == _Since(7, (0.5,))


def test_a_field_without_a_default_must_be_there(tmp_path):
    files.write_json(tmp_path / "r.json", {"added": [1.0]})
    with pytest.raises(KeyError, match="kept"):
        store.from_json(_Since, files.read_json(tmp_path / "r.json"))


class TestUnkept:
    """What a field says of itself: no file holds it."""

    def test_it_changes_no_byte(self, tmp_path):
        classes = ClassList(("Run", "Jump"), (7, 9))
        plain, known = tmp_path / "plain.npz", tmp_path / "known.npz"
        store.write_record(plain, make_result())
        told = dataclasses.replace(make_result(), classes=classes, folder=tmp_path)
        store.write_record(known, told)
        assert known.read_bytes() == plain.read_bytes()
        assert store.read_record(known, VideoResult).classes is None

    def test_a_file_that_holds_it_is_not_believed(self, tmp_path):
        path = tmp_path / "a.npz"
        store.write_record(path, make_result())
        arrays, header = files.read_arrays(path)
        files.write_arrays(path, arrays, header | {"folder": "/somewhere"})
        assert store.read_record(path, VideoResult).folder is None


class TestSameBytes:
    def test_a_file_that_holds_them_already_is_left_alone(self, tmp_path):
        path = tmp_path / "a.json"
        files.write_json(path, {"a": 1})
        os.utime(path, ns=(1, 1))
        files.write_json(path, {"a": 1})
        assert path.stat().st_mtime_ns == 1
        files.write_json(path, {"a": 2})
        assert path.stat().st_mtime_ns != 1
        assert files.read_json(path) == {"a": 2}


@dataclass(frozen=True, eq=False)
class _Table:
    name: str
    count: int
    share: float
    sides: tuple[int, int]
    kind: Literal["a", "b"]
    values: Float32[np.ndarray, "n 2"]
    weights: Float64[np.ndarray, " n"] | None = None
    inner: _Since | None = None


GOOD = _Table("x", 1, 2.0, (3, 4), "a", np.ones((5, 2), np.float32), np.ones(5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": None}, "name: wanted str, got None"),
        ({"name": 5}, "name: wanted str, got 5"),
        ({"count": 1.5}, "count: wanted int, got 1.5"),
        ({"count": True}, "count: wanted int, got True"),
        ({"share": "2"}, "share: wanted float, got '2'"),
        ({"sides": [3, 4, 5]}, "sides: wanted .*int, int"),
        ({"sides": [3, None]}, "sides: wanted .*int, int"),
        ({"kind": "c"}, "kind: wanted Literal"),
        ({"values": "array"}, None),
        ({"values": None}, "values: wanted Float32.*got None"),
        ({"values": "gone"}, "values: wanted Float32.*got 'gone'"),
        ({"inner": []}, "inner: wanted an object"),
        ({"inner": {"kept": None}}, "inner.kept: wanted int"),
        ({"inner": {}}, "kept"),
    ],
)
def test_a_field_of_another_type_is_named(tmp_path, change, message):
    path = tmp_path / "t.npz"
    store.write_record(path, GOOD)
    arrays, header = files.read_arrays(path)
    files.write_arrays(path, arrays, header | change)
    if message is None:
        assert store.read_record(path, _Table).sides == (3, 4)
        return
    with pytest.raises(InputError, match=rf"t.npz: no valid _Table.*{message}"):
        store.read_record(path, _Table)


@pytest.mark.parametrize(
    "change",
    [
        {"values": np.ones((5, 2))},
        {"values": np.ones((5, 3), np.float32)},
        {"values": np.ones(5, np.float32)},
        {"weights": np.ones(5, np.float32)},
    ],
)
def test_an_array_of_another_kind_or_shape_is_named(tmp_path, change):
    path = tmp_path / "t.npz"
    store.write_record(path, GOOD)
    arrays, header = files.read_arrays(path)
    files.write_arrays(path, arrays | change, header)
    (name,) = change
    with pytest.raises(InputError, match=rf"{name}: wanted Float"):
        store.read_record(path, _Table)


@pytest.mark.parametrize("header", [None, 5, [], "array", {"name": "x"}])
def test_a_header_that_is_no_record_is_one_line(tmp_path, header):
    path = tmp_path / "t.npz"
    files.write_arrays(path, {"values": np.ones(3)}, header)
    with pytest.raises(InputError, match=r"t.npz: no valid _Table"):
        store.read_record(path, _Table)


@pytest.mark.parametrize("value", [None, [], "x", 3, {}])
def test_json_that_is_no_record_is_refused(value):
    with pytest.raises(store.MISFITS):
        store.from_json(_Since, value)


def test_numbers_that_are_not_finite_are_no_json(tmp_path):
    for text in ("NaN", "Infinity", "[1e999]"):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(InputError, match="finite"):
            files.read_json(tmp_path / "a.json")


def test_what_shrinks_far_is_written_as_it_is_and_reads(tmp_path):
    """An hour of darkness: its reader would take the packed file for a bomb."""
    dark = np.zeros((9000, 56, 56, 3), np.uint8)
    files.write_arrays(tmp_path / "dark.npz", {"dark": dark}, {})
    found, _ = files.read_arrays(tmp_path / "dark.npz")
    assert found["dark"].shape == dark.shape
    assert (tmp_path / "dark.npz").stat().st_size > dark.nbytes


OTHER_AXES = """
import sys
import numpy as np
from pathlib import Path
from dbs_core.records import FrameScores
from dbs_core.runtime import files, store

path = Path(sys.argv[1])
scores = FrameScores(np.ones((4, 3), np.float32), np.arange(4.0), 4.0)
store.write_record(path, scores)
arrays, header = files.read_arrays(path)
files.write_arrays(path, arrays | {"times_s": np.arange(3.0)}, header)
store.read_record(path, FrameScores)
"""


def test_axes_of_one_name_agree_in_a_record(tmp_path):
    """In a program of its own: the tests' own checks of types stand in the way."""
    done = subprocess.run(
        [sys.executable, "-c", OTHER_AXES, str(tmp_path / "f.npz")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert "f.npz: no valid FrameScores" in done.stderr
    assert "times_s: wanted" in done.stderr


@dataclass(frozen=True)
class Before:
    size: int = 3


@dataclass(frozen=True)
class After:
    size: int = 3
    kind: str = dataclasses.field(default="plain", metadata=store.LATER)


def test_a_later_field_leaves_fingerprints_alone_until_it_is_used():
    assert store.fingerprint(After()) == store.fingerprint(Before())
    assert store.fingerprint(After(kind="odd")) != store.fingerprint(Before())
    assert store.fingerprint(After(size=4)) != store.fingerprint(Before())
