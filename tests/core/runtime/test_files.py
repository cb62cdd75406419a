"""Files of the engine: whole or absent, the same bytes for the same value."""

import dataclasses
import os
import pickle
import resource
import signal
from contextlib import contextmanager, suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.records import VideoTruth
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result


@contextmanager
def full_disk(limit=2000):
    """Let every file end after some bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def same(a, b):
    """Compare records field by field, arrays by value and kind."""
    if dataclasses.is_dataclass(a):
        assert type(a) is type(b)
        for field in dataclasses.fields(a):
            same(getattr(a, field.name), getattr(b, field.name))
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    else:
        assert type(a) is type(b)
        assert a == b


class TestAtomic:
    def test_the_file_appears_when_the_block_ends(self, tmp_path):
        path = tmp_path / "deep" / "file"
        with files.atomic(path) as file:
            file.write(b"whole")
            assert not path.exists()
        assert path.read_bytes() == b"whole"
        assert names(path.parent) == ["file"]

    @pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, InputError])
    def test_an_interruption_leaves_the_old_file(self, tmp_path, error):
        path = tmp_path / "file"
        path.write_bytes(b"old")

        def interrupted():
            with files.atomic(path) as file:
                file.write(b"half")
                raise error("stop")

        with pytest.raises(error):
            interrupted()
        assert path.read_bytes() == b"old"
        assert names(tmp_path) == ["file"]

    def test_a_full_disk_leaves_the_old_file_and_says_so(self, tmp_path):
        path = tmp_path / "file"
        path.write_bytes(b"old")
        with (
            full_disk(),
            pytest.raises(
                InputError, match=r"file: cannot write \(File too large\)\. Free"
            ),
        ):
            files.write_bytes(path, bytes(5000))
        assert path.read_bytes() == b"old"
        assert names(tmp_path) == ["file"]

    def test_full_disk_while_packing_arrays(self, tmp_path, rng):
        with full_disk(), pytest.raises(InputError, match="cannot write"):
            files.write_arrays(tmp_path / "a.npz", {"x": rng.random(5000)})
        assert names(tmp_path) == []

    def test_a_pipe_stays_a_pipe(self, tmp_path):
        """Root could put a file in the place of /dev/null."""
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(InputError, match="pipe: cannot write, wanted a file"):
            files.write_bytes(tmp_path / "pipe", b"x")
        assert (tmp_path / "pipe").is_fifo()

    def test_a_folder_that_cannot_be_made(self, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(InputError, match="file/inner: cannot write"):
            files.write_bytes(tmp_path / "file" / "inner", b"x")

    def test_a_folder_in_the_place_of_the_file(self, tmp_path):
        (tmp_path / "name").mkdir()
        with pytest.raises(InputError, match="name: cannot write"):
            files.write_bytes(tmp_path / "name", b"x")
        assert names(tmp_path) == ["name"]


class TestAllocate:
    def test_takes_its_room_at_once(self, tmp_path):
        path = tmp_path / "deep" / "scratch"
        files.allocate(path, 100_000)
        assert path.stat().st_size == 100_000
        assert path.stat().st_blocks * 512 >= 100_000

    def test_full_disk_is_named(self, tmp_path):
        with full_disk(), pytest.raises(InputError, match="scratch: cannot write"):
            files.allocate(tmp_path / "scratch", 100_000)


class TestJson:
    def test_there_and_back_with_sorted_keys(self, tmp_path):
        path = tmp_path / "a.json"
        files.write_json(path, {"b": [1, 2.5], "a": "ä"})
        first = path.read_bytes()
        assert files.read_json(path) == {"a": "ä", "b": [1, 2.5]}
        files.write_json(path, {"a": "ä", "b": [1, 2.5]})
        assert path.read_bytes() == first

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            pytest.param(b"", r"a.json:1:1: no valid JSON", id="empty"),
            pytest.param(b'{"a": 1,\n "b" 2}', r"a.json:2:6: no valid", id="broken"),
            pytest.param(b"\xff\xfe\x00", "no valid JSON text", id="no text"),
            pytest.param(b"[" * 100_000, "no valid JSON", id="too deep"),
        ],
    )
    def test_bad_json_is_named(self, tmp_path, content, says):
        path = tmp_path / "a.json"
        path.write_bytes(content)
        with pytest.raises(InputError, match=says):
            files.read_json(path)

    def test_missing_file_and_folder(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere.json: no such file"):
            files.read_json(tmp_path / "nowhere.json")
        with pytest.raises(InputError, match="cannot read"):
            files.read_json(tmp_path)


class TestArrays:
    def test_there_and_back(self, tmp_path, rng):
        arrays = {"a.b": rng.random((2, 3)), "c": np.array([], np.int16)}
        files.write_arrays(tmp_path / "a.npz", arrays, {"x": 1})
        found, header = files.read_arrays(tmp_path / "a.npz")
        assert header == {"x": 1}
        assert set(found) == set(arrays)
        for name, value in arrays.items():
            same(found[name], value)

    def test_same_arrays_give_the_same_bytes(self, tmp_path, rng):
        arrays = {"a": rng.random((20, 3))}
        contents = []
        for name in ("1", "2"):
            files.write_arrays(tmp_path / name, arrays, {"x": 1})
            contents.append((tmp_path / name).read_bytes())
        assert contents[0] == contents[1]

    def test_no_code_is_read(self, tmp_path):
        """An object array is a pickle: refused, never run."""

        class Trap:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "sprung"),)

        np.savez(tmp_path / "a.npz", header=np.array([Trap()], dtype=object))
        with pytest.raises(InputError, match="not one of our files"):
            files.read_arrays(tmp_path / "a.npz")
        (tmp_path / "b.npz").write_bytes(pickle.dumps(Trap()))
        with pytest.raises(InputError, match="not one of our files"):
            files.read_arrays(tmp_path / "b.npz")
        assert not (tmp_path / "sprung").exists()

    @pytest.mark.parametrize("keep", [0, 1, 30, 0.5, 0.99])
    def test_truncated_file(self, tmp_path, rng, keep):
        path = tmp_path / "a.npz"
        files.write_arrays(path, {"x": rng.random(500)}, {})
        content = path.read_bytes()
        path.write_bytes(content[: keep if keep >= 1 else int(keep * len(content))])
        with pytest.raises(InputError, match="damaged or not one of our files"):
            files.read_arrays(path)

    @given(st.integers(0, 2**32 - 1))
    def test_flipped_bits_never_end_in_a_trace(self, tmp_path_factory, seed):
        rng = np.random.default_rng(seed)
        path = tmp_path_factory.mktemp("bits") / "a.npz"
        store.write_record(path, make_truth(rng))
        content = bytearray(path.read_bytes())
        for place in rng.integers(0, len(content), 3):
            content[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(content)
        with suppress(InputError):
            store.read_record(path, VideoTruth)


def make_truth(rng):
    starts = rng.random((5, 1)) * 10
    return VideoTruth(
        make_result().candidates.segments, np.concatenate([starts, starts + 1], 1)
    )


class TestNames:
    @pytest.mark.parametrize(
        ("video_id", "name"),
        [
            ("video_test_0000001", "video_test_0000001.npz"),
            ("v_-abc (1)", "v_-abc (1).npz"),
            ("../../etc/passwd", "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.npz"),
            ("..", "%2E%2E.npz"),
            ("<img src=x>", "%3Cimg src=x%3E.npz"),
        ],
    )
    def test_plain_ids_keep_their_name(self, video_id, name):
        assert files.file_name(video_id, ".npz") == name

    def test_a_name_that_is_no_utf_8_is_a_file_too(self):
        latin = os.fsdecode(b"caf\xe9")
        name = files.file_name(latin, ".npz")
        assert name.isascii()
        assert name != files.file_name("café", ".npz")
        assert len(files.file_name(200 * latin, ".npz")) < 255

    @given(st.text(max_size=300), st.text(max_size=300))
    def test_any_id_is_one_file_of_its_own(self, first, second):
        made = [files.file_name(x, ".npz") for x in (first, second)]
        for name in made:
            assert "/" not in name
            assert "\0" not in name
            assert len(name.encode()) < 255
            assert name not in (".", "..", ".npz")
        assert (made[0] == made[1]) == (first == second)

    def test_fingerprint_depends_on_every_part(self):
        parts = [(1, "a"), (1, "b"), (2, "a"), (1, "a", ""), ("1", "a")]
        assert len({store.fingerprint(*p) for p in parts}) == len(parts)
        assert store.fingerprint(1, "a") == store.fingerprint(1, "a")
        assert len(store.fingerprint(1)) == 16
