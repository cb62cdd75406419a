"""Small files that say much: none of 2 MB costs more than 300 MB or 10 s."""

import gzip
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.core.small_model import CLASSES
from tests.fuzz.lane import Lane, why_failed
from tests.fuzz.readers import READERS, copy_of, make_corpus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
MOST_BYTES = 2 << 20
HUGE = 100 << 20
RUN, JUMP = CLASSES.names


def blown(piece: bytes, size: int) -> bytes:
    """Pack so many bytes of one piece as gzip, without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = piece * ((1 << 20) // len(piece))
    parts = [packer.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, packer.flush()])


def filled(head: str, piece: str, tail: str = "") -> bytes:
    """Fill 2 MB with one piece."""
    room = MOST_BYTES - len(head) - len(tail)
    return (head + piece * (room // len(piece)) + tail).encode()


def zeros(content: bytes) -> bytes:
    """Blow every array of an npz up to zeros."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    file, array = io.BytesIO(), io.BytesIO()
    np.save(array, np.zeros(HUGE // 4, np.float32))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names[:1]:
            archive.writestr(name, array.getvalue())
    return file.getvalue()


def deflated(content: bytes) -> bytes:
    """Pack a checkpoint's storages, blown up."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in archive.namelist():
            stored = name.split("/")[1:2] == ["data"] and name.endswith("/0")
            packed.writestr(name, bytes(HUGE) if stored else archive.read(name))
    return file.getvalue()


def bytes_for_floats(_: bytes) -> bytes:
    """Maps within the budget, that are four times as large when they are read."""
    file = io.BytesIO()
    maps = np.zeros((120_000, 4, 4, 16), np.uint8)
    np.savez_compressed(file, maps=maps, times_s=np.arange(120_000.0))
    return file.getvalue()


def long_videos(_: bytes) -> bytes:
    rows = [f"video,time_s,duration_s,{RUN},{JUMP}\n"]
    rows += [f"v{i},0,1000000,0.5,0.5\n" for i in range(60_000)]
    return "".join(rows).encode()


def one_group(_: bytes) -> bytes:
    rng = np.random.default_rng(0)
    rows = [
        {"label": RUN, "score": round(s, 2), "segment": [round(a, 2), 4]}
        for s, a in rng.random((29_000, 2)).tolist()
    ]
    return json.dumps({"results": {"a": rows}}).encode()


def far_truth(_: bytes) -> bytes:
    rows = [{"label": name, "segment": [0, 999999]} for name in (RUN, JUMP)]
    entries = {f"{i}": {"subset": "test", "annotations": rows} for i in range(14_000)}
    return json.dumps({"database": entries}).encode()


def instead(content: bytes) -> Callable[[bytes], bytes]:
    return lambda _: content


BOMBS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "blank lines, packed": ("d.txt", lambda _: blown(b"\n", HUGE)),
    "blank lines": ("d.txt", instead(filled("", "\n"))),
    "fields": ("d.txt", instead(filled("", "a "))),
    "detections of one video": ("d.txt", instead(filled("", "a 0 4 1 1\n"))),
    "blank rows": ("d.csv", instead(filled("video,start,end,label,score\n", "\n"))),
    "rows of one blank": ("d.csv", instead(filled("a\n", " \n"))),
    "empty cells": (
        "d.csv",
        instead(filled("video,start,end,label,score\n", ",,,,\n")),
    ),
    "columns": ("d.csv", instead(filled("video", ",a"))),
    "one long cell": ("d.csv", instead(filled('video,start\n"', "a", '",1'))),
    "rows, packed": ("d.csv", lambda _: blown(b"a,0,1,b,1\n", 30 << 20)),
    "lists": ("d.json", instead(filled("[", "[],", "[]]"))),
    "lists, packed": ("d.json", lambda _: blown(b"[],", 30 << 20)),
    "objects, packed": ("d.json", lambda _: blown(b"{},", 30 << 20)),
    "wide letters": (
        "d.json",
        lambda _: gzip.compress(b'["\xf0\x9f\x98\x80' + b"a" * (15 << 20) + b'"]'),
    ),
    "depth": ("d.json", instead(b"[" * MOST_BYTES)),
    "digits": ("d.json", instead(b"[" + b"9" * (MOST_BYTES - 2) + b"]")),
    "spans on one another": ("d.json", one_group),
    "truths far away": ("truth.json", far_truth),
    "classes": (
        "detclasslist.txt",
        instead("".join(f"{i} c{i}\n" for i in range(130_000)).encode()),
    ),
    "long videos": ("f.csv", long_videos),
    "frames of zeros": ("f.npz", zeros),
    "model of zeros": ("m.npz", zeros),
    "result of zeros": ("run/results/test/a.npz", zeros),
    "sidecar of zeros": ("s.npz", zeros),
    "maps of zeros": ("v.npz", zeros),
    "maps of bytes": ("v.npz", bytes_for_floats),
    "weights of zeros": ("w.pt", deflated),
    "run of lists": ("run/run.json", instead(filled("[", "[],", "[]]"))),
}


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Lane]]:
    corpus = tmp_path_factory.mktemp("good")
    make_corpus(corpus)
    worker = Lane(corpus, corpus, 0)
    yield corpus, worker
    worker.close()


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_costs_little(lane, tmp_path, name):
    corpus, worker = lane
    file, make = BOMBS[name]
    which = next(i for i, reader in enumerate(READERS) if reader.name == file)
    path = copy_of(corpus, which, tmp_path / "copy")
    content = make(path.read_bytes())
    assert len(content) <= MOST_BYTES
    path.write_bytes(content)
    found = worker.of_file(which, path)
    assert why_failed(found) == "", found
