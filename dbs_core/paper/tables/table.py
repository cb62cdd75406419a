"""A table as the paper has it: computed values, the printed ones, where both are from.

Values are in the row's unit, percent unless said; None is a cell that is not known:
not computed, or not printed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

Value = float | None
Values = tuple[Value, ...]


@dataclass(frozen=True)
class TableRow:
    """One row: its values, and what the paper prints in the same cells.

    `printed` is None where the paper has no such row. `unit` is "%", "s", "ms" or
    "" for a count.
    """

    name: str
    values: Values
    printed: Values | None = None
    unit: str = "%"

    def __post_init__(self) -> None:
        for cells in (self.values, self.printed or ()):
            bad = [v for v in cells if v is not None and not math.isfinite(v)]
            if bad:
                raise ValueError(f"{self.name}: wanted finite values, got {bad[0]}")


@dataclass(frozen=True)
class Provenance:
    """What a computed table was made from, and the command that makes it again."""

    data: str
    features: str
    weights: str
    seeds: tuple[int, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    command: str = ""


@dataclass(frozen=True)
class PaperTable:
    """A table of the paper, by its number as text, or one of ours by its name.

    `provenance` is None where nothing is computed: the printed values alone.
    `source` says where in the paper the printed values stand.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    note: str = ""
    source: str = ""
    provenance: Provenance | None = None

    def __post_init__(self) -> None:
        width = len(self.columns)
        for row in self.rows:
            for cells in (row.values, row.printed):
                if cells is not None and len(cells) != width:
                    raise ValueError(
                        f"table {self.key}, row {row.name}: wanted {width} cells, "
                        f"got {len(cells)}"
                    )

    @property
    def stem(self) -> str:
        """The name of its files."""
        return f"table{self.key}" if self.key.isdecimal() else f"table-{self.key}"

    @property
    def computed(self) -> bool:
        """Whether any cell was computed."""
        return any(v is not None for row in self.rows for v in row.values)


def beside(table: PaperTable, printed: PaperTable) -> PaperTable:
    """Put the printed values beside computed ones: same row name, same column.

    Rows that only the paper has follow, without values of ours.
    """
    theirs = {row.name: row for row in printed.rows}
    rows = [
        replace(row, printed=_matched(theirs[row.name], printed.columns, table.columns))
        if row.name in theirs and row.printed is None
        else row
        for row in table.rows
    ]
    ours = {row.name for row in table.rows}
    rest = [
        replace(
            row,
            values=(None,) * len(table.columns),
            printed=_matched(row, printed.columns, table.columns),
        )
        for row in printed.rows
        if row.name not in ours
    ]
    return replace(table, rows=(*rows, *rest), source=table.source or printed.source)


def _matched(row: TableRow, have: Sequence[str], wanted: Sequence[str]) -> Values:
    cells = dict(zip(have, row.printed or (), strict=True))
    return tuple(cells.get(name) for name in wanted)
