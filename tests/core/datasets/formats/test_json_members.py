"""Members one by one are those of the whole: the standard library is the witness."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.json_members import parse_members
from dbs_core.datasets.formats.json_text import DOUBLED
from dbs_core.runtime.errors import InputError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["many", "a", '"', "é"]), VALUES, max_size=4)


def parsed(path: Path) -> tuple[Any, dict[str, Any], Tally]:
    tally, taken = Tally(), {}
    return parse_members(path, "many", tally, taken.__setitem__), taken, tally


@given(value=OBJECTS, indent=st.sampled_from([None, 1, "\t"]))
def test_any_object(
    tmp_path_factory: pytest.TempPathFactory, value: Any, indent: Any
) -> None:
    path = tmp_path_factory.mktemp("m") / "v.json"
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False))
    others, taken, _ = parsed(path)
    if isinstance(value.get("many"), dict):
        assert taken == value["many"]
        value = value | {"many": {}}
    assert others == value


@given(
    text=st.sampled_from(['{"many": {"v": {"a": [1]}, "w": 2}, "x": 3}']),
    at=st.integers(0, 42),
    letter=st.sampled_from([*'"{}[],:x\n ', ""]),
)
def test_what_is_no_json_is_refused_as_the_library_refuses_it(
    tmp_path_factory: pytest.TempPathFactory, text: str, at: int, letter: str
) -> None:
    path = tmp_path_factory.mktemp("m") / "v.json"
    damaged = text[:at] + letter + text[at + 1 :]
    path.write_text(damaged)
    try:
        json.loads(damaged)
    except ValueError:
        with pytest.raises(InputError, match=r"v\.json:\d+:\d+: no valid JSON"):
            parsed(path)
    else:
        parsed(path)


def test_a_name_twice_is_noticed_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_text('{"a": 1, "a": 2, "many": {"v": {"b": 1, "b": 2}, "v": 3}}')
    others, taken, tally = parsed(path)
    assert (others, taken) == ({"a": 2, "many": {}}, {"v": 3})
    assert tally.count(DOUBLED) == 3
