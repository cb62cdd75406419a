"""Does a value that was read fit the type that a record's field has?

What is read from a file may be anything. The types are those written at the fields.
"""

import types
import typing
from collections.abc import Mapping
from typing import Any

import numpy as np


def alternatives(wanted: Any) -> tuple[Any, ...]:
    """Give the plain types that a value may have, of a union each."""
    inner = typing.get_args(wanted) if _is_union(wanted) else (wanted,)
    return tuple(one for one in inner if isinstance(one, type))


def _is_union(wanted: Any) -> bool:
    return typing.get_origin(wanted) in (typing.Union, types.UnionType)


def fits(value: object, wanted: Any) -> bool:
    """Say whether a value is of a type, with all that is in it."""
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if wanted in (Any, object):
        return True
    if _is_union(wanted):
        return any(fits(value, choice) for choice in inner)
    if origin is typing.Literal:
        return any(type(value) is type(one) and value == one for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and _items_fit(value, inner)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            fits(k, inner[0]) and fits(v, inner[1]) for k, v in value.items()
        )
    if wanted in (int, float):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (wanted is float and isinstance(value, float))
    return isinstance(value, wanted)


def _items_fit(value: tuple[object, ...], inner: tuple[Any, ...]) -> bool:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return all(fits(one, inner[0]) for one in value)
    return len(value) == len(inner) and all(map(fits, value, inner))


def named(wanted: Any) -> str:
    """Name a type as it is written at a field."""
    if _is_union(wanted):
        return " or ".join(named(one) for one in typing.get_args(wanted))
    if wanted is type(None):
        return "None"
    plain = isinstance(wanted, type) and typing.get_origin(wanted) is None
    return wanted.__name__ if plain else str(wanted).replace("typing.", "")


def brief(value: object) -> str:
    """Show a value in a few words, whatever it is."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return repr(value)[:60]
