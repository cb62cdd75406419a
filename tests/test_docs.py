"""The docs say what is there: links, views, files, commands, pictures, one version."""

import argparse
import importlib
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from dbs_core.cli.main import COMMANDS
from docs import draw_app
from docs.draw_architecture import pictures
from explorer.explore.panels import PANELS
from explorer.selection.address import LAYERS, Limits, read_view
from tests.shared_data import ROOT

PAGES = sorted(
    page
    for pattern in ("*.md", "docs/*.md", ".github/**/*.md", "assets/sample/*.md")
    for page in ROOT.glob(pattern)
)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
PLACE = re.compile(r"`((?:dbs_core|explorer|tests|docs|assets|\.ci)/[\w./-]*\w)/?`")
CALL = re.compile(r"python -m dbs_core ([a-z][a-z-]*)((?:[^\n`#\\]|\\\n)*)")
OPTION = re.compile(r"(?<=\s)--[a-z][a-z-]*")
VIEW = re.compile(r"\((http://localhost:8501/[^)]+)\)")
"""A place in the app, on the sample."""
MADE = {"assets/sample/run/cache"}
"""What is written when it is first needed."""

named = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


@cache
def anchors(page: Path) -> set[str]:
    """Name the headings of a page as GitHub does."""
    text = FENCE.sub("", page.read_text())
    found = re.findall(r"^#{1,6} (.+?)\s*$", text, re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", title.lower()) for title in found)
    return {re.sub(r"\s", "-", title) for title in plain}


@named
def test_links_lead_somewhere(page: Path) -> None:
    text = CODE.sub("", FENCE.sub("", page.read_text()))
    for pair in LINK.findall(text):
        target = "".join(pair)
        if target.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            continue
        file, _, anchor = target.partition("#")
        goal = (page.parent / file).resolve() if file else page
        assert goal.is_relative_to(ROOT), target
        assert goal.exists(), target
        assert not anchor or anchor in anchors(goal), target


@named
def test_links_into_the_app_name_what_it_has(page: Path) -> None:
    for address in VIEW.findall(page.read_text()):
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, strict_parsing=True))
        script = ROOT / "explorer" / "app_pages" / f"{parts.path.strip('/')}.py"
        assert script.is_file(), address
        assert query.pop("run") == "sample"
        assert query.pop("panel", "Posterior") in PANELS, address
        assert query.get("layer", "mosaic") in LAYERS, address
        view, notes = read_view(query, Limits(30, (48, 48), 9))
        assert (view.query(), notes) == (query, ()) or query == {"layer": "mosaic"}


def test_the_picture_of_the_packages_is_that_of_the_imports() -> None:
    """Stale? `python -m docs.draw_architecture`."""
    for path, text in pictures().items():
        assert path.read_text() == text, path.name


def test_the_pictures_of_the_app_are_of_this_app_and_sample() -> None:
    """Stale? `python -m docs.draw_app`, a minute or two, and look at them."""
    drawn = json.loads(draw_app.STAMP.read_text())
    assert draw_app.stamp() == drawn
    names = [f"{what}-{s}" for what in ("explore", "player") for s in ("light", "dark")]
    for name in names:
        size = (draw_app.PICTURES / f"{name}.webp").stat().st_size
        assert 10_000 < size < 3_000_000, name


@named
def test_files_that_are_named_are_there(page: Path) -> None:
    for name in PLACE.findall(page.read_text()):
        assert (ROOT / name).exists() or name in MADE, name


@cache
def options(command: str) -> frozenset[str]:
    """Give the options of a command."""
    subparsers = argparse.ArgumentParser().add_subparsers()
    module = importlib.import_module(f"dbs_core.cli.{command.replace('-', '_')}")
    module.add_parser(subparsers)
    parser = subparsers.choices[command]
    return frozenset(o for action in parser._actions for o in action.option_strings)


@named
def test_commands_take_the_options_that_are_named(page: Path) -> None:
    for command, rest in CALL.findall(page.read_text()):
        assert command in COMMANDS, command
        for option in OPTION.findall(rest.split(";")[0]):
            assert option in options(command), f"{command} {option}"


def test_every_page_of_docs_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"]({page.name})" in index, page.name


def test_one_version_stands_everywhere() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    newest = re.search(r"^## (\S+) \(", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert cited is not None
    assert newest is not None
    assert (cited[1], newest[1]) == (wanted, wanted)
