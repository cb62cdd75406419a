"""JSON of others: strict numbers, doubled keys noticed, errors with their place."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.text import read_text, require_room, write_text
from dbs_core.runtime.errors import InputError

_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)', re.DOTALL)
WEIGHTS = {",": 64, "[": 64, "{": 232}
"""Bytes of a value with its place, a list, an object; see `text.require_room`."""
DOUBLED = "key twice in one object, the last is used as the kits do"


def parse_json(path: Path, tally: Tally) -> Any:
    """Read JSON, gzip or plain.

    Of a key given twice the last counts, as in the field's own tools; the tally says
    so. NaN and infinity are not JSON and are refused. Budget: as `text.read_text` and
    `text.require_room`; numbers of at most 4300 digits, Python's own limit.

    Raises:
        InputError: no valid JSON, with line and column where there is one.
    """
    text = read_text(path)
    require_room(path, text, WEIGHTS)
    constants: list[str] = []
    with refusing(path):
        value = json.loads(
            text,
            object_pairs_hook=noticing(path, tally),
            parse_constant=constants.append,
        )
    if constants:
        raise _no_number(path, text)
    return value


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Say what is no valid JSON in one line, with its place where there is one."""
    try:
        yield
    except json.JSONDecodeError as error:
        raise InputError(
            f"no valid JSON ({error.msg})", where=f"{path}:{error.lineno}:{error.colno}"
        ) from error
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"no valid JSON ({error})", where=path) from error


def write_json_text(path: Path, value: object) -> None:
    """Write compact JSON; gzip where the name ends in .gz."""
    write_text(path, json.dumps(value, allow_nan=False, separators=(",", ":")) + "\n")


def member(value: Any, key: str, kind: type | tuple[type, ...], where: str) -> Any:
    """Give a member of a JSON object.

    Raises:
        InputError: not an object, no such member, or one of another kind.
    """
    if not isinstance(value, dict):
        raise InputError(
            "wrong layout", where=where, wanted="an object", got=shown(value)
        )
    if key not in value:
        raise InputError(
            f"no member '{key}'", where=where, got=f"members {shown(list(value))}"
        )
    found = value[key]
    if not isinstance(found, kind) or isinstance(found, bool):
        raise InputError(
            "wrong layout",
            where=f"{where}.{key}",
            wanted=_named(kind),
            got=shown(found),
        )
    return found


def shown(value: object) -> str:
    """Write a value short enough for a message."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _named(kind: type | tuple[type, ...]) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list", str: "a text"}
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join(dict.fromkeys(names.get(k, "a number") for k in kinds))


def noticing(path: Path, tally: Tally) -> Callable[[list[tuple[str, Any]]], Any]:
    """Give the hook that makes objects and counts names that come twice."""

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            seen: set[str] = set()
            twice = [k for k, _ in pairs if k in seen or seen.add(k)]  # type: ignore[func-returns-value]
            tally.add(DOUBLED, f"{path}: {shown(twice[0])}", len(twice))
        return value

    return build


def _no_number(path: Path, text: str) -> InputError:
    """Name the line and column of the first NaN or Infinity outside a text."""
    found = next(match for match in _CONSTANT.finditer(text) if match[1])
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    return InputError(
        f"no valid JSON ({found[1]} is no JSON number)",
        where=f"{path}:{line}:{column}",
        got=repr(text[max(0, found.start() - 40) : found.end() + 10]),
        cure="JSON has no NaN and no Infinity: leave such a row out",
    )
