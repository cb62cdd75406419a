"""Where things lie: in a checkout beside the program, else in the user's folders."""

from pathlib import Path

import pytest

from dbs_core.runs import places

NOTHING: dict[str, str] = {}
RUNS = (places.SAMPLE, places.SAMPLE_FLOW)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "INSTALLED", True)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_a_checkout_keeps_all_beside_itself():
    assert not places.INSTALLED
    assert places.home(NOTHING) == places.ROOT / "runs"
    assert places.SAMPLE == places.ROOT / "assets" / "sample" / "run"
    for shipped in (*(run / "run.json" for run in RUNS), places.APP, places.CONFIG):
        assert shipped.is_file()


@pytest.mark.parametrize(
    ("environment", "home"),
    [
        ({}, "~/.local/share/dbs-explorer"),
        ({"XDG_DATA_HOME": "/data"}, "/data/dbs-explorer"),
        ({"LOCALAPPDATA": "/local"}, "/local/dbs-explorer"),
        ({"DBS_HOME": "~/mine", "XDG_DATA_HOME": "/data"}, "~/mine"),
    ],
)
def test_an_installed_copy_writes_into_the_users_folder(installed, environment, home):
    assert places.home(environment) == Path(home).expanduser()


def test_an_installed_copy_looks_for_runs_there_and_in_the_sample(installed, tmp_path):
    grown = tmp_path / ".local" / "share" / "dbs-explorer" / "own"
    grown.mkdir(parents=True)
    found = places.run_places({"DBS_RUNS": "/named"})
    assert found == (Path("/named"), *RUNS, grown)


def test_shipped_runs_go_by_their_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert places.named_run("sample") == places.SAMPLE
    assert places.named_run("sample-flow") == places.SAMPLE_FLOW
    ids = {places.run_id(run): places.shipped_name(run) for run in RUNS}
    assert ids == {"sample": "sample", "sample-flow": "sample-flow"}
    assert places.shipped_name(tmp_path) is None
    assert places.named_run("./sample") == Path("sample")
    assert places.named_run("~/mine") == Path.home() / "mine"
    (tmp_path / "sample").mkdir()
    assert places.named_run("sample") == Path("sample")
