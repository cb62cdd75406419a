"""The paper's tables: a run's values over the printed ones, or the printed alone."""

from pathlib import Path

import streamlit as st

from dbs_core.paper.tables.printed import PRINTED, all_tables
from dbs_core.paper.tables.table import PaperTable
from dbs_core.paper.tables.writing import (
    FOLDER,
    provenance_of,
    read_tables,
    to_csv,
    to_markdown,
)
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.access.paths import typed_path
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.elements.palette import palette
from explorer.paper.table_html import table_html

COMMAND = "python -m dbs_core tables --data DATASET"
WIDE, WIDE_SHARE = 5, 1.6
"""Columns above which a table is wider than its neighbour, and how much."""


def show_tables(run: Run | None) -> None:
    """Draw all tables, two beside each other."""
    found, problems = read_tables(_folder(run))
    for problem in problems:
        st.warning(escape(problem), icon=":material/warning:")
    tables = all_tables(found)
    if not any(table.computed for table in tables):
        st.info(
            "No table is computed for this run yet: these are the paper's values. "
            f"All of them are computed by `{COMMAND}`, one by `--table N`.",
            icon=":material/info:",
        )
    for first in range(0, len(tables), 2):
        pair = tables[first : first + 2]
        shares = [WIDE_SHARE if len(t.columns) > WIDE else 1 for t in pair]
        for place, table in zip(st.columns(shares), pair, strict=True):
            _show(place, table)


def _folder(run: Run | None) -> Path:
    """Let the user name another folder; the run's own by default."""
    own = run.root / FOLDER if run is not None else Path(FOLDER)
    with st.popover("Another folder of tables", icon=":material/folder_open:"):
        named = st.text_input(
            "Folder with table1.json, ...",
            key="paper_folder",
            placeholder=str(own),
            help="On the computer that runs the explorer.",
            persist_state="session",
        ).strip()
        st.caption(f"Now: {escape(named or str(own))}")
    if not named:
        return own
    try:
        folder = typed_path(named)
        if not folder.is_dir():
            raise InputError("no such folder", where=folder)
    except InputError as error:
        show_error(error)
        return own
    return folder


def _show(place: st.delta_generator.DeltaGenerator, table: PaperTable) -> None:
    kind = st.context.theme.type or "light"
    with place.container(border=True, height="stretch"):
        name = f"Table {table.key}" if table.key in PRINTED else "Ours"
        st.markdown(f"**{escape(name)}.** {escape(table.title)}")
        st.html(table_html(table, palette(kind)))
        st.caption(escape(table.note) or " ")
        st.space("stretch")
        st.caption(escape(provenance_of(table)))
        with st.container(horizontal=True, gap="small"):
            _downloads(table)
        made = table.provenance.command if table.provenance else ""
        words = "Made by" if made else "Computed by"
        command = (made or f"{COMMAND} --table {table.key}").replace("`", "")
        st.caption(f"{words} `{command}`")


def _downloads(table: PaperTable) -> None:
    for label, kind, mime, build in (
        ("CSV", "csv", "text/csv", to_csv),
        ("Markdown", "md", "text/markdown", to_markdown),
    ):
        st.download_button(
            label,
            lambda build=build: build(table).encode(),
            f"{table.stem}.{kind}",
            mime,
            key=f"paper_{table.stem}_{kind}",
            on_click="ignore",
            icon=":material/download:",
        )
