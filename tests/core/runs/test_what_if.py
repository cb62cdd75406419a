"""Knobs on runs: what stands is the run, and rows of its table come out of knobs."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.comparison import compare, scored
from dbs_core.evaluation.what_if.answer import stand
from dbs_core.evaluation.what_if.knob_values import read_values
from dbs_core.evaluation.what_if.knobs import KNOBS
from dbs_core.runs.fusing import fuse_runs
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from dbs_core.runs.run_settings import settings_of
from dbs_core.runs.what_if import run_subject, with_partner
from dbs_core.runtime.errors import InputError
from tests.core.runs.test_fusing import runs  # noqa: F401


@pytest.fixture(scope="module")
def sample():
    return run_subject(Run.open(SAMPLE), "test")


@pytest.fixture(scope="module")
def table():
    """The rows of the sample's own evaluation."""
    run = Run.open(SAMPLE)
    settings = settings_of(run)
    videos = [
        scored(result, settings, control=False, ceilings=True)
        for result in run.results("test")
    ]
    return {row.name: row for row in compare(videos, run.info.classes, settings)}


def percent(judged):
    return (100 * stand(judged, 0.5, draws=0).mean).tolist()


def test_nothing_turned_is_the_run(sample, table):
    turned = sample.turned({})
    for video_id, own in sample.judged.found.items():
        np.testing.assert_array_equal(turned.found[video_id].spans_s, own.spans_s)
        np.testing.assert_array_equal(turned.found[video_id].scores, own.scores)
    assert percent(turned) == pytest.approx(list(table["dbs"].detection_map.values()))


def test_the_head_switched_off_is_the_row_without_head(sample, table):
    wanted = list(table["dbs_without_head"].detection_map.values())
    assert percent(sample.turned({"head": "off"})) == pytest.approx(wanted)


def test_its_ceiling_is_the_row_of_the_imprints_ceiling(sample, table):
    ceiling = replace(sample, ceiling=True)
    wanted = list(table["ceiling_imprint"].detection_map.values())
    assert percent(ceiling.standing()) == pytest.approx(wanted)
    lower = percent(ceiling.turned(read_values("targets=eq5,tau=8")))
    assert lower[4] < wanted[4]


def test_what_cannot_be_turned_says_why(sample):
    why = {knob.name: sample.closed(knob, {}) for knob in KNOBS}
    assert "sets the spans" in why["tag-overlap"]
    assert "second run" in why["weight"]
    assert "ceiling" in why["tau"]
    off = {knob.name: sample.closed(knob, {"head": "off"}) for knob in KNOBS}
    assert off["smoothing"] == off["tag-overlap"] == off["head"] == ""
    assert "off" in off["share"]
    with pytest.raises(InputError, match="tag-overlap cannot be turned here"):
        sample.turned({"tag-overlap": 0.5})


def test_two_runs_weighed_are_the_run_that_fusing_writes(runs, tmp_path):  # noqa: F811
    """Of results as they are made for tests: detections are those of `fuse`."""
    subject = with_partner(*(run_subject(run, "test") for run in runs))
    fuse_runs(*runs, tmp_path / "both", weight=0.25)
    both = Run.open(tmp_path / "both")
    turned = subject.turned({"weight": 0.25})
    for video_id in ("a", "b"):
        wanted = both.result("test", video_id).detections.as_written()
        assert len(wanted)
        got = turned.found[video_id]
        np.testing.assert_array_equal(got.spans_s, wanted.spans_s)
        np.testing.assert_allclose(got.scores, wanted.scores, atol=1e-6)


def test_other_classes_are_not_fused(runs, sample):  # noqa: F811
    with pytest.raises(InputError, match="other classes cannot be fused"):
        with_partner(sample, run_subject(runs[0], "test"))


def test_of_many_videos_results_are_read_where_they_are_asked_for(
    runs,  # noqa: F811
    monkeypatch,
):
    """Filters ask for none, other knobs for all."""
    few = run_subject(runs[0], "test")
    read, whole = [], Run.result

    def result(run, split, video_id):
        read.append(video_id)
        return whole(run, split, video_id)

    monkeypatch.setattr("dbs_core.runs.what_if.AT_HAND", 1)
    monkeypatch.setattr(Run, "result", result)
    many = run_subject(runs[0], "test")
    assert many.kept.head == few.kept.head
    read.clear()
    strict = many.turned({"score": 0.5})
    assert many.turned({}).found is many.judged.found
    assert read == []
    for video_id, own in few.judged.found.items():
        kept = own.scores[own.scores >= 0.5]
        np.testing.assert_array_equal(strict.found[video_id].scores, kept)
    one, other = (subject.turned({"nms": 0.1}).found for subject in (few, many))
    assert read == ["b"]  # the other is at hand
    assert one.keys() == other.keys() == {"a", "b"}
    for video_id, own in one.items():
        np.testing.assert_array_equal(other[video_id].spans_s, own.spans_s)
        np.testing.assert_array_equal(other[video_id].scores, own.scores)
    with pytest.raises(KeyError):
        many.kept.results["elsewhere"]
