"""Maps made elsewhere: what is read, what is said of what does not fit."""

import numpy as np
import pytest

from dbs_core.method.features.map_source import MapSource, network_of
from dbs_core.method.features.precomputed_maps import PrecomputedMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.features.streams import named_backbone
from dbs_core.runtime.errors import InputError


def maps(count=10, shape=(7, 7, 4), seed=0, dtype=np.float32):
    return np.random.default_rng(seed).random((count, *shape)).astype(dtype)


@pytest.fixture
def folder(tmp_path):
    """Two videos: one with times of its own, one sampled from 0 on."""
    np.savez(
        tmp_path / "a.npz", maps=maps(), times_s=np.arange(10) * 0.5, duration_s=5.25
    )
    np.save(tmp_path / "b.npy", maps(seed=1, dtype=np.float16))
    return tmp_path


def opened(folder):
    return named_backbone(FeatureSettings(backbone=f"maps:{folder}"))


def read(folder, video_id, duration_s=None):
    return PrecomputedMaps(folder).features(video_id, FeatureSettings(), duration_s)


class TestFeatures:
    def test_npz_brings_its_times(self, folder):
        features = read(folder, "a", duration_s=99.0)
        np.testing.assert_array_equal(features.maps, maps())
        np.testing.assert_array_equal(features.times_s, np.arange(10) / 2)
        assert features.duration_s == 5.25

    def test_npy_is_sampled_at_the_runs_rate_and_read_as_used(self, folder):
        features = read(folder, "b", duration_s=2.1)
        assert isinstance(features.maps, np.memmap)
        assert features.maps.dtype == np.float16
        np.testing.assert_allclose(features.times_s, np.arange(10) * 0.2)
        assert features.duration_s == 2.1

    def test_without_a_duration_the_last_map_lasts_as_the_others(self, folder):
        assert read(folder, "b").duration_s == pytest.approx(2.0)

    def test_a_video_that_ends_early_lasts_to_its_last_map(self, folder):
        assert 1.8 < read(folder, "b", duration_s=1.7).duration_s < 1.9

    @pytest.mark.parametrize("end_s", [{"step": 20_000.0}, {"duration_s": 2e5}])
    def test_maps_beyond_any_video_are_refused(self, folder, end_s):
        times_s = np.arange(10) * end_s.get("step", 0.5)
        more = {k: v for k, v in end_s.items() if k == "duration_s"}
        np.savez(folder / "d.npz", maps=maps(), times_s=times_s, **more)
        with pytest.raises(
            InputError, match=r"d.npz: maps of no video, wanted at most"
        ):
            read(folder, "d")

    @pytest.mark.parametrize("dtype", [np.float64, np.uint8, np.int16])
    def test_other_numbers_become_float32(self, folder, dtype):
        values = (maps() * 100).astype(dtype)
        np.save(folder / "c.npy", values)
        features = read(folder, "c")
        assert features.maps.dtype == np.float32
        np.testing.assert_allclose(features.maps, values, rtol=1e-6)

    def test_the_name_says_their_size(self, folder):
        source = opened(folder)
        assert isinstance(source, MapSource)
        assert (source.name, source.dimensions) == ("maps-7x7x4", 4)

    def test_fewer_times_than_maps_are_enough_and_said(self, folder):
        np.savez(folder / "c.npz", maps=maps(10), times_s=np.arange(8) / 5)
        source = PrecomputedMaps(folder)
        assert len(source.features("c", FeatureSettings(), None)) == 8
        (note,) = source.notes
        assert note.endswith("c.npz: 10 maps and 8 times, the first 8 are used")

    def test_more_times_than_maps(self, folder):
        np.savez(folder / "c.npz", maps=maps(6), times_s=np.arange(8) / 5)
        assert len(read(folder, "c")) == 6


class TestRefused:
    """One line each, which names the file; the others work."""

    def refused(self, folder, video_id, words, duration_s=None):
        with pytest.raises(InputError, match=words):
            read(folder, video_id, duration_s)
        assert len(read(folder, "a")) == 10

    def test_no_file(self, folder):
        self.refused(folder, "z", r"no maps of this video, wanted z\.npy or z\.npz")

    @pytest.mark.parametrize("shape", [(7, 7, 5), (6, 6, 4), (7, 8, 4)])
    def test_another_size_or_width(self, folder, shape):
        np.save(folder / "c.npy", maps(shape=shape))
        got = " x ".join(map(str, shape))
        self.refused(folder, "c", rf"c\.npy: maps of {got}, the folder's are 7 x 7 x 4")
        assert any("c.npy" in note for note in PrecomputedMaps(folder).notes)

    @pytest.mark.parametrize(
        "array",
        [np.zeros((10, 7, 4)), np.zeros((0, 7, 7, 4)), np.full((2, 7, 7, 4), "x")],
    )
    def test_no_maps(self, folder, array):
        np.save(folder / "c.npy", array)
        self.refused(
            folder,
            "c",
            r"c\.npy: (no feature maps, wanted|damaged.*no array of) numbers",
        )

    def test_objects_are_not_unpickled(self, folder):
        np.save(folder / "c.npy", np.array([{}], object), allow_pickle=True)
        self.refused(folder, "c", r"c\.npy: ")

    @pytest.mark.parametrize("name", ["c.npy", "c.npz"])
    @pytest.mark.parametrize("content", [b"", b"no maps", b"PK\x03\x04"])
    def test_damaged(self, folder, name, content):
        (folder / name).write_bytes(content)
        self.refused(folder, "c", f"{name}: damaged or not one of our files")

    def test_cut_off(self, folder):
        whole = (folder / "b.npy").read_bytes()
        (folder / "c.npy").write_bytes(whole[:-100])
        self.refused(folder, "c", r"c\.npy: damaged or not one of our files")

    def test_npz_without_maps(self, folder):
        np.savez(folder / "c.npz", values=maps(), times_s=np.arange(10))
        self.refused(folder, "c", r"c\.npz: no array.*maps")

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_no_finite_numbers(self, folder, value):
        values = maps()
        values[7, 3, 3, 1] = value
        np.save(folder / "c.npy", values)
        self.refused(folder, "c", r"c\.npy: .*NaN or infinity in map 7")

    @pytest.mark.parametrize(
        "times", [[0, 1, 1, *range(2, 9)], [-1, *range(9)], [np.nan, *range(9)]]
    )
    def test_times_that_do_not_increase(self, folder, times):
        np.savez(folder / "c.npz", maps=maps(), times_s=np.array(times, float))
        self.refused(folder, "c", r"c\.npz: times_s, wanted increasing seconds")

    def test_maps_of_another_rate_go_on_after_the_video(self, folder):
        """100 maps at 25 Hz are 4 s; read at 5 Hz they would be 20."""
        np.save(folder / "c.npy", maps(100))
        self.refused(folder, "c", r"after the video, wanted .*4\.0 s, got 19\.8", 4.0)

    def test_the_duration_that_a_file_itself_tells_must_fit(self, folder):
        times = np.arange(10) / 5
        np.savez(folder / "c.npz", maps=maps(10), times_s=times, duration_s=60.0)
        words = r"c\.npz: maps end much before the video, wanted 10 maps over .*60\.0 s"
        self.refused(folder, "c", words)

    def test_no_network_for_new_frames(self, folder):
        with pytest.raises(InputError, match=r"maps-7x7x4: no network.*Use a run with"):
            network_of(PrecomputedMaps(folder))


class TestFolder:
    def test_missing(self, tmp_path):
        with pytest.raises(InputError, match=r"gone: no such folder"):
            opened(tmp_path / "gone")

    def test_empty(self, tmp_path):
        with pytest.raises(InputError, match="no usable maps in it"):
            PrecomputedMaps(tmp_path)

    def test_too_many_cells(self, tmp_path):
        np.save(tmp_path / "a.npy", maps(2, (17, 7, 1)))
        with pytest.raises(InputError, match="at most 16 x 16, got 17 x 7"):
            PrecomputedMaps(tmp_path)
