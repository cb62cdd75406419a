"""Draws docs/pictures/architecture-*.svg from the imports of the code.

`python -m docs.draw_architecture` from the project's top; a test says when they are
stale. An arrow is an import that no chain of others already says. Packages of the
longest chain stand in the first column, each other one in a column beside it, so that
all arrows run straight down.
"""

import ast
import html
import textwrap
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from tests.test_layout import ROOT, STAGES, files, imports_of, module_of

PICTURES = ROOT / "docs" / "pictures"
COLOURS = {
    "light": {"ink": "#1f2933", "soft": "#5b6773", "box": "#f2f5f9", "line": "#a3afbc"},
    "dark": {"ink": "#e6ebf1", "soft": "#9fb0c1", "box": "#1b2431", "line": "#5b6b7d"},
}
TOPS = ("dbs_core", "explorer")
COLUMN, GAP, FLOOR, MARGIN = 300, 24, 26, 4
Graph = dict[str, set[str]]


def package_of(module: str) -> str:
    """Give the package of the engine that a module is in, or the explorer."""
    top, _, inner = module.partition(".")
    return inner.partition(".")[0] if top == "dbs_core" else top


def packages() -> Graph:
    """Say which package imports which; the engine's front door is none."""
    found: Graph = {}
    for top in TOPS:
        for path in files(top):
            own = package_of(module_of(path))
            if own in ("", "__main__"):
                continue
            ours = (n for n in imports_of(path) if n.split(".")[0] in TOPS)
            found.setdefault(own, set()).update({package_of(n) for n in ours} - {own})
    return found


def reduced(graph: Graph) -> Graph:
    """Leave out every arrow that a longer way says."""
    beyond: Graph = {}
    for name in TopologicalSorter(graph).static_order():
        beyond[name] = {n for to in graph[name] for n in {to, *beyond[to]}}
    return {
        name: {to for to in targets if not any(to in beyond[o] for o in targets)}
        for name, targets in graph.items()
    }


def longest(graph: Graph) -> list[str]:
    """Give the longest chain of imports, from the top down."""
    chain: dict[str, list[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        below = max((chain[to] for to in sorted(graph[name])), key=len, default=[])
        chain[name] = [name, *below]
    return max(chain.values(), key=len)


def places(graph: Graph) -> dict[str, tuple[int, int]]:
    """Give every package a floor, from 0 at the bottom, and a column."""
    main = longest(graph)
    found = {name: (len(main) - 1 - i, 0) for i, name in enumerate(main)}
    floors = {name: floor for name, (floor, _) in found.items()}
    sides = []
    for name in reversed(list(TopologicalSorter(graph).static_order())):
        if name in main:
            continue
        above = min(floors[n] for n in graph if name in graph[n])
        below = max((floors[n] for n in graph[name] if n in floors), default=-1)
        floors[name] = above - 1
        sides.append((above - below, name, below, above))
    used: list[tuple[int, int, int]] = []  # column, lowest and highest floor
    for _, name, below, above in sorted(sides):  # short arrows inside
        column = 1
        while any(c == column and below < h and b < above for c, b, h in used):
            column += 1
        used.append((column, below, above))
        found[name] = (above - 1, column)
    return found


def spans(graph: Graph, at: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Say over which columns each box goes, to meet its arrows."""
    found = {name: [column] for name, (_, column) in at.items()}
    for name, targets in graph.items():
        for to in targets:
            column = max(at[name][1], at[to][1])
            found[name].append(column)
            found[to].append(column)
    return {name: (min(columns), max(columns)) for name, columns in found.items()}


def said(name: str) -> str:
    """Give the first sentence of a package's docstring."""
    folder = ROOT / (name if name == "explorer" else f"dbs_core/{name}")
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    return text.split("\n")[0].split(";")[0].rstrip(".").replace("`", "")


def drawn(theme: str) -> str:
    """Give the picture as SVG."""
    graph = reduced(packages())
    at = places(graph)
    over = spans(graph, at)
    columns = max(column for _, column in at.values()) + 1
    parts, tops, low = [], {}, MARGIN
    for floor in range(max(f for f, _ in at.values()), -1, -1):
        here = sorted(name for name in at if at[name][0] == floor)
        height = max(62 + (44 if name == "method" else 0) for name in here)
        for name in here:
            tops[name] = low, height
            parts.append("".join(_box(name, over[name], low, height)))
        low += height + FLOOR
    for name, targets in sorted(graph.items()):
        for to in sorted(targets):
            column = max(at[name][1], at[to][1])
            parts.append(_arrow(column, sum(tops[name]), tops[to][0]))
    width, height = columns * (COLUMN + GAP) - GAP + 2 * MARGIN, low - FLOOR + MARGIN
    style = _style(COLOURS[theme])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" '
        'aria-label="Packages and what imports what">\n'
        f"<style>{style}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _style(colours: dict[str, str]) -> str:
    ink, soft, box, line = colours.values()
    return (
        f"text{{font:13px system-ui,sans-serif;fill:{ink}}}"
        f".name{{font-weight:650;font-size:15px}}.said{{fill:{soft}}}"
        f"rect{{fill:{box};stroke:{line}}}.stage{{fill:none}}"
        f"path{{stroke:{line};stroke-width:1.5;fill:none}}"
    )


def _box(name: str, over: tuple[int, int], top: int, height: int) -> Iterator[str]:
    left = MARGIN + over[0] * (COLUMN + GAP)
    width = (over[1] - over[0] + 1) * (COLUMN + GAP) - GAP
    yield f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="8"/>'
    yield f'<text class="name" x="{left + 12}" y="{top + 21}">{name}</text>'
    for i, line in enumerate(textwrap.wrap(said(name), int((width - 20) / 6.6))[:2]):
        place = f'class="said" x="{left + 12}" y="{top + 38 + 16 * i}"'
        yield f"<text {place}>{html.escape(line, quote=False)}</text>"
    if name == "method":
        step = (width - 24) / len(STAGES)
        for i, stage in enumerate(STAGES):
            x, y = left + 12 + i * step, top + 58
            size = f'width="{step - 14:.0f}" height="36" rx="6"'
            yield f'<rect class="stage" x="{x:.0f}" y="{y}" {size}/>'
            middle = f'x="{x + (step - 14) / 2:.0f}" y="{y + 23}" text-anchor="middle"'
            yield f"<text {middle}>{stage}</text>"
            if i:
                yield f'<path d="M{x - 13:.0f} {y + 18}h10m-4 -4l4 4l-4 4"/>'


def _arrow(column: int, start: int, end: int) -> str:
    x = MARGIN + column * (COLUMN + GAP) + COLUMN // 2
    return f'<path d="M{x} {start}V{end - 1}m-4 -5l4 5l4 -5"/>'


def pictures() -> dict[Path, str]:
    """Give the files with their content."""
    return {PICTURES / f"architecture-{theme}.svg": drawn(theme) for theme in COLOURS}


if __name__ == "__main__":
    for path, text in pictures().items():
        path.write_text(text)
