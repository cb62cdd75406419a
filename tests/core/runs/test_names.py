"""One name for a run: its id, and before namesakes as many parents as needed."""

from pathlib import Path

from dbs_core.runs.names import named_by, run_names
from dbs_core.runs.places import SHIPPED_RUNS, run_id


def names(*folders: str) -> list[str]:
    runs = {run_id(Path(f)): Path(f) for f in folders}
    return [name.rpartition("-")[0] for name in run_names(runs).values()]


def test_a_name_of_its_own_stays_short():
    assert names("/x/mine", "/x/other") == ["mine", "other"]


def test_namesakes_are_told_apart_by_their_parents():
    assert names("/x/a/mine", "/x/b/mine") == ["a/mine", "b/mine"]
    assert names("/a/x/mine", "/b/x/mine", "/c") == ["a/x/mine", "b/x/mine", "c"]


def test_folders_that_are_called_run_are_named_by_what_they_lie_in():
    assert names("/x/a/run", "/x/b/run") == ["a", "b"]
    assert names("/x/a/run", "/y/a/run") == ["x/a", "y/a"]


def test_a_link_names_a_run_by_its_id_whatever_it_was_called():
    first, second = Path("/x/a/mine"), Path("/x/b/mine")
    runs = {run_id(path): path for path in (first, second)}
    for name, shown in run_names(runs).items():
        assert named_by(shown, runs) == named_by(name, runs) == name
    assert named_by("mine", runs) is None
    assert named_by("a/mine", runs) is None


def test_a_folder_s_own_name_is_enough_where_no_other_has_it(tmp_path):
    one, first, second = (tmp_path / name for name in ("only", "a/mine", "b/mine"))
    runs = {run_id(folder): folder for folder in (one, first, second)}
    assert named_by("only", runs) == run_id(one)
    assert named_by("mine", runs) is None
    assert named_by("", runs) is None
    assert named_by("only-123456", runs) is None


def test_the_two_shipped_runs_are_no_namesakes(tmp_path):
    """A folder of one's own that is called as one of them is."""
    assert run_names(SHIPPED_RUNS) == {name: name for name in SHIPPED_RUNS}
    mine = run_id(tmp_path / "sample")
    names = run_names({**SHIPPED_RUNS, mine: tmp_path / "sample"})
    assert names["sample-flow"] == "sample-flow"
    assert names[mine].endswith(f"/{mine}")
