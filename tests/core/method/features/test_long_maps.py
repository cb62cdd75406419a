"""Maps of long videos: read as they are used, in less memory than they have bytes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from dbs_core.method.features.map_files import look_into, read_maps
from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features, PackedMaps
from dbs_core.runtime.errors import InputError

FRAMES, WIDTH = 16_000, 96
READ = """
import sys
from pathlib import Path
import numpy as np
import torch
from dbs_core.method.features.map_files import look_into, read_maps
from dbs_core.method.imprint.accumulation import frame_chunks
from dbs_core.records import Features

def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(x for x in lines if x.startswith(name)).split()[1]) / 1024

def work(path):
    maps = read_maps(look_into(path)).maps
    times = np.arange(len(maps)) / 5
    total = 0.0
    for _, part in frame_chunks(Features(maps, times, times[-1] + 1), "cpu"):
        total += float(part.sum(dtype=torch.float64))
    return total

work(Path(sys.argv[1]))
base = status("VmRSS")
total = work(Path(sys.argv[2]))
print(status("VmHWM") - base, total)
"""


def write(path: Path, frames: int, kind: str) -> float:
    """Write maps of so many frames; gives their sum, by hand."""
    frame = np.random.default_rng(0).integers(0, 256, (7, 7, WIDTH), np.uint8)
    maps = np.broadcast_to(frame, (frames, *frame.shape))
    times = {"times_s": np.arange(frames) / 5}
    if kind == "uint8":
        low, scale = np.full(WIDTH, -1, np.float32), np.full(WIDTH, 1 / 64, np.float32)
        np.savez(path, maps=maps, low=low, scale=scale, **times)
    else:
        np.savez(path, maps=maps.astype(np.float16) / 64 - 1, **times)
    # Quarters and sixty-fourths: exact in float16.
    return frames * float((frame.astype(np.float64) / 64 - 1).sum())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux")
@pytest.mark.parametrize("kind", ["uint8", "float16"])
def test_memory_stays_below_the_file_s_size(tmp_path: Path, kind: str) -> None:
    """53 minutes of 7 x 7 x 96: 72 MB of bytes, thrice that where read whole."""
    few, long = tmp_path / "few.npz", tmp_path / "long.npz"
    write(few, 64, kind)
    wanted = write(long, FRAMES, kind)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(few), str(long)],
        capture_output=True,
        text=True,
        check=True,
    )
    grown_mb, total = map(float, done.stdout.split())
    assert grown_mb < FRAMES * 49 * WIDTH / 2**20 * 3 / 4
    assert total == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("search", ["full", "fast"])
def test_an_imprint_of_bytes_is_that_of_their_numbers(search: str) -> None:
    rng = np.random.default_rng(0)
    low, scale = rng.normal(size=(2, 6)).astype(np.float32)
    packed = PackedMaps(rng.integers(0, 256, (60, 7, 7, 6), np.uint8), low, scale)
    settings = EpitomeSettings(grid=16, search=search)
    one, other = (
        fit(
            Features(maps, np.arange(60) / 5, 12.0),
            Projection(np.zeros(6, np.float32), np.eye(6, dtype=np.float32)),
            settings,
            generator=torch.Generator().manual_seed(0),
        )
        for maps in (packed, np.asarray(packed))
    )
    np.testing.assert_array_equal(one.placement.best, other.placement.best)
    np.testing.assert_array_equal(one.imprint.mean, other.imprint.mean)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("by_columns", [False, True])
def test_mapped_or_compressed_the_numbers_are_the_same(
    tmp_path: Path, save, by_columns: bool
) -> None:
    maps = np.random.default_rng(0).normal(size=(9, 2, 3, 4)).astype(np.float16)
    stored = np.asfortranarray(maps) if by_columns else maps
    save(tmp_path / "v.npz", before=np.ones(7), maps=stored, after=np.ones(5))
    found = read_maps(look_into(tmp_path / "v.npz")).maps
    np.testing.assert_array_equal(found, maps)
    assert isinstance(found, np.memmap) is (save is np.savez)


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    maps = np.full((9, 2, 3, 4), 77, np.uint8)
    np.savez(path, maps=maps, low=np.zeros(4), scale=np.ones(4))
    whole = bytearray(path.read_bytes())
    whole[whole.index(bytes([77] * 20)) + 5] = 78
    path.write_bytes(whole)
    with pytest.raises(InputError, match="damaged or not one of our files"):
        read_maps(look_into(path))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_scale_that_makes_no_numbers_is_refused(tmp_path: Path, value) -> None:
    scale = np.array([1, value, 1, 1], np.float32)
    maps = np.ones((9, 2, 3, 4), np.uint8)
    np.savez(tmp_path / "v.npz", maps=maps, low=np.zeros(4), scale=scale)
    with pytest.raises(InputError, match="NaN or infinity in map 0"):
        read_maps(look_into(tmp_path / "v.npz"))
