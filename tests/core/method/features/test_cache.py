"""Features: streamed to disk, read back as they were, never half-written."""

import os
import shutil
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from dbs_core.method.features.cache import FeatureCache, content_hash
from dbs_core.method.features.engines.pytorch import PyTorchEngine
from dbs_core.method.features.network_input import GEOMETRY, LEFT, RESIZED
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.features.streams import stream_backbone
from dbs_core.method.video import sample_frames
from dbs_core.records import FrameGeometry
from dbs_core.runtime import store
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress
from tests.core.make_video import write_video
from tests.core.runtime.test_files import full_disk, names
from tests.core.small_model import MeanColours

SETTINGS = FeatureSettings(batch=4)


class Counting(MeanColours):
    """Counts the frames it is shown."""

    def __init__(self):
        self.frames = 0

    def __call__(self, frames):
        self.frames += len(frames)
        return super().__call__(frames)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Four seconds of numbered frames, 25 a second."""
    return write_video(tmp_path_factory.mktemp("video") / "a.mp4", 100)


@pytest.fixture
def cache(tmp_path):
    return FeatureCache(tmp_path / "cache")


def direct(path, rate_hz=5.0):
    """The same frames without cache, batch or file: (times, maps in float32)."""
    sampled = list(sample_frames(path, rate_hz=rate_hz, size=RESIZED))
    frames = np.stack([frame[:, LEFT : LEFT + 224] for _, frame in sampled])
    return np.array([time for time, _ in sampled]), MeanColours()(frames).numpy()


class TestGet:
    def test_memory_map_equals_direct_extraction(self, video, cache):
        found = cache.get(video, MeanColours(), SETTINGS)
        times, maps = direct(video)
        np.testing.assert_array_equal(found.features.times_s, times)
        np.testing.assert_array_equal(found.features.maps, maps.astype(np.float16))
        assert isinstance(found.features.maps, np.memmap)
        assert len(times) == 20
        assert found.features.duration_s == pytest.approx(4.0)

    def test_batch_decides_nothing(self, video, tmp_path):
        found = [
            FeatureCache(tmp_path / str(batch)).get(
                video, MeanColours(), FeatureSettings(batch=batch)
            )
            for batch in (1, 7, 100)
        ]
        for other in found[1:]:
            np.testing.assert_array_equal(other.features.maps, found[0].features.maps)
            np.testing.assert_array_equal(other.thumbnails, found[0].thumbnails)

    def test_second_time_the_network_is_not_asked(self, video, cache):
        backbone = Counting()
        first = cache.get(video, backbone, SETTINGS)
        assert backbone.frames == 20
        second = cache.get(video, backbone, SETTINGS)
        assert backbone.frames == 20
        np.testing.assert_array_equal(second.features.maps, first.features.maps)
        np.testing.assert_array_equal(second.thumbnails, first.thumbnails)

    def test_same_content_under_another_name_is_found(self, video, cache, tmp_path):
        backbone = Counting()
        cache.get(video, backbone, SETTINGS)
        cache.get(shutil.copy(video, tmp_path / "other name.mp4"), backbone, SETTINGS)
        assert backbone.frames == 20

    def test_what_decides_the_features_decides_the_file(self, video, cache, tmp_path):
        """Another rate, network, part or content: extracted anew."""
        cache.get(video, MeanColours(), SETTINGS)
        backbone = Counting()
        cache.get(video, backbone, replace(SETTINGS, rate_hz=2.0))
        assert backbone.frames == 8
        backbone.name = "another"
        cache.get(video, backbone, SETTINGS)
        assert backbone.frames == 28
        part = cache.get(video, Counting(), SETTINGS, span_s=(1.0, 2.0)).features
        assert part.times_s.min() >= 1.0
        assert part.times_s.max() < 2.0
        longer = write_video(tmp_path / "a.mp4", 125)
        assert len(cache.get(longer, Counting(), SETTINGS).features) == 25

    def test_thumbnails_show_the_cropped_frames(self, video, cache):
        found = cache.get(video, MeanColours(), SETTINGS)
        assert found.thumbnails.shape == (20, 84, 84, 3)
        _, frame = next(iter(sample_frames(video, size=RESIZED)))
        middle = frame[:, LEFT : LEFT + 224]
        np.testing.assert_allclose(
            found.thumbnails[0].mean((0, 1)), middle.mean((0, 1)), atol=1
        )

    def test_one_frame_has_a_duration(self, tmp_path, cache):
        path = write_video(tmp_path / "one.mp4", 1, rate=Fraction(25))
        features = cache.get(path, MeanColours(), SETTINGS).features
        assert len(features) == 1
        assert features.duration_s > features.times_s[0]

    def test_geometry_is_the_middle_of_the_frame(self):
        """METHOD section 2.1: columns 37 to 261 of 298."""
        assert FrameGeometry() == GEOMETRY

    def test_reports_what_it_does(self, video, cache):
        steps = []
        cache.get(video, MeanColours(), SETTINGS, Progress(steps.append))
        assert {(step.stage, step.detail) for step in steps} == {("features", "a.mp4")}
        assert [step.done for step in steps] == [0, 4, 8, 12, 16]
        assert {step.total for step in steps} == {20}


class TestFlow:
    """The same videos through the other stream."""

    FLOW = replace(SETTINGS, stream="flow")

    def flow(self):
        return NetworkMaps(stream_backbone(self.FLOW, MeanColours))

    def test_same_times_geometry_and_thumbnails_as_rgb(self, video, cache):
        rgb = cache.get(video, MeanColours(), SETTINGS)
        flow = cache.get(video, self.flow(), self.FLOW)
        np.testing.assert_array_equal(flow.features.times_s, rgb.features.times_s)
        assert flow.features.maps.shape == rgb.features.maps.shape
        assert flow.features.duration_s == rgb.features.duration_s
        np.testing.assert_array_equal(flow.thumbnails, rgb.thumbnails)
        assert not np.array_equal(flow.features.maps, rgb.features.maps)

    def test_a_part_of_a_video_has_the_flows_of_the_whole(self, video, cache):
        whole = cache.get(video, self.flow(), self.FLOW).features
        part = cache.get(video, self.flow(), self.FLOW, span_s=(1.0, 2.0)).features
        chosen = (whole.times_s >= 1.0 - 1e-6) & (whole.times_s < 2.0 - 1e-6)
        np.testing.assert_array_equal(part.times_s, whole.times_s[chosen])
        np.testing.assert_array_equal(part.maps, whole.maps[chosen])

    def test_stopped_half_way_leaves_nothing(self, video, cache):
        steps = []
        progress = Progress(steps.append, lambda: len(steps) == 3)
        with pytest.raises(Cancelled):
            cache.get(video, self.flow(), self.FLOW, progress)
        assert names(cache.root) == []


class TestMirrored:
    def test_rgb_is_the_mirror_image_of_each_map(self, video, cache):
        """Mean colours of cells: flipping the frame flips the cells."""
        plain = cache.get(video, MeanColours(), SETTINGS)
        turned = cache.get(video, MeanColours(), SETTINGS, mirrored=True)
        np.testing.assert_allclose(
            turned.features.maps, plain.features.maps[:, :, ::-1], atol=1e-3
        )
        np.testing.assert_array_equal(
            turned.thumbnails[0], plain.thumbnails[0][:, ::-1]
        )

    def test_flow_is_flipped_and_rightward_turned(self, video, cache):
        settings = replace(SETTINGS, stream="flow")
        backbone = NetworkMaps(stream_backbone(settings, MeanColours))
        plain = cache.get(video, backbone, settings).features.maps
        turned = cache.get(video, backbone, settings, mirrored=True).features.maps
        flipped = plain[:, :, ::-1]
        # Red: 127 + 4 x; x := 255 - x of bytes is -1 - x of motion, so 4 levels off.
        off = 4 / 255 + 2e-3
        np.testing.assert_allclose(
            turned[..., 0], 254 / 255 - flipped[..., 0], atol=off
        )
        np.testing.assert_allclose(turned[..., 1], flipped[..., 1], atol=2e-3)


class TestBadInput:
    def test_missing_file(self, tmp_path, cache):
        with pytest.raises(InputError, match=r"gone.mp4: cannot read"):
            cache.get(tmp_path / "gone.mp4", MeanColours(), SETTINGS)

    @pytest.mark.parametrize("content", [b"", b"no video at all" * 100])
    def test_no_video(self, tmp_path, cache, content):
        path = tmp_path / "text.mp4"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"text.mp4: "):
            cache.get(path, MeanColours(), SETTINGS)
        assert not cache.root.exists() or names(cache.root) == []

    def test_stopped_half_way_leaves_nothing(self, video, cache):
        steps = []
        progress = Progress(steps.append, lambda: len(steps) == 3)
        with pytest.raises(Cancelled):
            cache.get(video, MeanColours(), SETTINGS, progress)
        assert names(cache.root) == []
        assert len(cache.get(video, MeanColours(), SETTINGS).features) == 20

    @pytest.mark.parametrize("workers", [1, 2])
    @pytest.mark.parametrize("stream", ["rgb", "flow"])
    def test_stopped_half_way_nothing_stays_at_work(
        self, video, cache, workers, stream
    ):
        """No thread, and the file is closed, while the error is still held."""
        settings = replace(SETTINGS, stream=stream, batch=2)
        source = NetworkMaps(stream_backbone(settings, MeanColours))
        steps, before = [], set(threading.enumerate())
        progress = Progress(steps.append, lambda: len(steps) == 3)
        with (
            mock.patch.object(PyTorchEngine, "workers", workers),
            pytest.raises(Cancelled) as held,
        ):
            cache.get(video, source, settings, progress)
        assert set(threading.enumerate()) <= before
        opened = [os.path.realpath(p) for p in Path("/proc/self/fd").iterdir()]
        assert str(video) not in opened
        assert held.value

    def test_full_disk_leaves_nothing(self, video, cache):
        with full_disk(), pytest.raises(InputError, match="cannot write"):
            cache.get(video, MeanColours(), SETTINGS)
        assert names(cache.root) == []

    def test_full_disk_at_the_second_file_is_mended_by_the_next_call(
        self, video, cache, monkeypatch
    ):
        """The maps fit, what lies beside them does not."""

        def full(path, record):
            raise InputError("cannot write", where=path)

        with monkeypatch.context() as patched:
            patched.setattr(store, "write_record", full)
            with pytest.raises(InputError, match="cannot write"):
                cache.get(video, MeanColours(), SETTINGS)
        assert names(cache.root) == []
        assert len(cache.get(video, MeanColours(), SETTINGS).features) == 20

    @pytest.mark.parametrize("kept", [0, 1, -1])
    def test_truncated_maps_are_named(self, video, cache, kept):
        cache.get(video, MeanColours(), SETTINGS)
        (maps,) = cache.root.glob("*.f16")
        os.truncate(maps, kept if kept >= 0 else maps.stat().st_size + kept)
        with pytest.raises(InputError, match=rf"{maps.name}: damaged .*\. Delete it"):
            cache.get(video, MeanColours(), SETTINGS)

    def test_maps_that_are_too_long_are_named(self, video, cache):
        cache.get(video, MeanColours(), SETTINGS)
        (maps,) = cache.root.glob("*.f16")
        maps.write_bytes(maps.read_bytes() + b"more")
        with pytest.raises(InputError, match=rf"{maps.name}: damaged"):
            cache.get(video, MeanColours(), SETTINGS)

    def test_damaged_sidecar_is_named(self, video, cache):
        cache.get(video, MeanColours(), SETTINGS)
        (sidecar,) = cache.root.glob("*.npz")
        os.truncate(sidecar, 50)
        with pytest.raises(InputError, match=rf"{sidecar.name}: damaged"):
            cache.get(video, MeanColours(), SETTINGS)

    def test_damaged_tail_is_not_stretched(self, tmp_path, cache):
        """A file cut in the middle ends where its last frame does."""
        whole = write_video(tmp_path / "whole.mkv", 200, g="25")
        cut = tmp_path / "cut.mkv"
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        features = cache.get(cut, MeanColours(), SETTINGS).features
        assert 1 < features.duration_s < 7
        assert features.duration_s - features.times_s[-1] < 0.5


class TestContentHash:
    def test_follows_the_content_not_the_name(self, tmp_path):
        for name, content in (("a", b"one"), ("b", b"one"), ("c", b"two")):
            (tmp_path / name).write_bytes(content)
        a, b, c = (content_hash(tmp_path / name) for name in "abc")
        assert a == b != c

    def test_notices_a_changed_file(self, tmp_path):
        path = tmp_path / "a"
        path.write_bytes(b"one")
        before = content_hash(path)
        path.write_bytes(b"two!")
        assert content_hash(path) != before

    @pytest.mark.parametrize("name", ["", "gone"])
    def test_folder_or_nothing_is_named(self, tmp_path, name):
        with pytest.raises(InputError, match="cannot read"):
            content_hash(tmp_path / name)
