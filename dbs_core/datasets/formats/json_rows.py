"""Rows in the lists of a JSON object, read in one go and yet with a place for each.

Both ActivityNet files hold a list of objects for each video. Hundreds of thousands of
them are read column by column; only when a column fails is the bad row looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dbs_core.datasets.formats.json_text import member, shown
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True)
class JsonRows:
    """The rows of several named lists, list after list.

    `lists` maps the place of each list ("file.json: results.v_1") to its rows.
    """

    lists: Mapping[str, Sequence[Any]]

    @property
    def edges(self) -> np.ndarray:
        """Where each list starts among all rows, and their number at the end."""
        return np.cumsum([0, *map(len, self.lists.values())])

    def place(self, row: int) -> str:
        """Name the place of a row: "file.json: results.v_1[3]"."""
        edges = self.edges
        number = int(np.searchsorted(edges, row, side="right")) - 1
        return f"{list(self.lists)[number]}[{row - edges[number]}]"

    def rows(self) -> list[Any]:
        """Give all rows."""
        return [row for rows in self.lists.values() for row in rows]

    def texts(self, key: str) -> list[str]:
        """Read a text of each row (InputError with the place where there is none)."""
        rows = self.rows()
        try:
            texts = [row[key] for row in rows]
            if all(type(text) is str for text in texts):
                return texts
        except (TypeError, KeyError):
            pass
        return [member(r, key, str, self.place(i)) for i, r in enumerate(rows)]

    def labels(self, key: str) -> list[str]:
        """Read a name or a whole number of each row, both as text."""
        rows = self.rows()
        try:
            found = [row[key] for row in rows]
            if all(type(label) in (str, int, float) for label in found):
                return [str(label) for label in found]
        except (TypeError, KeyError):
            pass
        kinds = (str, int, float)
        return [str(member(r, key, kinds, self.place(i))) for i, r in enumerate(rows)]

    def numbers(self, key: str, width: int) -> np.ndarray:
        """Read a number, or a list of `width` numbers, of each row: `[n, width]`.

        Raises:
            InputError: the first row where it is missing or is none, with its place.
        """
        rows = self.rows()
        try:
            values = np.array([row[key] for row in rows], np.float64)
            if values.size == len(rows) * width and values.ndim <= 2:
                return values.reshape(-1, width)
        except (TypeError, ValueError, KeyError, OverflowError):
            pass
        return np.array(
            [_numbers(r, key, width, self.place(i)) for i, r in enumerate(rows)]
        ).reshape(-1, width)


def _numbers(row: Any, key: str, width: int, where: str) -> list[float]:
    found = member(row, key, list if width > 1 else (int, float, str), where)
    parts = found if width > 1 else [found]
    try:
        if len(parts) == width:
            return [float(part) for part in parts]
    except (TypeError, ValueError, OverflowError):
        pass
    raise InputError(
        "wrong layout",
        where=f"{where}.{key}",
        wanted=f"{width} numbers" if width > 1 else "a number",
        got=shown(found),
    )
