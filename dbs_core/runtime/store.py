"""The only writer of the engine: records as npz + json, each file whole or absent.

A file is written under a temporary name in its own folder and renamed when
complete, so a crash, a full disk or a cancel leaves the old file or none. Nothing
that runs code is ever read: arrays come with `allow_pickle=False`.
"""

import hashlib
import json
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from jaxtyping import jaxtyped

from dbs_core.runtime.differences import differences, is_picture, summed
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.files import read_arrays, write_arrays
from dbs_core.runtime.typed_values import alternatives, brief, fits, named

Record = TypeVar("Record")
PICTURE = "picture"
"""Stands in the header for an array that is kept as a picture's differences."""
MISFITS = (LookupError, TypeError, ValueError, OverflowError)
"""What `from_json` raises where a value does not fit a record."""
LATER = MappingProxyType({"later": True})
"""Metadata of a field that came later: at its default it leaves fingerprints alone, so
that what was kept before is still found."""


def write_record(path: Path, record: object) -> None:
    """Write any record of `dbs_core/records`: arrays to npz, the rest to its header.

    Fields whose metadata say `kept: False` are left out, those that say `picture: True`
    are kept as differences (`differences.py`).
    """
    arrays: dict[str, np.ndarray] = {}
    header = _pack(record, "", arrays)
    write_arrays(path, arrays, header)


def read_record(
    path: Path, kind: type[Record], *, before: Mapping[str, object] | None = None
) -> Record:
    """Read a record of the given kind; it checks itself as it is built.

    Args:
        path: the file.
        kind: the record.
        before: values of fields that a file from before those fields lacks, where
            the reader knows better than the fields' defaults.

    Raises:
        InputError: missing, damaged, or a record of another kind or version.
    """
    arrays, header = read_arrays(path)
    try:
        return _unpack(kind, "", {**(before or {}), **header}, arrays)
    except MISFITS as error:
        raise InputError(
            f"no valid {kind.__name__}",
            where=path,
            because=error,
            cure="delete it and run the command again",
        ) from error


def to_json(record: object) -> object:
    """Turn a record without arrays (settings, class lists) into JSON values."""
    return _pack(record, "", {})


def from_json(kind: type[Record], value: object) -> Record:
    """Rebuild a record without arrays; one of `MISFITS` where the value is none."""
    return _unpack(kind, "", value, {})


def fingerprint(*parts: object) -> str:
    """Hash settings and identities to 16 hex digits, the key of every cache."""
    text = json.dumps(parts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {
            f.name: getattr(value, f.name)
            for f in fields(value)
            if not (f.metadata.get("later") and getattr(value, f.name) == f.default)
        }
    return str(value)


def _pack(record: object, prefix: str, arrays: dict[str, np.ndarray]) -> object:
    """Split a value into JSON (returned) and arrays (added under dotted names)."""
    if isinstance(record, np.ndarray):
        arrays[prefix] = record
        return "array"
    if is_dataclass(record):
        return {
            f.name: _pack_field(
                f, getattr(record, f.name), f"{prefix}.{f.name}".lstrip("."), arrays
            )
            for f in _kept(record)
        }
    # As JSON reads it back: what was written can be compared with what is there.
    return list(record) if isinstance(record, tuple) else record


def _pack_field(
    field: Field[Any], value: object, name: str, arrays: dict[str, np.ndarray]
) -> object:
    if field.metadata.get("picture") and is_picture(value):
        arrays[name] = differences(value)
        return PICTURE
    return _pack(value, name, arrays)


def _unpack(
    kind: Any, prefix: str, header: Any, arrays: Mapping[str, np.ndarray]
) -> Any:
    """Rebuild a value of `kind` from JSON and arrays.

    Raises:
        TypeError: a value of another type than its field.
    """
    if isinstance(header, str) and header == "array" and prefix in arrays:
        return arrays[prefix]
    if isinstance(header, str) and header == PICTURE and prefix in arrays:
        return summed(arrays[prefix])
    record = next((a for a in (kind, *typing.get_args(kind)) if is_dataclass(a)), None)
    if record is None or (header is None and record is not kind):
        return tuple(header) if isinstance(header, list) else header
    if not isinstance(header, Mapping):
        raise TypeError(f"{prefix or 'all'}: wanted an object, got {header!r:.60}")
    values = {
        f.name: _unpack(
            f.type, f"{prefix}.{f.name}".lstrip("."), header[f.name], arrays
        )
        for f in _kept(record)
        if f.name in header or not _has_default(f)
    }
    _require_types(record, prefix, values)
    return record(**values)  # type: ignore[operator]


def _require_types(record: Any, prefix: str, values: Mapping[str, object]) -> None:
    with jaxtyped("context"):  # axes of one name agree in all arrays of a record
        for f in _kept(record):
            if f.name not in values:
                continue
            value = values[f.name]
            if isinstance(value, np.ndarray):
                kinds = alternatives(f.type)
                fit = any(isinstance(value, one) for one in kinds)
            else:
                fit = fits(value, f.type)
            if not fit:
                place = f"{prefix}.{f.name}".lstrip(".")
                got = brief(value)
                raise TypeError(f"{place}: wanted {named(f.type)}, got {got:.60}")


def _kept(record: Any) -> Iterator[Field[Any]]:
    """Give the fields of a record or its class that belong into a file."""
    return (f for f in fields(record) if f.metadata.get("kept", True))


def _has_default(field: Field[Any]) -> bool:
    """Say whether a record written before this field existed still reads."""
    return field.default is not MISSING or field.default_factory is not MISSING
