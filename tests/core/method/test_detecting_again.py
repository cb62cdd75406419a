"""A result found again under other settings is what detecting anew gives."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.method.detecting_again import detect_again, why_not
from dbs_core.method.fusion import fuse
from dbs_core.method.pipeline import detect_in
from dbs_core.method.setting_paths import changed
from dbs_core.records import VideoEntry, VideoInfo
from dbs_core.runtime.errors import InputError
from tests.core.method.test_pipeline import T, made_video
from tests.core.small_model import SETTINGS, small_model

PYRAMID = changed(SETTINGS, {"head.kind": "pyramid"})
HEADLESS = changed(SETTINGS, {"head.kind": "none"})


def detected(settings, seed=0):
    """Look at the made video, with the networks of one and the same training."""
    kind = PYRAMID if settings.head.kind == "pyramid" else SETTINGS
    model = small_model(seed, kind)
    if settings.head.kind == "none":
        model = replace(model, head=None, control=replace(model.control, head=None))
    return detect_in(
        VideoEntry("v", Path("v.mp4"), "test", None),
        VideoInfo(T * 0.2, 25.0, 64, 64, "h264"),
        made_video(),
        replace(model, settings=settings),
    )


def assert_same(again, anew):
    for name in ("frames", "projected", "control"):
        one, other = getattr(again, name), getattr(anew, name)
        assert (one is None) == (other is None), name
        if one is not None:
            np.testing.assert_allclose(one.probability, other.probability, atol=2e-6)
    assert again.projection == anew.projection
    np.testing.assert_array_equal(again.proposals.spans_s, anew.proposals.spans_s)
    for part in (lambda r: r.candidates.segments, lambda r: r.detections):
        np.testing.assert_array_equal(part(again).spans_s, part(anew).spans_s)
        np.testing.assert_array_equal(part(again).labels, part(anew).labels)
        np.testing.assert_allclose(part(again).scores, part(anew).scores, atol=1e-5)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"head.overlap": 0.7},
        {"head.overlap": 0.0},
        {"head.floor": 0.25},
        {"refinement.ring": 1.0},
        {"head.share": 0.0},
        {"head.share": 0.2, "head.overlap": 0.6},
        {"head.share": 1.0},
        {"projection": "soft"},
        {"projection": "soft", "head.share": 0.8},
        {"smoothing": 3.0},
        {"smoothing": 0.0},
        {"smoothing": 0.4, "head.share": 0.9, "projection": "soft"},
        {"smoothing": 25.0, "head.share": 0.1, "head.floor": 0.05},
        {"head.kind": "none"},
        {"head.kind": "none", "smoothing": 2.0},
        {"head.kind": "none", "projection": "soft", "refinement.overlap": 0.6},
    ],
)
def test_with_a_head_it_is_what_detecting_anew_gives(given):
    after = changed(SETTINGS, given)
    again = detect_again(detected(SETTINGS), SETTINGS, after)
    assert len(again.detections)
    assert_same(again, detected(after))


@pytest.mark.parametrize(
    "given",
    [
        {"head.overlap": 0.7},
        {"head.floor": 0.01},
        {"head.share": 0.2, "head.overlap": 0.6},
        {"projection": "soft", "head.share": 0.8},
        {"head.kind": "none"},
    ],
)
def test_with_a_head_of_several_scales_too(given):
    before = changed(PYRAMID, {"head.floor": 0.005})  # it is untrained: sure of nothing
    after = changed(before, given)
    again = detect_again(detected(before), before, after)
    assert len(again.detections)
    assert_same(again, detected(after))


@pytest.mark.parametrize(
    "given",
    [
        {"refinement.overlap": 0.7},
        {"smoothing": 0.0},
        {"smoothing": 3.0, "projection": "soft"},
        {"proposals.per_class": False, "proposals.smoothing": 2.0},
        {"proposals.overlap": 0.4, "proposals.thresholds": (0.1, 0.3)},
        {"proposals.tolerances": (0.5,)},
        {"refinement.extension": 1.0, "refinement.floor": 0.3},
        {"refinement.score": "mean", "refinement.classes": "best"},
    ],
)
def test_without_a_head_it_is_what_detecting_anew_gives(given):
    after = changed(HEADLESS, given)
    again = detect_again(detected(HEADLESS), HEADLESS, after)
    assert_same(again, detected(after))


@pytest.mark.parametrize(
    "given", [{"head.share": 0.9}, {"smoothing": 2.0}, {"smoothing": 0.0}]
)
def test_the_controls_head_is_mixed_anew_as_well(given):
    after = changed(SETTINGS, given)
    again = detect_again(detected(SETTINGS), SETTINGS, after)
    np.testing.assert_allclose(
        again.control_head.frames.probability,
        detected(after).control_head.frames.probability,
        atol=2e-6,
    )


def test_nothing_changed_is_the_very_same_result():
    found = detected(SETTINGS)
    assert detect_again(found, SETTINGS, SETTINGS) is found


@pytest.mark.parametrize(
    ("before", "given", "reason"),
    [
        (changed(SETTINGS, {"smoothing": 3.0}), {"smoothing": 1.0}, "do not tell"),
        (SETTINGS, {"epitome.grid": 24}, "epitome decides what is learnt"),
        (SETTINGS, {"head.width": 8}, "head.width decides what is learnt"),
        (SETTINGS, {"target.tau": 2.0}, "target decides what is learnt"),
        (HEADLESS, {"head.kind": "conv"}, "head.kind decides what is learnt"),
        (SETTINGS, {"head.kind": "pyramid"}, "head.kind decides what is learnt"),
        (changed(SETTINGS, {"head.share": 0.0}), {"head.share": 0.5}, "had no share"),
    ],
)
def test_what_is_not_kept_is_refused_with_the_reason(before, given, reason):
    after = changed(before, given)
    with pytest.raises(InputError, match=rf"^v: .*{reason}"):
        detect_again(detected(before), before, after)


def test_of_a_fusion_shares_and_smoothing_are_turned_and_projections_are_not():
    first, second = detected(SETTINGS), detected(SETTINGS, seed=1)
    both = fuse(first, second, SETTINGS, 0.7)
    after = changed(SETTINGS, {"head.share": 0.2})
    wanted = fuse(detected(after), detected(after, seed=1), after, 0.7)
    again = detect_again(both, SETTINGS, after)
    np.testing.assert_allclose(
        again.frames.probability, wanted.frames.probability, atol=2e-6
    )
    smoother = changed(SETTINGS, {"smoothing": 2.0})
    wanted = fuse(detected(smoother), detected(smoother, seed=1), smoother, 0.7)
    again = detect_again(both, SETTINGS, smoother)
    assert_same(replace(again, maps=None), replace(wanted, maps=None))
    soft = changed(SETTINGS, {"projection": "soft"})
    assert "behind the back-projection" in why_not(both, SETTINGS, soft)


def test_of_streams_that_were_cut_smoothing_is_refused():
    """What was behind the cut had a part in the smoothed scores before it."""
    first, second = detected(SETTINGS), detected(SETTINGS, seed=1)
    count = len(second.frames) - 2
    shorter = replace(
        second,
        placement=replace(
            second.placement,
            locations=second.placement.locations[:count],
            weights=second.placement.weights[:count],
            times_s=second.placement.times_s[:count],
        ),
        trace=second.trace[:, :count],
        frames=replace(
            second.frames,
            probability=second.frames.probability[:count],
            times_s=second.frames.times_s[:count],
        ),
        reach_s=second.reach_s[:count],
        unusual=None if second.unusual is None else second.unusual[:count],
    )
    both = fuse(first, shorter, SETTINGS, 0.7)
    assert "was cut" in why_not(both, SETTINGS, changed(SETTINGS, {"smoothing": 2.0}))
    assert not why_not(both, SETTINGS, changed(SETTINGS, {"head.floor": 0.2}))
