"""Knobs kept as a run: what it holds, and what is refused."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.what_if.knob_values import read_values
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.model_file import save_model
from dbs_core.method.pipeline import detect
from dbs_core.records import Calibration, Segments, VideoEntry, VideoTruth
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.keeping import keep
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run, is_fusion
from dbs_core.runs.run_settings import settings_of
from dbs_core.runs.what_if import run_subject, with_partner
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress
from tests.core.make_video import write_video
from tests.core.runs.test_fusing import runs  # noqa: F401
from tests.core.small_model import SETTINGS, MeanColours, small_model, small_run


@pytest.fixture(scope="module")
def sample():
    return run_subject(Run.open(SAMPLE), "test")


@pytest.mark.parametrize(
    "text", ["nms=0.5,length=1.5,score=0.2", "head=off,smoothing=2", "smoothing=2"]
)
def test_the_run_holds_what_was_seen_and_the_model_with_it(sample, tmp_path, text):
    values = read_values(text)
    keep(Run.open(SAMPLE), sample, values, tmp_path / "kept")
    run = Run.open(tmp_path / "kept")
    settings = sample.settings(values)
    assert settings_of(run) == settings == run.model().settings
    assert (run.model().head is None) == ("head" in values)
    np.testing.assert_array_equal(
        run.model().locate.axes, Run.open(SAMPLE).model().locate.axes
    )
    threshold = run.info.score_threshold
    assert threshold == values.get("score")
    found = judged_run(run, "test").from_score(threshold).found
    for video_id, wanted in sample.turned(values).found.items():
        np.testing.assert_array_equal(found[video_id].spans_s, wanted.spans_s)
        np.testing.assert_array_equal(found[video_id].scores, wanted.scores)
    assert json.loads((run.root / "what_if.json").read_text())["set"] == text.replace(
        "nms=0.5,length=1.5,score=0.2", "score=0.2,length=1.5,nms=0.5"
    )
    assert next(run.results("test")).video_file.is_file()
    again = run_subject(run, "test").turned({})
    for video_id, own in again.found.items():
        assert len(own) == len(judged_run(run, "test").found[video_id])


def test_two_runs_are_kept_as_a_fusion(runs, tmp_path):  # noqa: F811
    subject = with_partner(*(run_subject(run, "test") for run in runs))
    root = tmp_path / "both"
    assert keep(runs[0], subject, {"weight": 0.25}, root, second=runs[1]) == {}
    run = Run.open(root)
    assert is_fusion(run)
    assert json.loads((run.root / "fusion.json").read_text())["weight"] == 0.25
    assert run.info.score_threshold is None


def test_every_split_is_kept_and_what_cannot_be_read_is_named(sample, tmp_path):
    """Of the sample, some videos as validation and one without truth beside them."""
    base = tmp_path / "base"
    shutil.copytree(SAMPLE, base)
    run = Run.open(base)
    for split in ("validation", "video"):
        one = next(run.results("test"))
        one = replace(one, video_path=str(one.video_file.resolve()))
        run.write_result(replace(one, split=split, truth=None))
    damaged = run.result_files("test")[1]
    damaged.write_bytes(b"no result")
    subject = run_subject(run, "test")
    left_out = keep(run, subject, read_values("nms=0.5"), tmp_path / "kept")
    assert list(left_out) == [damaged.stem]
    kept = Run.open(tmp_path / "kept")
    assert kept.splits == ("test", "validation", "video")
    (one,) = kept.results("validation")
    assert one.truth is None
    (same,) = (r for r in kept.results("test") if r.video_id == one.video_id)
    np.testing.assert_array_equal(one.detections.spans_s, same.detections.spans_s)
    assert {p.stem for p in (kept.root / "detections").iterdir()} == set(kept.splits)


def test_somebodys_folder_and_a_run_stay_as_they_are(sample, tmp_path, runs):  # noqa: F811
    thesis = tmp_path / "mine" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("a year")
    for root, said in ((thesis.parent, "not empty"), (runs[0].root, "holds a run")):
        before = sorted(root.rglob("*"))
        with pytest.raises(InputError, match=said):
            keep(Run.open(SAMPLE), sample, {"nms": 0.5}, root)
        assert sorted(root.rglob("*")) == before


def test_stopped_half_way_nothing_of_it_stays(sample, tmp_path):
    seen = []
    progress = Progress(seen.append, lambda: len(seen) > 2)
    with pytest.raises(Cancelled):
        keep(Run.open(SAMPLE), sample, {"nms": 0.5}, tmp_path / "k", progress=progress)
    assert len(seen) > 1
    assert not list((tmp_path / "k").rglob("*"))


def test_a_knob_that_cannot_be_turned_is_not_kept(sample, tmp_path):
    with pytest.raises(InputError, match="extension cannot be turned"):
        keep(Run.open(SAMPLE), sample, {"extension": 1.0}, tmp_path / "k")
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize(
    ("text", "calibrated"), [("head=off", False), ("nms=0.5", True)]
)
def test_of_members_all_heads_go_and_what_made_their_scores_chances(
    tmp_path, text, calibrated
):
    settings = replace(SETTINGS, members=2)
    model = replace(
        small_model(0, settings),
        others=(small_model(1000, settings),),
        calibration=Calibration(5.0, np.array([-2.0, -3.0])),
    )
    base = small_run(tmp_path / "base")
    run = Run.create(base.root, replace(base.info, settings=store.to_json(settings)))
    save_model(run.model_path, model)
    truth = VideoTruth(Segments.of([[0.0, 4.0]], [1]), np.zeros((0, 2)))
    entry = VideoEntry("a", write_video(tmp_path / "a.mp4", 100), "test", truth)
    cache = FeatureCache(tmp_path / "features")
    run.write_result(detect(entry, model, MeanColours(), cache))
    values = read_values(text)
    keep(run, run_subject(run, "test"), values, tmp_path / "kept")
    kept = Run.open(tmp_path / "kept")
    found = kept.model()
    assert [(one.head is None) for one in found.members] == [not calibrated] * 2
    assert (found.calibration is not None) == calibrated
    arrays, _ = files.read_arrays(kept.model_path)
    assert any("head" in name for name in arrays) == calibrated
    # Looked at anew, the kept run finds what was kept.
    again = detect(entry, found, MeanColours(), cache)
    (result,) = kept.results("test")
    np.testing.assert_allclose(
        again.detections.scores, result.detections.scores, atol=1e-5
    )
