"""The lines of the Videos page: right counts, kept between visits, never stale."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.figures import figures as figures_of
from dbs_core.evaluation.judge import Judge, Judging
from dbs_core.evaluation.traces import Trace
from dbs_core.evaluation.video_summary import Summary, peaks
from dbs_core.records import Segments, VideoTruth
from dbs_core.runs.detecting import write_detections
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.run import Run
from dbs_core.runs.summaries import summarise_all, summary_path
from dbs_core.runtime import files
from explorer.videos.lines import Line, Wanted, keep, totals
from explorer.videos.table import table
from tests.app.make_run import CLASSES, Plan, make_result, make_run, write_video


@pytest.fixture
def run(tmp_path: Path) -> Run:
    plans = (Plan("a", ((1.0, 2.0, 1),), seconds=3.0), Plan("b", (), seconds=2.0))
    return make_run(tmp_path / "run", plans[:1])


def lines(run: Run, seen: list[float] | None = None):
    report = (seen if seen is not None else []).append
    return summarise_all(run, "test", report)


def said(rows: Sequence[Summary]) -> list[str]:
    """Give all that lines hold, to compare."""
    return [
        repr(vars(row) | {"spans": vars(row.spans), "trace": arrays_of(row.trace())})
        for row in rows
    ]


def arrays_of(trace: Trace) -> list[object]:
    spans = trace.proposals, trace.candidates.segments
    return [
        trace.candidates.proposal,
        trace.candidates.suppressed_by,
        trace.candidates.level,
        *(vars(one) for one in spans),
    ]


def judged(rows: Sequence[Summary], threshold: float | None = None, **wanted: object):
    judge = Judge(row.spans for row in rows)
    return keep(rows, judge, Judging(0.5, threshold), CLASSES, Wanted(**wanted))


def figures(line: Line) -> tuple[object, ...]:
    one = line.judged
    return one.instances, one.found, one.right, one.wrong, one.missed


def test_counts_are_those_of_the_plan(made_run: Run) -> None:
    rows = {line.video_id: line for line in judged(lines(made_run))}
    jumps, silent, blind = rows["two_jumps"], rows["nothing_found"], rows["no_truth"]
    assert figures(jumps) == (3, 4, 3, 1, 0)
    assert jumps.judged.precision == 1.0  # the false alarm ranks below all right ones
    assert figures(silent) == (1, 0, 0, 0, 1)
    assert silent.judged.precision == 0.0
    assert figures(blind)[2:] == (None, None, None)
    assert blind.judged.precision is None


def test_a_threshold_judges_anew(made_run: Run) -> None:
    (row,) = (row for row in lines(made_run) if row.video_id == "two_jumps")
    scores = np.sort(row.spans.detections.scores)
    (line,) = judged([row], float(scores[-1]))
    assert figures(line) == (3, 1, 1, 0, 2)
    assert line.judged.precision == 0.25  # one of two jumps, not the swing


def test_a_class_has_its_own_figures(made_run: Run) -> None:
    rows = lines(made_run)
    (line,) = judged(rows, text="two_jumps", classes=["GolfSwing"], where="present")
    assert figures(line)[:1] == (1,)
    names = [line.video_id for line in judged(rows, classes=["GolfSwing"])]
    here = judged(rows, classes=["GolfSwing"], where="found")
    assert {line.video_id for line in here} <= set(names)
    assert all(2 in line.summary.among_detections() for line in here)


def test_a_second_visit_reads_no_result(run: Run) -> None:
    first, seen = said(lines(run)), []
    assert said(lines(run, seen)) == first
    assert seen == []


def test_whoever_writes_detections_spares_the_first_visitor(run: Run) -> None:
    write_detections(run, "test")
    seen: list[float] = []
    assert [row.video_id for row in lines(run, seen)] == ["a"]
    assert seen == []


def test_one_more_result_is_read_alone(run: Run, tmp_path: Path) -> None:
    before = lines(run)
    plan = Plan("b", ((1.0, 2.0, 1),), seconds=3.0)
    video = tmp_path / "b.mp4"
    write_video(video, plan)
    run.write_result(make_result(plan, video))
    seen: list[float] = []
    both = lines(run, seen)
    assert len(seen) == 1
    assert said(both[:1]) == said(before)
    run.result_path("test", "b").unlink()
    assert said(lines(run)) == said(before)


def test_what_is_kept_is_diagnosed_as_what_is_read(made_run: Run) -> None:
    """Where truths were lost too: of it only the trace knows."""
    summary_path(made_run, "test").unlink(missing_ok=True)
    read, kept = (
        figures_of(diagnose(judged_run(made_run, "test"), tiou=(0.3, 0.5)))
        for _ in range(2)
    )
    assert "stages" in read
    assert read == kept


def test_a_changed_result_is_read_again(run: Run) -> None:
    (before,) = judged(lines(run))
    result = run.result("test", "a")
    truth = VideoTruth(Segments.of([[0.0, 0.4]], [2]), np.zeros((0, 2)))
    fields = {name: getattr(result, name) for name in result.__dataclass_fields__}
    run.write_result(type(result)(**fields | {"truth": truth}))
    (after,) = judged(lines(run))
    assert (before.judged.missed, after.judged.missed) == (0, 1)


def test_a_damaged_result_becomes_a_line_with_its_problem(run: Run) -> None:
    run.result_path("test", "z").write_bytes(b"no result")
    rows = lines(run)
    assert [bool(row.problem) for row in rows] == [False, True]
    assert "problem" in table(judged(rows), CLASSES, "id")


def test_a_damaged_cache_is_made_again(run: Run) -> None:
    first = said(lines(run))
    kept = summary_path(run, "test")
    arrays, header = files.read_arrays(kept)
    for damaged in (
        (arrays, header | {"schema": 0}),
        (arrays, header | {"key": [1]}),
        (arrays | {"found_s": arrays["found_s"][1:]}, header),
        (arrays | {"found_labels": arrays["found_labels"] + 0.5}, header),
        ({}, header),
    ):
        files.write_arrays(kept, *damaged)
        assert said(lines(run)) == first
    for text in (b"", b"no archive", kept.read_bytes()[:-50]):
        kept.write_bytes(text)
        assert said(lines(run)) == first


def test_peaks_keep_the_largest_value() -> None:
    values = np.zeros(1000)
    values[777] = 0.9
    assert max(peaks(values)) == 0.9
    assert len(peaks(values)) == 40
    assert peaks(np.array([0.5])) == (0.5,)


def test_filters_and_orders(made_run: Run) -> None:
    rows = lines(made_run)
    names = [line.video_id for line in judged(rows, order="Worst first")]
    assert names[0] == "nothing_found"
    assert names[-1] == "no_truth"  # nothing to judge by
    found = [line.video_id for line in judged(rows, text="golf")]
    assert found == ["nothing_found", "two_jumps"]
    assert [x.video_id for x in judged(rows, classes=["Diving"])] == ["no_truth"]
    assert not judged(rows, classes=["Diving"], where="present")  # it has no truth
    wrong = judged(rows, wrong_only=True, order="Longest")
    assert wrong
    assert all(line.judged.errors for line in wrong)
    whole = totals(judged(rows))
    assert (whole.videos, whole.found) == (5, sum(x.judged.found for x in judged(rows)))


def test_the_table_of_nothing_is_empty() -> None:
    assert len(table([], CLASSES, "id")) == 0


def test_result_of_another_path_is_relative(tmp_path: Path) -> None:
    plan = Plan("c", ((0.5, 1.0, 1),), seconds=2.0)
    video = tmp_path / "run" / "videos" / "c.mp4"
    write_video(video, plan)
    result = make_result(plan, video, recorded_path="videos/c.mp4")
    run = make_run(tmp_path / "run", ())
    assert run.video_file(result) == video
