"""Pooled features made elsewhere: sequences, whichever axis is time, and their times.

The answers are the arrays that were written, and times counted by hand.
"""

import numpy as np
import pytest

from dbs_core.method.features.map_folder import MapFolder
from dbs_core.method.features.map_source import VideoPart
from dbs_core.method.features.precomputed_maps import PrecomputedMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT

D = 6
LENGTHS = {"a": 20, "b": 31, "c": 12}


def sequence(count, seed=0, channels=D):
    return np.random.default_rng(seed).random((count, channels)).astype(np.float32)


def write(folder, *, turned=False, channels=D, end=""):
    """A file a video, [t, d] or [d, t]."""
    folder.mkdir(exist_ok=True)
    for name, count in LENGTHS.items():
        values = sequence(count, count, channels)
        np.save(folder / f"{name}{end}.npy", values.T if turned else values)
    return folder


def read(folder, video_id, duration_s=None, **settings):
    source = PrecomputedMaps(folder)
    return source.features(video_id, FeatureSettings(**settings), duration_s)


class TestAxes:
    @pytest.mark.parametrize("turned", [False, True])
    def test_time_is_the_axis_that_differs(self, tmp_path, turned):
        folder = write(tmp_path / "f", turned=turned)
        source = PrecomputedMaps(folder)
        assert (source.name, source.notes) == ("maps-1x1x6", ())
        for name, count in LENGTHS.items():
            maps = read(folder, name).maps
            np.testing.assert_array_equal(maps[:, 0, 0], sequence(count, count))

    @pytest.mark.parametrize("turned", [False, True])
    def test_a_square_one_lies_as_the_others(self, tmp_path, turned):
        folder = write(tmp_path / "f", turned=turned)
        square = sequence(D, 9)
        np.save(folder / "d.npy", square.T if turned else square)
        np.testing.assert_array_equal(read(folder, "d").maps[:, 0, 0], square)

    def test_sequences_alike_in_both_axes_are_asked_about(self, tmp_path):
        for name in "ab":
            np.save(tmp_path / f"{name}.npy", sequence(100))
        words = (
            r"cannot be told apart, got 2 of 100 x 6.*--channels 6 or --channels 100"
        )
        with pytest.raises(InputError, match=words):
            MapFolder(tmp_path)
        assert len(PrecomputedMaps(tmp_path, 6).folder.videos) == 2
        assert PrecomputedMaps(tmp_path, 100).name == "maps-1x1x100"

    def test_channels_that_no_axis_has(self, tmp_path):
        folder = write(tmp_path / "f")
        with pytest.raises(InputError, match=r"no axis of so many channels, wanted 7"):
            MapFolder(folder, 7)

    def test_no_number_of_channels_in_common(self, tmp_path):
        np.save(tmp_path / "a.npy", sequence(10, channels=5))
        np.save(tmp_path / "b.npy", sequence(11, channels=7))
        with pytest.raises(InputError, match="no axis that all sequences share"):
            MapFolder(tmp_path)

    def test_one_of_other_channels_fails_alone(self, tmp_path):
        folder = write(tmp_path / "f")
        np.save(folder / "d.npy", sequence(9, channels=5))
        source = PrecomputedMaps(folder)
        (note,) = source.notes
        assert note.endswith("d.npy: a sequence of 9 x 5, the folder's have 6 channels")
        with pytest.raises(InputError, match="a sequence of 9 x 5"):
            source.features("d", FeatureSettings(), None)
        assert len(read(folder, "a")) == 20

    def test_no_finite_number(self, tmp_path):
        folder = write(tmp_path / "f", turned=True)
        values = sequence(12)
        values[5, 2] = np.nan
        np.save(folder / "c.npy", values.T)
        with pytest.raises(InputError, match=r"c\.npy: .*NaN or infinity in map 5"):
            read(folder, "c")


class TestNames:
    @pytest.mark.parametrize(("stored", "asked"), [("v_a", "a"), ("a", "v_a")])
    def test_activitynets_ids_with_or_without_their_letter(
        self, tmp_path, stored, asked
    ):
        np.save(tmp_path / f"{stored}.npy", sequence(5))
        source = PrecomputedMaps(tmp_path, D)
        assert len(source.features(asked, FeatureSettings(), None)) == 5

    def test_two_files_a_video_are_two_streams(self, tmp_path):
        write(tmp_path, end="_rgb")
        write(tmp_path, end="_flow", channels=4)
        rgb, flow = (PrecomputedMaps(tmp_path, 0, one) for one in ("rgb", "flow"))
        assert (rgb.name, flow.name) == ("maps-1x1x6", "maps-1x1x4")
        assert rgb.folder.videos == flow.folder.videos == set("abc")
        assert not rgb.notes + flow.notes

    @pytest.mark.parametrize("name", ["maps", "features", "feats"])
    def test_arrays_of_an_npz_by_their_names(self, tmp_path, name):
        np.savez(tmp_path / "a.npz", **{name: sequence(5)})
        np.savez(tmp_path / "b.npz", **{name: sequence(8)}, times_s=np.arange(8) + 0.5)
        np.testing.assert_allclose(read(tmp_path, "a").times_s, np.arange(5) / 5)
        np.testing.assert_allclose(read(tmp_path, "b").times_s, np.arange(8) + 0.5)


class TestTimes:
    def test_by_rate_and_offset(self, tmp_path):
        """Clips of 16 frames, one every 4, at 25 fps: 0.32 s, then every 0.16 s."""
        found = read(write(tmp_path / "f"), "a", rate_hz=6.25, offset_s=0.32)
        np.testing.assert_allclose(found.times_s, 0.32 + 0.16 * np.arange(20))
        # The last clip ends half a clip after its middle: (19 * 4 + 16) / 25 s.
        assert found.duration_s == pytest.approx(92 / 25)

    def test_a_video_that_is_not_there_has_no_thumbnails(self, tmp_path):
        source = PrecomputedMaps(write(tmp_path / "f"))
        part = VideoPart(tmp_path / "gone" / "a.mp4", FeatureSettings())
        found = source.sampled(part, tmp_path / "cache", SILENT)
        assert found.thumbnails is None
        assert found.features.duration_s == pytest.approx(4.0)
        assert not (tmp_path / "cache").exists()

    @pytest.mark.parametrize(("seconds", "words"), [(40.0, "before"), (1.0, "after")])
    def test_what_the_annotation_says_of_its_length_must_fit(
        self, tmp_path, seconds, words
    ):
        source = PrecomputedMaps(write(tmp_path / "f"))
        part = VideoPart(tmp_path / "a.mp4", FeatureSettings(), duration_s=seconds)
        with pytest.raises(InputError, match=rf"a\.npy: maps (end much|go on) {words}"):
            source.sampled(part, tmp_path / "cache", SILENT)
