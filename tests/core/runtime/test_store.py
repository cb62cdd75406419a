"""Records as npz and JSON: they read back equal, of earlier versions too."""

import dataclasses
import json
import os
from dataclasses import dataclass

import numpy as np
import pytest

from dbs_core.records import ClassList, Features, VideoResult, VideoTruth
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result
from tests.core.runtime.test_files import make_truth, same


class TestRecords:
    def test_result_comes_back_the_same(self, tmp_path):
        result = make_result()
        store.write_record(tmp_path / "r.npz", result)
        same(store.read_record(tmp_path / "r.npz", VideoResult), result)

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
