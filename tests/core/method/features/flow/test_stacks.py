"""Flow stacks of videos whose texture moves by a known amount."""

from fractions import Fraction

import numpy as np
import pytest

from dbs_core.method.features.flow import estimator, sample_stacks
from dbs_core.method.features.flow.methods import Estimator
from dbs_core.method.features.flow.stacks import quantised
from dbs_core.method.features.network_input import mirrored_frame, mirrored_stack
from dbs_core.method.video import sample_frames
from dbs_core.runtime.errors import InputError
from tests.core.make_video import write_video
from tests.core.method.features.flow.textures import write_moving
from tests.shared_data import shared_data

SIZE = (298, 224)


def level(pixels: float) -> float:
    """METHOD section 2.1: round(255 (v + 20) / 40)."""
    return round(255 * (pixels + 20) / 40)


def stacks(path, **options):
    return list(sample_stacks(path, estimator("dis"), size=SIZE, **options))


def middle(stack: np.ndarray) -> np.ndarray:
    """Median byte of each channel away from the border."""
    return np.median(stack[40:-40, 40:-40], axis=(0, 1))


def test_bytes_of_motion():
    """Hand-worked: 128 for none, cut off at 20 pixels."""
    flow = np.float32([[[0, 1], [-20, 20], [-21, 400], [10, -10]]])
    wanted = [[[128, 134], [0, 255], [0, 255], [191, 64]]]
    np.testing.assert_array_equal(quantised(flow), wanted)


@pytest.mark.parametrize("motion", [(3, 0), (-2, 1), (0, 0)])
def test_a_steady_motion_fills_all_channels(tmp_path, motion):
    path = write_moving(
        tmp_path / "a.mp4", [(motion[0] * i, motion[1] * i) for i in range(14)]
    )
    found = stacks(path)
    assert [one.time_s for one in found] == pytest.approx([0.0, 0.2, 0.4])
    for one in found:
        assert one.stack.shape == (224, 298, 10)
        wanted = [level(motion[0]), level(motion[1])] * 5
        np.testing.assert_allclose(middle(one.stack), wanted, atol=1.01)


def test_channels_are_the_five_pairs_in_order(tmp_path):
    """Frame i to i + 1 moves i pixels right: sample 5 sees 5, 6, 7, 8, 9."""
    places = np.cumsum([0, *range(11)])
    found = stacks(write_moving(tmp_path / "a.mp4", [(x, 0) for x in places]))
    for one, first in zip(found[:2], (0, 5), strict=True):
        rightward = middle(one.stack)[0::2]
        wanted = [level(first + k) for k in range(5)]
        np.testing.assert_allclose(rightward, wanted, atol=2)
        np.testing.assert_allclose(middle(one.stack)[1::2], 128, atol=1)


def test_the_end_repeats_its_last_flow(tmp_path):
    """Seven frames: the second sample has the pair 5-6 alone."""
    places = np.cumsum([0, 1, 1, 1, 1, 1, 4])
    last = stacks(write_moving(tmp_path / "a.mp4", [(x, 0) for x in places]))[-1]
    assert last.time_s == pytest.approx(0.2)
    np.testing.assert_allclose(middle(last.stack)[0::2], level(4), atol=1.01)


def test_a_last_frame_has_the_flow_that_led_to_it(tmp_path):
    places = [(2 * i, 0) for i in range(6)]
    last = stacks(write_moving(tmp_path / "a.mp4", places))[-1]
    assert last.time_s == pytest.approx(0.2)
    np.testing.assert_allclose(middle(last.stack)[0::2], level(2), atol=1.01)


def test_a_single_frame_stands_still(tmp_path):
    (only,) = stacks(write_video(tmp_path / "one.mp4", 1))
    np.testing.assert_array_equal(only.stack, np.full((224, 298, 10), 128))


def test_variable_frame_rate_pairs_frames_not_times(tmp_path):
    """Two pixels a frame whether a frame stays 20 or 300 ms."""
    times = np.cumsum([0, 20, 300, 20, 20, 300, 40, 40, 20, 300, 20, 20])
    places = [(2 * i, 0) for i in range(len(times))]
    path = write_moving(tmp_path / "a.mkv", places, times_ms=times.tolist())
    found = stacks(path)
    assert len(found) > 3
    for one in found:
        np.testing.assert_allclose(middle(one.stack)[0::2], level(2), atol=1.01)


def same_frames(path, **options) -> int:
    """Check that RGB and flow sample the same; give the number of samples."""
    rgb = list(sample_frames(path, size=SIZE, **options))
    found = list(
        sample_stacks(
            path, lambda a, b: np.zeros((256, 340, 2), np.float32), size=SIZE, **options
        )
    )
    assert [one.time_s for one in found] == [time for time, _ in rgb]
    for (_, frame), one in zip(rgb, found, strict=True):
        np.testing.assert_array_equal(one.frame, frame)
    return len(rgb)


@pytest.mark.parametrize("rate", [4, 5, 10, Fraction(30000, 1001), 60])
def test_samples_are_those_of_the_rgb_stream(tmp_path, rate):
    path = write_video(tmp_path / "a.mp4", 70, rate=Fraction(rate))
    assert same_frames(path) > 5
    assert same_frames(path, start_s=0.5, end_s=1.0) > 0


def test_a_cut_file_ends_as_the_rgb_stream_does(tmp_path):
    whole = write_video(tmp_path / "whole.mkv", 200, g="25")
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert 5 < same_frames(cut) < 40


def test_only_the_pairs_of_samples_are_looked_at(tmp_path):
    """60 a second, 5 samples: 5 of each 12 pairs."""
    looked = 0

    def counting(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        nonlocal looked
        looked += 1
        return np.zeros((256, 340, 2), np.float32)

    estimate: Estimator = counting
    path = write_video(tmp_path / "a.mp4", 120, rate=Fraction(60))
    assert len(list(sample_stacks(path, estimate, size=SIZE))) == 10
    assert looked == 50


def test_no_video_is_named(tmp_path):
    path = tmp_path / "text.mp4"
    path.write_bytes(b"no video at all" * 100)
    with pytest.raises(InputError, match=r"text.mp4"):
        stacks(path)


def test_a_mirror_turns_motion_round(tmp_path):
    """The mirrored stack is, to a level, that of the mirrored video."""
    places = [(3 * i, -i) for i in range(8)]
    one = stacks(write_moving(tmp_path / "a.mp4", places))[0]
    turned = middle(mirrored_stack(one.stack))
    np.testing.assert_allclose(turned[0::2], level(-3), atol=1.01)
    np.testing.assert_allclose(turned[1::2], level(-1), atol=1.01)
    np.testing.assert_array_equal(mirrored_stack(mirrored_stack(one.stack)), one.stack)
    np.testing.assert_array_equal(
        mirrored_stack(one.stack)[:, 0, 1], one.stack[:, -1, 1]
    )
    np.testing.assert_array_equal(mirrored_frame(one.frame)[:, 0], one.frame[:, -1])


@pytest.mark.parametrize("codec", ["mp4", "avi"])
def test_real_clips_give_stacks_at_the_times_of_their_frames(codec):
    """Some motion in every clip, and never more samples than the RGB stream has."""
    paths = sorted(shared_data("clips", "codecs").glob(f"*.{codec}"))
    for path in paths[:2]:
        rgb = [time for time, _ in sample_frames(path, end_s=2.0, size=SIZE)]
        found = stacks(path, end_s=2.0)
        assert [one.time_s for one in found] == rgb
        assert np.mean([np.abs(one.stack.astype(int) - 128) for one in found]) > 0.1
