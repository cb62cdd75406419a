"""Tables of columns: records whose arrays have one entry a row."""

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

Table = TypeVar("Table", bound=Any)


def select(table: Table, rows: np.ndarray | slice) -> Table:
    """Keep the rows of an index, boolean array or slice in every column, in order."""
    columns = {name: column[rows] for name, column in _columns(table).items()}
    return replace(table, **columns)


def joined(*tables: Table) -> Table:
    """Put tables of the same columns under each other."""
    columns = {
        name: np.concatenate([getattr(table, name) for table in tables])
        for name in _columns(tables[0])
    }
    return replace(tables[0], **columns)


def named(
    wanted: Collection[str] | None, every: tuple[str, ...], column: np.ndarray
) -> np.ndarray:
    """Say which rows have one of the wanted names; None wants all."""
    if wanted is None:
        return np.ones(len(column), bool)
    return np.array([name in wanted for name in every], bool)[column]


def known(value: float) -> float | None:
    """Give a number as a plain value, None for NaN."""
    return None if np.isnan(value) else value


def _columns(table: Any) -> dict[str, np.ndarray]:
    every = {one.name: getattr(table, one.name) for one in fields(table)}
    return {name: one for name, one in every.items() if isinstance(one, np.ndarray)}
