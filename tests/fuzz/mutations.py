"""Seeded damage to files: to any bytes, and to numbers, JSON and npz that stay such."""

import gzip
import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Rng = np.random.Generator
Damage = Callable[[Rng, bytes], bytes]

NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
NUMBERS = (
    *(b"0", b"-1", b"1e308", b"-1e308", b"1e-320", b"1e999", b"NaN", b"Infinity"),
    *(b"-0.0", b"2147483648", b"9223372036854775808", b"1e12", b"", b"1_000", b"0x10"),
    *(b"9" * 400, b"9" * 5000, "\u0663".encode(), b"null", b'"5"'),
)
VALUES: tuple[Any, ...] = (
    *(None, "", "array", "5", True, [], {}, [[]], [None], 0, -1, 10**400, 1e308),
    *(0.5, 1e12, "\ud800", "\u202e<b>$x$", {"a": None}, [1, 2], ["x"] * 50),
)
DTYPES = (
    "<f8",
    "<f4",
    "<f2",
    ">f8",
    "<i8",
    "|u1",
    "|b1",
    "<c16",
    "<U3",
    "|S2",
    "<M8[s]",
)
BOMB = 24 << 20
DEEP = 200_000


def pick(rng: Rng, choices: Any) -> Any:
    """Take one of several, whatever they are."""
    return choices[int(rng.integers(len(choices)))]


def truncated(rng: Rng, content: bytes) -> bytes:
    return content[: int(rng.integers(len(content) + 1))]


def flipped(rng: Rng, content: bytes) -> bytes:
    found = bytearray(content)
    for place in rng.integers(0, len(found), int(rng.integers(1, 6))) if found else ():
        found[place] ^= 1 << int(rng.integers(8))
    return bytes(found)


def overwritten(rng: Rng, content: bytes) -> bytes:
    start = int(rng.integers(len(content) + 1))
    length = int(rng.integers(1, 64))
    filling = pick(rng, (bytes(length), b"\xff" * length, rng.bytes(length)))
    return content[:start] + filling + content[start + length :]


def repeated(rng: Rng, content: bytes) -> bytes:
    start, end = sorted(rng.integers(0, len(content) + 1, 2).tolist())
    return content[:end] + content[start:end] * int(rng.integers(1, 4)) + content[end:]


def cut_out(rng: Rng, content: bytes) -> bytes:
    start, end = sorted(rng.integers(0, len(content) + 1, 2).tolist())
    return content[:start] + content[min(end, start + 200) :]


def emptied(rng: Rng, content: bytes) -> bytes:
    return pick(
        rng, (b"", b"\n", b" ", b"\x00", b"\x1f\x8b", b"PK\x05\x06" + bytes(18))
    )


def numbers(rng: Rng, content: bytes) -> bytes:
    """Put something else in the place of one number, or of all."""
    found = list(NUMBER.finditer(content))
    if not found:
        return content
    new = pick(rng, NUMBERS)
    if rng.random() < 0.1:
        return NUMBER.sub(lambda _: new, content)
    one = pick(rng, found)
    return content[: one.start()] + new + content[one.end() :]


def recoded(rng: Rng, content: bytes) -> bytes:
    """Write a text as other programs do."""
    text = content.decode(errors="replace")
    return pick(
        rng,
        (
            text.encode("utf-16", "replace"),
            text.encode("utf-8-sig"),
            text.replace("\n", "\r\n").encode(),
            text.replace("\n", "\r").encode(),
            text.replace(",", ";").encode(),
            text.replace(" ", "\x0b").encode(),
            text.encode("latin-1", "replace") + b"\xe9",
            text.replace("a", "\U0001f600").encode(),
        ),
    )


def packed(rng: Rng, content: bytes) -> bytes:
    """Pack a text: as it is, cut off, twice, or as a small file of a huge text."""
    line = content[int(rng.integers(len(content) + 1)) :][:40] or b"\n"
    blown = pick(rng, (line, b"\n", b" ", b",", b"[", b"[],", b"a,1\n"))
    whole = gzip.compress(content, 1, mtime=0)
    return pick(
        rng,
        (
            whole,
            whole[: len(whole) // 2],
            whole + whole,
            whole + b"trailing",
            gzip.compress(blown * (BOMB // len(blown)), 6, mtime=0),
            gzip.compress(content + blown * (BOMB // len(blown)), 6, mtime=0),
        ),
    )


def json_changed(rng: Rng, content: bytes) -> bytes:
    """Change, add or take away one value of JSON, which stays JSON."""
    try:
        value = json.loads(content)
    except ValueError:
        return flipped(rng, content)
    if rng.random() < 0.05:
        return pick(rng, (b"[" * DEEP, b'{"a":' * DEEP, b"[" * 900 + b"]" * 900))
    places = list(_places(value))
    if not places or rng.random() < 0.05:
        return json.dumps(pick(rng, VALUES)).encode()
    owner, key = pick(rng, places)
    kind = rng.random()
    if kind < 0.2:
        del owner[key]
    elif kind < 0.3 and isinstance(owner, dict):
        owner[str(pick(rng, ("", "x" * 300, "\ud800", "a/../b")))] = owner.pop(key)
    elif kind < 0.4 and isinstance(owner, list):
        owner.insert(key, owner[key])
    elif kind < 0.6:
        owner[key] = pick(rng, places)[0]
        return _dumped(value, content)
    else:
        owner[key] = pick(rng, VALUES)
    return _dumped(value, content)


def _dumped(value: Any, content: bytes) -> bytes:
    try:
        return json.dumps(value).encode()
    except (ValueError, RecursionError):  # put into itself
        return content[:-1]


def _places(value: Any) -> Any:
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield value, key
        yield from _places(inner)


def npz_changed(rng: Rng, content: bytes) -> bytes:
    """Change one array of an npz, which stays a zip archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = pick(rng, list(parts))
    if name == "header.npy" and rng.random() < 0.8:
        text = np.load(io.BytesIO(parts[name])).tobytes()
        changed = json_changed(rng, text)
        parts[name] = _npy(np.frombuffer(changed, np.uint8))
    else:
        parts[name] = _member(rng, parts[name])
    if rng.random() < 0.1:
        del parts[name]
    method = pick(
        rng, (*[zipfile.ZIP_DEFLATED] * 6, 0, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for part, inside in parts.items():
            archive.writestr(part, inside)
    made = file.getvalue()
    return _encrypted(made) if rng.random() < 0.05 else made


def npy_changed(rng: Rng, content: bytes) -> bytes:
    """Change the one array of an npy file."""
    return _member(rng, content)


def _member(rng: Rng, content: bytes) -> bytes:
    array = np.load(io.BytesIO(content))
    kind = int(rng.integers(9))
    if kind == 0:
        return _npy(np.zeros(BOMB * 2, np.uint8))
    if kind == 1:
        trap = np.array([print], dtype=object)
        return _npy(trap, allow_pickle=True)
    if kind == 2:
        return _head(rng, array)
    if kind == 3:
        return flipped(rng, content)
    if kind == 4 and array.dtype.kind == "f" and array.size:
        array = array.copy()
        values = (np.nan, np.inf, -np.inf, -1, 1e30, 0)
        array.flat[int(rng.integers(array.size))] = pick(rng, values)
        return _npy(array)
    if kind == 5 and array.dtype.kind in "iu" and array.size:
        array = array.copy()
        limits = np.iinfo(array.dtype)
        values = (limits.max, limits.min, 0)
        array.flat[int(rng.integers(array.size))] = pick(rng, values)
        return _npy(array)
    if kind == 6:
        with np.errstate(all="ignore"):
            return _npy(array.astype(pick(rng, DTYPES)))
    shapes = (
        array.reshape(-1),
        array[None],
        array.ravel()[:0],
        np.array(array.ravel()[0] if array.size else 0),
        array[: len(array) // 2] if array.ndim else array,
        np.asfortranarray(array.T),
        np.concatenate([array, array]) if array.ndim else array,
    )
    return _npy(pick(rng, shapes))


def _head(rng: Rng, array: np.ndarray) -> bytes:
    """Write an array under a head that does not fit it."""
    shape = pick(
        rng, ((10**12,), (-1, 4), (2**63, 2**63), (0,), (), ("a",), (1.5,), (True,))
    )
    head = {
        "descr": pick(rng, ("<f8", "|O", "V0", "<f99", "", [("a", "<f4")])),
        "fortran_order": pick(rng, (False, True, None)),
        "shape": shape,
    }
    text = pick(
        rng, (repr(head), repr(head)[:-3], "(" * 3000, "{'a': 'b\n", "9" * 9000)
    )
    raw = text.encode() + b"\n"
    version = pick(rng, (b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00"))
    length = len(raw).to_bytes(2 if version[0] == 1 else 4, "little")
    return b"\x93NUMPY" + version + length + raw + array.tobytes()[:1000]


def _npy(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def _encrypted(content: bytes) -> bytes:
    """Set the flag of encryption in every entry of a zip archive."""
    found = bytearray(content)
    for mark, shift in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = found.find(mark)
        while place >= 0:
            found[place + shift] |= 1
            place = found.find(mark, place + 4)
    return bytes(found)


ANY: tuple[Damage, ...] = (
    *(truncated, flipped, overwritten, repeated, cut_out, emptied),
)
OF: dict[str, tuple[Damage, ...]] = {
    "text": (*ANY, numbers, numbers, recoded, packed),
    "json": (*ANY, numbers, recoded, packed, *[json_changed] * 6),
    "npz": (*ANY, *[npz_changed] * 10),
    "npy": (*ANY, *[npy_changed] * 4),
    "bytes": ANY,
}


def odd_place(rng: Rng, path: Path) -> str:
    """Put something that is no file where one should be; names it."""
    kind = pick(rng, ("pipe", "folder", "loop", "nothing", "dangling"))
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "dangling":
        path.symlink_to(path.with_name("gone"))
    return kind


def damage(rng: Rng, kind: str, content: bytes) -> tuple[str, bytes]:
    """Damage a file's content once or twice; gives what was done, and the bytes."""
    names = []
    for _ in range(1 if rng.random() < 0.8 else 2):
        one = pick(rng, OF[kind])
        try:
            content = one(rng, content)
        except Exception:  # noqa: BLE001 - of a file damaged already: cut it instead
            content = truncated(rng, content)
        names.append(one.__name__)
    return "+".join(names), content
