"""Shared: paths stay in the owner's folders, and what writes needs the token."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dbs_core.cli.sharing import server_options, shared_host
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.access.paths import typed_path
from explorer.access.serving import is_loopback, shared
from explorer.access.token import TOKEN
from explorer.comparing.second import FILE
from explorer.errors.source import OF_FILE
from tests.app.test_loopback import DIRECTLY, STREAMLIT, listening, started, status
from tests.app.test_pages import opened

REFUSED = "takes paths from its owner's folders only"
PLAIN = "\\"


@pytest.fixture
def owned(tmp_path: Path, made_run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the owner of a shared server named; beside it one that is not."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "owned").mkdir()
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DBS_SHARE", "lab.example")
    monkeypatch.setenv("DBS_SHARE_FOLDERS", str(tmp_path / "owned"))
    return tmp_path / "owned"


def type_into(app: AppTest, button: str, **fields: str) -> AppTest:
    """Fill a form in and send it."""
    for key, value in fields.items():
        fields_there = (*app.text_input, *app.text_area)
        next(one for one in fields_there if one.key == key).set_value(value)
    return next(b for b in app.button if b.label == button).click().run()


def open_folder(path: str) -> AppTest:
    return type_into(opened("start.py"), "Open", folder_path_start=path)


def result_file(path: str) -> AppTest:
    return type_into(opened("result_file.py"), "Show", other_file=path)


def truth(path: str) -> AppTest:
    own = str(Path(path).parent.parent / "owned" / "found.csv")
    return type_into(opened("result_file.py"), "Show", other_file=own, other_truth=path)


def compared(path: str) -> AppTest:
    return opened("compare.py", compare_with=FILE, compare_file=path)


def with_errors(path: str) -> AppTest:
    own = str(Path(path).parent.parent / "owned" / "found.csv")
    return opened("errors.py", err_source=OF_FILE, other_file=own, other_truth=path)


def videos(path: str) -> AppTest:
    own = Path(path).parent.parent / "owned" / "found.csv"
    own.write_text("video,start_s,end_s,label,score\nv,1,2,A,0.5\n")
    return type_into(
        opened("result_file.py"), "Show", other_file=str(own), other_videos=path
    )


def tables(path: str) -> AppTest:
    app = opened("paper.py", split="test")
    app.session_state["paper_part"] = "Tables"
    app.run()
    return app.text_input(key="paper_folder").set_value(path).run()


def unlocked() -> AppTest:
    return type_into(opened("own_video.py"), "Unlock", token=TOKEN)


def own_video(path: str) -> AppTest:
    return type_into(unlocked(), "Take it", own_path=path)


def moved_videos(path: str) -> AppTest:
    app = unlocked()
    app.switch_page("app_pages/explore.py").run()
    app.selectbox(key="split").set_value("test").run()
    app.selectbox(key="video").set_value("gone").run()
    return type_into(app, "Look there", new_place_path=path)


def library(field: str) -> Callable[[str], AppTest]:
    def fill(path: str) -> AppTest:
        app = unlocked()
        app.segmented_control(key="own_section").set_value("Data set on disk").run()
        own = str(Path(path).parent.parent / "owned")
        fields = {"library_root": own, f"library_{field}": path}
        return type_into(app, "Check the folders", **fields)

    return fill


FIELDS = {
    "run folder": open_folder,
    "result file": result_file,
    "truth": truth,
    "compared": compared,
    "with errors": with_errors,
    "videos": videos,
    "tables": tables,
    "own video": own_video,
    "moved videos": moved_videos,
    **{
        f"library {f}": library(f)
        for f in ("root", "validation", "test", "videos", "split_file", "run")
    },
}


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_takes_a_path_from_elsewhere(field: str, owned: Path) -> None:
    """Nor says whether something lies there."""
    secret = owned.parent / "secret"
    (secret / "there").write_text("hf_SECRET")
    said = []
    for name in ("there", "nowhere"):
        app = FIELDS[field](str(secret / name))
        assert not app.exception
        said.append(app.error[0].value.replace(PLAIN, "").replace(name, "NAME"))
    assert REFUSED in said[0]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "text", ["{secret}", "{owned}/../secret", "{owned}/link", "/", "~", "~nobody/x"]
)
def test_links_and_dots_lead_nowhere_else(text: str, owned: Path) -> None:
    secret = owned.parent / "secret"
    (owned / "link").symlink_to(secret)
    with pytest.raises(InputError, match=REFUSED):
        typed_path(text.format(secret=secret, owned=owned))


def test_the_owners_folders_and_runs_are_open(owned: Path, made_run: Run) -> None:
    for path in (owned, owned / "new", made_run.root / "run.json"):
        assert typed_path(f" {path} ") == path.resolve()
    shutil.copytree(made_run.root, owned / "copy")
    assert not open_folder(str(owned / "copy")).error


def test_here_a_path_is_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBS_SHARE", raising=False)
    assert not shared()
    (tmp_path / "link").symlink_to(tmp_path)
    assert typed_path(f"{tmp_path}/link") == tmp_path / "link"
    assert typed_path("~/x") == Path.home() / "x"
    for bad in ("a\0b", "~nobody-of-this-name/x"):
        with pytest.raises(InputError):
            typed_path(bad)


def test_without_the_token_nothing_can_be_handed_in(owned: Path) -> None:
    app = opened("own_video.py")
    besides = {"Open", "Previous", "Next"}  # the selectors that all pages share
    assert {b.label for b in app.button} - besides == {"Unlock"}
    app = type_into(app, "Unlock", token=TOKEN[:-1])
    assert "not the token" in app.error[0].value
    assert not any(b.label == "Take it" for b in app.button)
    app = type_into(app, "Unlock", token=f" {TOKEN} ")
    assert any(b.label == "Take it" for b in app.button)


def test_copies_for_the_browser_are_made_here_only(
    owned: Path, made_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(made_run.root / "cache" / "browser", ignore_errors=True)

    def offered() -> bool:
        app = opened("explore.py", split="test", video="odd_codec")
        return any(b.key == "make_copy" for b in app.button)

    assert not offered()
    monkeypatch.delenv("DBS_SHARE")
    assert offered()


@pytest.mark.parametrize("host", ["*", "http://lab", "lab:80", "a b", "-a", "a/b", "."])
def test_the_switch_names_one_host(host: str) -> None:
    with pytest.raises(InputError, match="DBS_SHARE: no host"):
        server_options({"DBS_SHARE": host})


def test_without_the_switch_nothing_is_set() -> None:
    assert server_options({}) == server_options({"DBS_SHARE": " "}) == {}
    assert shared_host({"DBS_SHARE": "192.0.2.7"}) == "192.0.2.7"


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("::ffff:192.0.2.7", False),
        ("lab.example", False),
    ],
)
def test_which_addresses_are_this_computer(address: str, own: bool) -> None:
    assert is_loopback(address) == own


EXPLORE = (sys.executable, "-m", "dbs_core", "explore", "--no-browser")
OPENED = (*STREAMLIT, "--server.headless=true", "--server.address=0.0.0.0")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("command", "host"),
    [(DIRECTLY, "lab.example"), (EXPLORE, "lab.example"), (OPENED, "")],
    ids=["python run_app.py", "dbs explore", "server.address"],
)
def test_a_shared_server_listens_and_says_its_token(
    command: tuple[str, ...], host: str, tmp_path: Path
) -> None:
    with started(tmp_path, command, DBS_SHARE=host) as server:
        (address,) = {a for a, port in listening(server.pid) if port == server.port}
        assert not address.is_loopback
        assert "gives this token" in server.printed
        assert status(server, "/", f"{host or 'localhost'}:{server.port}") == 200
        assert status(server, "/", f"other.example:{server.port}") == 403
        assert server.asked <= {"127.0.0.1", "localhost", "::1"}
