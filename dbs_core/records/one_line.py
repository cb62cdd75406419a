"""How a record shows itself: one line of names, shapes and counts, never an array."""

from collections.abc import Sized
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np

TEXT = 60
"""Longest text that is shown whole."""
ITEMS = 4
"""Most items that are shown one by one."""


def one_line(record: object) -> str:
    """Show a record by its fields: the `__repr__` of every record.

    An array is its type and shape, a record inside its name and length. Fields that
    hold nothing are left out.
    """
    values = {f.name: getattr(record, f.name) for f in fields(record)}  # type: ignore[arg-type]
    shown = [f"{name}={brief(x)}" for name, x in values.items() if x is not None]
    return f"{type(record).__name__}({', '.join(shown)})"


def brief(value: object) -> str:
    """Show one value in a few words."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    if is_dataclass(value):
        length = len(value) if isinstance(value, Sized) else "..."
        return f"{type(value).__name__}({length})"
    if isinstance(value, str | Path):
        return repr(cut(str(value)))
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, tuple | list | dict):
        return _items(value)
    return repr(value)


def _items(value: tuple[object, ...] | list[object] | dict[object, object]) -> str:
    if isinstance(value, dict) or len(value) > ITEMS:
        return f"<{len(value)} items>"
    return f"({', '.join(brief(item) for item in value)})"


def cut(text: str) -> str:
    """Give a text on one line, its end left out where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= TEXT else f"{line[: TEXT - 3]}..."
