"""A JSON object of very many values, one by one, never all of them as objects.

A ground truth of 200 MB has millions of instances, and an instance as a dictionary
takes some 500 bytes. So its outline is walked here, and the standard library takes each
value apart by itself.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.json_text import (
    DOUBLED,
    WEIGHTS,
    noticing,
    refusing,
    shown,
)
from dbs_core.datasets.formats.text import read_text, require_room

_BLANKS = re.compile(r"[ \t\n\r]*")
_NAME = json.JSONDecoder().raw_decode


def parse_members(
    path: Path, key: str, tally: Tally, take: Callable[[str, Any], None]
) -> Any:
    """Read a JSON object whose member `key` is an object of very many values.

    Each of those goes to `take` with its name and is let go, so that a file of 200 MB
    never stands in memory as objects. NaN and infinity are numbers here: `take` says
    what becomes of them. Otherwise as `parse_json`.

    Returns:
        The object without the values that were taken.

    Raises:
        InputError: no valid JSON, with line and column where there is one.
    """
    text = read_text(path)
    require_room(path, text, WEIGHTS)
    scan = json.JSONDecoder(object_pairs_hook=noticing(path, tally)).raw_decode
    others: dict[str, Any] = {}
    notice, notice_outer = _Keys(path, tally), _Keys(path, tally)

    def inner(name: str, at: int) -> int:
        notice(name)
        value, end = scan(text, at)
        take(name, value)
        return end

    def outer(name: str, at: int) -> int:
        notice_outer(name)
        if name == key and text.startswith("{", at):
            others[name] = {}
            return _walk(text, at, inner)
        others[name], end = scan(text, at)
        return end

    with refusing(path):
        start = _behind_blanks(text, 0)
        if not text.startswith("{", start):
            return json.loads(text)
        end = _behind_blanks(text, _walk(text, start, outer))
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    return others


class _Keys:
    """Notices a name that comes twice; the last is used as the kits do."""

    def __init__(self, path: Path, tally: Tally) -> None:
        self._path, self._tally = path, tally
        self._seen: set[str] = set()

    def __call__(self, name: str) -> None:
        if name in self._seen:
            self._tally.add(DOUBLED, f"{self._path}: {shown(name)}")
        self._seen.add(name)


def _walk(text: str, at: int, take: Callable[[str, int], int]) -> int:
    """Go through an object's members; `take` says where the value of each ends."""
    at = _behind_blanks(text, at + 1)
    if text.startswith("}", at):
        return at + 1
    while True:
        if not text.startswith('"', at):
            raise json.JSONDecodeError("Expecting property name", text, at)
        name, at = _NAME(text, at)
        at = take(name, _behind(text, at, ":"))
        at = _behind_blanks(text, at)
        if text.startswith("}", at):
            return at + 1
        at = _behind(text, at, ",")


def _behind(text: str, at: int, mark: str) -> int:
    at = _behind_blanks(text, at)
    if not text.startswith(mark, at):
        raise json.JSONDecodeError(f"Expecting '{mark}' delimiter", text, at)
    return _behind_blanks(text, at + 1)


def _behind_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at
