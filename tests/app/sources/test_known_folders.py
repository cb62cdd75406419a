"""Folders that were opened: remembered whole or not at all, by the user's own file."""

import json
import os
from pathlib import Path

import pytest

from dbs_core.runtime.errors import InputError
from explorer.sources import known_folders
from explorer.sources.known_folders import add, forget, remembered, state_file


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DBS_STATE", str(tmp_path / "state"))
    known_folders._of_this_server().clear()
    return tmp_path / "state" / "runs.json"


def test_where_the_list_is_kept(tmp_path: Path) -> None:
    assert state_file({"DBS_STATE": "/s", "XDG_STATE_HOME": "/x"}) == Path(
        "/s/runs.json"
    )
    assert state_file({"XDG_STATE_HOME": "/x"}) == Path("/x/dbs-explorer/runs.json")
    usual = Path.home() / ".local" / "state" / "dbs-explorer" / "runs.json"
    assert state_file({}) == usual


def test_what_is_opened_is_known_after_a_restart(state: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "\udcffb"
    for folder in (first, second, first):
        add(folder, keep=True)
    known_folders._of_this_server().clear()  # another server
    assert known_folders.known_folders() == (first, second)
    forget(first)
    assert remembered() == known_folders.known_folders() == (second,)
    assert list(state.parent.iterdir()) == [state]


def test_what_is_not_kept_is_known_until_the_end(state: Path, tmp_path: Path) -> None:
    add(tmp_path / "a", keep=False)
    assert known_folders.known_folders() == (tmp_path / "a",)
    assert not state.exists()


@pytest.mark.parametrize(
    "content",
    ["", "[", "[]", "null", '{"folders": 3}', '{"folders": ["a"]}', "{}", "\0"],
)
def test_a_damaged_list_is_kept_aside(
    content: str, state: Path, tmp_path: Path
) -> None:
    state.parent.mkdir()
    state.write_text(content)
    with pytest.raises(InputError, match=r"runs\.json"):
        remembered()
    assert known_folders.known_folders() == ()
    assert state.read_text() == content
    add(tmp_path / "a", keep=True)
    assert remembered() == (tmp_path / "a",)
    assert state.with_name("runs.damaged-1.json").read_text() == content


def test_a_list_that_cannot_be_written_is_said(tmp_path: Path, state: Path) -> None:
    state.parent.write_text("in the way")
    with pytest.raises(InputError, match="cannot write"):
        add(tmp_path / "a", keep=True)
    assert known_folders.known_folders() == (tmp_path / "a",)


def test_a_shared_server_shows_its_owners_open_folders_only(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was opened here in private is not opened to others."""
    (tmp_path / "open" / "run").mkdir(parents=True)
    for folder in (tmp_path / "secret", tmp_path / "open" / "run"):
        add(folder, keep=True)
    known_folders._of_this_server().clear()
    monkeypatch.setenv("DBS_SHARE", "1")
    monkeypatch.setenv("DBS_SHARE_FOLDERS", os.pathsep.join([str(tmp_path / "open")]))
    assert known_folders.known_folders() == (tmp_path / "open" / "run",)
    assert len(json.loads(state.read_text())["folders"]) == 2
