"""Ids of runs and videos: looked up, never joined into paths."""

from pathlib import Path

import pytest

from dbs_core.runs.catalogue import list_videos
from dbs_core.runs.places import find_runs, run_id, run_places
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer import sources
from tests.app.make_run import HOSTILE, PLANS


def test_runs_are_found_alone_and_in_a_folder_of_runs(
    made_run: Run, tmp_path: Path
) -> None:
    run = Run.create(tmp_path / "runs" / "one", made_run.info)
    alone = find_runs([run.root])
    assert list(alone.values()) == [run.root.resolve()]
    assert find_runs([run.root.parent]) == alone
    assert find_runs([run.root / "nowhere"]) == {}


def test_places_come_from_the_environment(tmp_path: Path) -> None:
    places = run_places({"DBS_RUNS": f"{tmp_path}:/other"})
    assert places[:2] == (tmp_path, Path("/other"))


def test_namesakes_have_different_ids(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "mine", tmp_path / "b" / "mine"
    assert run_id(first).startswith("mine-")
    assert run_id(first) != run_id(second)


def test_video_ids_come_back_from_their_file_names(made_run: Run) -> None:
    found = [v.video_id for s in made_run.splits for v in list_videos(made_run, s)]
    assert sorted(found) == sorted(plan.video_id for plan in PLANS)
    assert HOSTILE in found


def test_unknown_ids_find_nothing(
    made_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))
    known = run_id(made_run.root)
    for run, key in ((known, "nothing"), (known, "../run.json"), ("..", "x"), ("", "")):
        assert sources.find_video(run, key) is None
    key = list_videos(made_run, "test")[0].key
    found = sources.find_video(known, key)
    assert found is not None
    assert found[1].video_id == "gone"


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=str(tmp_path)):
        sources.runs_in(tmp_path)
