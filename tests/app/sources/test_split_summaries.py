"""The lines of the Videos page: right counts, kept between visits, never stale."""

from pathlib import Path

import numpy as np
import pytest

from dbs_core.evaluation.video_summary import peaks
from dbs_core.records import Segments, VideoTruth
from dbs_core.runs.run import Run
from explorer.sources.catalogue import list_videos
from explorer.sources.split_summaries import summarise_all
from explorer.videos.table import keep, table
from tests.app.make_run import CLASSES, Plan, make_result, make_run, write_video


@pytest.fixture
def run(tmp_path: Path) -> Run:
    plans = (Plan("a", ((1.0, 2.0, 1),), seconds=3.0), Plan("b", (), seconds=2.0))
    return make_run(tmp_path / "run", plans[:1])


def lines(run: Run, seen: list[float] | None = None):
    report = (seen if seen is not None else []).append
    return summarise_all(run, "test", list_videos(run, "test"), report)


def test_counts_are_those_of_the_plan(made_run: Run) -> None:
    rows = {row.video_id: row for row in lines(made_run)}
    jumps, silent, blind = rows["two_jumps"], rows["nothing_found"], rows["no_truth"]
    assert (jumps.instances, jumps.found, jumps.wrong, jumps.missed) == (3, 4, 1, 0)
    assert jumps.precision == 1.0  # the false alarm ranks below all right ones
    assert (silent.found, silent.missed, silent.precision) == (0, 1, 0.0)
    assert (blind.instances, blind.wrong, blind.missed) == (None, None, None)
    assert blind.precision is None


def test_a_second_visit_reads_no_result(run: Run) -> None:
    first, seen = lines(run), []
    assert lines(run, seen) == first
    assert seen == []


def test_a_changed_result_is_read_again(run: Run) -> None:
    before = lines(run)[0]
    result = run.result("test", "a")
    truth = VideoTruth(Segments.of([[0.0, 0.4]], [2]), np.zeros((0, 2)))
    fields = {name: getattr(result, name) for name in result.__dataclass_fields__}
    run.write_result(type(result)(**fields | {"truth": truth}))
    assert lines(run)[0].missed == 1
    assert before.missed == 0


def test_a_damaged_result_becomes_a_line_with_its_problem(run: Run) -> None:
    run.result_path("test", "z").write_bytes(b"no result")
    rows = lines(run)
    assert [bool(row.problem) for row in rows] == [False, True]
    assert "problem" in table(rows, CLASSES, "id")


def test_a_damaged_cache_is_made_again(run: Run) -> None:
    first = lines(run)
    (kept,) = (run.root / "cache").glob("explorer-*.json")
    kept.write_text('{"schema": 2, "rows": [{"stamp": 1}]}')
    assert lines(run) == first


def test_peaks_keep_the_largest_value() -> None:
    values = np.zeros(1000)
    values[777] = 0.9
    assert max(peaks(values)) == 0.9
    assert len(peaks(values)) == 40
    assert peaks(np.array([0.5])) == (0.5,)


def test_filters_and_orders(made_run: Run) -> None:
    rows = lines(made_run)
    names = [row.video_id for row in keep(rows, CLASSES, "", [], False, "Worst first")]
    assert names[0] == "nothing_found"
    assert names[-1] == "no_truth"  # nothing to judge by
    found = keep(rows, CLASSES, "golf", [], False, "Name")
    assert [row.video_id for row in found] == ["nothing_found", "two_jumps"]
    assert [
        row.video_id for row in keep(rows, CLASSES, "", ["Diving"], False, "Name")
    ] == ["no_truth"]
    assert all(row.errors for row in keep(rows, CLASSES, "", [], True, "Longest"))


def test_the_table_of_nothing_is_empty() -> None:
    assert len(table([], CLASSES, "id")) == 0


def test_result_of_another_path_is_relative(tmp_path: Path) -> None:
    plan = Plan("c", ((0.5, 1.0, 1),), seconds=2.0)
    video = tmp_path / "run" / "videos" / "c.mp4"
    write_video(video, plan)
    result = make_result(plan, video, recorded_path="videos/c.mp4")
    run = make_run(tmp_path / "run", ())
    assert run.video_file(result) == video
