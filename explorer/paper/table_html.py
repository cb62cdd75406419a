"""A table set as in a paper: three rules, figures in line, ours above the printed."""

from collections.abc import Iterator
from html import escape

from dbs_core.paper.tables.table import PaperTable, TableRow, Values
from dbs_core.paper.tables.writing import cell_text, row_name
from dbs_core.pictures.palette import Palette

STYLE = """
.dbs-table{{overflow-x:auto;margin:.1rem 0 .35rem}}
.dbs-table table{{border-collapse:collapse;width:100%;font-size:.9rem;
 font-variant-numeric:tabular-nums;border-top:2px solid {text};
 border-bottom:2px solid {text};margin:0}}
.dbs-table th,.dbs-table td{{padding:.26rem .55rem;border:0;text-align:right;
 white-space:nowrap;color:{text}}}
.dbs-table th{{font-weight:600}}
.dbs-table thead th{{border-bottom:1px solid {text}}}
.dbs-table tr>:first-child{{text-align:left}}
.dbs-table .who{{text-align:left;font-size:.78rem}}
.dbs-table .ours td{{font-weight:650}}
.dbs-table .ours .who{{color:{primary}}}
.dbs-table .theirs td{{opacity:.72}}
.dbs-table .next>*{{border-top:1px solid {border}}}
.dbs-table tbody th{{font-weight:500;vertical-align:top;white-space:normal}}
"""


def table_html(table: PaperTable, colours: Palette) -> str:
    """Give a table as HTML; every name in it is text."""
    style = STYLE.format(
        text=colours.text, border=colours.border, primary=colours.primary
    )
    who = '<th scope="col" class="who"><span>values of</span></th>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    body = "".join(line for row in table.rows for line in _lines(row))
    name = escape(f"Table {table.key}: {table.title}")
    return (
        f"<style>{style}</style>"
        f'<div class="dbs-table"><table aria-label="{name}">'
        f'<thead><tr><th scope="col"></th>{who}{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _lines(row: TableRow) -> Iterator[str]:
    """Give one line, or ours over the paper's."""
    ours = row.printed is None or any(v is not None for v in row.values)
    both = ours and row.printed is not None
    span = ' rowspan="2"' if both else ""
    name = f'<th scope="row"{span}>{escape(row_name(row))}</th>'
    if ours:
        yield _line("ours next", name, "this run", row.values, row.unit)
    if row.printed is not None:
        kind = "theirs" if both else "theirs next"
        yield _line(kind, "" if both else name, "paper", row.printed, row.unit)


def _line(kind: str, name: str, who: str, values: Values, unit: str) -> str:
    cells = "".join(f"<td>{escape(cell_text(v, unit))}</td>" for v in values)
    return f'<tr class="{kind}">{name}<td class="who">{who}</td>{cells}</tr>'
