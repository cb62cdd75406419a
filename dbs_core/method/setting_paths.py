"""A setting by its path in the record of settings, such as `refinement.overlap`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

Record = TypeVar("Record")


def value_at(record: object, path: str) -> object:
    """Give the value at a path."""
    for name in path.split("."):
        record = getattr(record, name)
    return record


def changed(record: Record, given: Mapping[str, object]) -> Record:
    """Replace settings by their paths, all at once: they may only go together.

    Raises:
        InputError: the record does not take a value.
    """
    parts: dict[str, dict[str, object]] = {}
    fields: dict[str, object] = {}
    for path, value in given.items():
        name, _, rest = path.partition(".")
        if rest:
            parts.setdefault(name, {})[rest] = value
        else:
            fields[name] = value
    inner = {name: changed(getattr(record, name), part) for name, part in parts.items()}
    return replace(record, **fields, **inner)  # type: ignore[type-var]
