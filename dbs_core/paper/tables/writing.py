"""Tables as files: JSON that reads back, CSV for a spreadsheet, Markdown for people."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dbs_core.paper.tables.table import PaperTable, Provenance, TableRow, Value, Values
from dbs_core.runs.provenance import THE_PAPER
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError

SCHEMA = 1
FOLDER = "tables"
"""Where a run keeps its tables."""


def write_table(folder: Path, table: PaperTable) -> tuple[Path, Path, Path]:
    """Write a table as JSON, CSV and Markdown, also in place of an earlier one.

    Raises:
        InputError: the folder cannot be written, or holds a file of such a name that
            belongs to no table of ours.
    """
    paths = [folder / f"{table.stem}.{kind}" for kind in ("json", "csv", "md")]
    texts = (to_csv(table).encode(), to_markdown(table).encode())
    for path, text in zip(paths[1:], texts, strict=True):
        _require_begin(path, text.splitlines()[0])
    if paths[0].exists():
        read_table(paths[0])
    files.write_json(paths[0], to_json(table))
    for path, text in zip(paths[1:], texts, strict=True):
        files.write_bytes(path, text)
    return paths[0], paths[1], paths[2]


def _require_begin(path: Path, first: bytes) -> None:
    """Check that a file, if there is one, begins as a table of ours does."""
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            there = file.readline().rstrip(b"\r\n")
    except OSError:
        there = b""
    if there != first:
        raise InputError(
            "a file that is no table of ours",
            where=path,
            cure="name another folder, or remove it first",
        )


def read_table(path: Path) -> PaperTable:
    """Read a table's JSON.

    Raises:
        InputError: missing, no JSON, or no table of this version.
    """
    value = files.read_json(path)
    try:
        if value["schema"] != SCHEMA:
            raise ValueError(f"version {value['schema']}")
        return _table(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "no valid table",
            where=path,
            because=error,
            wanted=f"a table of version {SCHEMA}",
            cure="delete it and make it again with: python -m dbs_core tables",
        ) from error


def read_tables(folder: Path) -> tuple[tuple[PaperTable, ...], tuple[str, ...]]:
    """Read a folder's tables, numbers first; and what could not be read, in lines."""
    tables, problems = [], []
    for path in sorted(folder.glob("table*.json")):
        try:
            tables.append(read_table(path))
        except InputError as error:
            problems.append(error.without_content)
    tables.sort(key=lambda t: (not t.key.isdecimal(), t.key.zfill(4)))
    return tuple(tables), tuple(problems)


def to_json(table: PaperTable) -> dict[str, object]:
    """Give the table as JSON values."""
    return {
        "schema": SCHEMA,
        "key": table.key,
        "title": table.title,
        "columns": list(table.columns),
        "rows": [
            {
                "name": row.name,
                "unit": row.unit,
                "values": list(row.values),
                "printed": None if row.printed is None else list(row.printed),
            }
            for row in table.rows
        ],
        "note": table.note,
        "source": table.source,
        "provenance": None
        if table.provenance is None
        else _plain_provenance(table.provenance),
    }


def _plain_provenance(made: Provenance) -> dict[str, object]:
    return {
        "data": made.data,
        "features": made.features,
        "weights": made.weights,
        "seeds": list(made.seeds),
        "versions": dict(made.versions),
        "command": made.command,
    }


def _table(value: Mapping[str, Any]) -> PaperTable:
    made = value["provenance"]
    return PaperTable(
        _text(value["key"]),
        _text(value["title"]),
        tuple(_text(name) for name in value["columns"]),
        tuple(_row(row) for row in value["rows"]),
        _text(value["note"]),
        _text(value["source"]),
        None
        if made is None
        else Provenance(
            _text(made["data"]),
            _text(made["features"]),
            _text(made["weights"]),
            tuple(int(seed) for seed in made["seeds"]),
            {_text(k): _text(v) for k, v in made["versions"].items()},
            _text(made["command"]),
        ),
    )


def _row(value: Mapping[str, Any]) -> TableRow:
    printed = value["printed"]
    return TableRow(
        _text(value["name"]),
        _values(value["values"]),
        None if printed is None else _values(printed),
        _text(value["unit"]),
    )


def _values(cells: Iterable[Any]) -> Values:
    return tuple(None if cell is None else float(cell) for cell in cells)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"wanted text, got {value!r}")
    return value


def provenance_of(table: PaperTable) -> str:
    """Give the line below a table: this run, and the paper."""
    made = table.provenance
    if made is None:
        return f"This run: not computed yet. The paper: {THE_PAPER}."
    seeds = ", ".join(str(seed) for seed in made.seeds)
    plural = "seeds" if len(made.seeds) != 1 else "seed"
    weights = f"{made.weights}, {plural} {seeds}" if seeds else made.weights
    this = f"{made.data}; {made.features}; {weights}"
    return f"This run: {this}. The paper: {THE_PAPER}."


def cell_text(value: Value, unit: str) -> str:
    """Write a value as the paper does: one decimal, seconds two, counts none."""
    if value is None:
        return "—"
    if not unit:
        return f"{value:,.0f}"
    return f"{value:.2f}" if unit == "s" else f"{value:.1f}"


def row_name(row: TableRow) -> str:
    """Name a row, with its unit where that is not percent."""
    return f"{row.name} ({row.unit})" if row.unit not in ("%", "") else row.name


def to_csv(table: PaperTable) -> str:
    """Write a line for each row: every column's value, then what the paper prints."""
    text = io.StringIO(newline="")
    # Its own line end: the writer quotes what holds a part of it, so "\r" too.
    writer = csv.writer(text, lineterminator="\r\n")
    paper = [f"{name} (paper)" for name in table.columns]
    writer.writerow([f"Table {table.key}", "unit", *table.columns, *paper])
    for row in table.rows:
        printed = row.printed or (None,) * len(table.columns)
        cells = ["" if v is None else f"{v:g}" for v in (*row.values, *printed)]
        writer.writerow([row.name, row.unit, *cells])
    return text.getvalue()


def to_markdown(table: PaperTable) -> str:
    """Write the table with the paper's values in italics under ours."""
    head = ["", *(_escaped(name) for name in table.columns)]
    lines = [
        f"**Table {_escaped(table.key)}. {_escaped(table.title)}**",
        "",
        _line(head),
        _line(["---", *["---:"] * len(table.columns)]),
    ]
    for row in table.rows:
        name = _escaped(row_name(row))
        if any(v is not None for v in row.values) or row.printed is None:
            lines.append(_line([name, *(cell_text(v, row.unit) for v in row.values)]))
        if row.printed is not None:
            cells = (f"*{cell_text(v, row.unit)}*" for v in row.printed)
            lines.append(_line([f"*{name}, paper*", *cells]))
    notes = [_escaped(table.note), _escaped(provenance_of(table))]
    command = table.provenance.command if table.provenance else ""
    notes += [f"Made by `{command.replace('`', '')}`."] if command else []
    return "\n".join([*lines, "", *(n for n in notes if n)]) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(text: str) -> str:
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", flat)
