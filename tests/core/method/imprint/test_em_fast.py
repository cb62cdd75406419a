"""The fast EM against the float64 reference with one fixed variance; its properties.

Both ways of comparing frames with windows are held to it: in bytes, and in float32.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dbs_core.method.features.projection import l2
from dbs_core.method.imprint import accumulation, em, em_fast, reduced_frames, search
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.reduced_frames import ReducedFrames
from dbs_core.method.imprint.search import log_joint_at
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress
from tests.core.made_frames import features_of, generator, plain, scenes
from tests.core.method.imprint import exact_em as exact

FAST = EpitomeSettings(grid=16, search="fast", learn_variance=False)
FULL = EpitomeSettings(grid=16)
D = 6


@pytest.fixture(params=[True, False], ids=["bytes", "float32"])
def route(request, monkeypatch):
    """One of the two ways, whatever this machine would take."""
    monkeypatch.setattr(search, "multiplies_bytes", lambda device: request.param)


def frames_of(features):
    return ReducedFrames(features, plain(D), torch.device("cpu"))


def cells_of(features):
    return torch.cat([block for _, block in frames_of(features).blocks()])


def started(features, settings=FAST, seed=0):
    return em.start(cells_of(features), settings, generator(seed))


def as_array(posterior, t, grid=16):
    q = np.zeros((t, grid * grid))
    q[posterior.frame.numpy(), posterior.origin.numpy()] = posterior.weight.numpy()
    return q.reshape(t, grid, grid)


def reference(features, mean, variance, iterations):
    """The same problem for `exact_em`, in float64."""
    begin = mean.double().numpy()
    return exact.fit(
        cells_of(features).double().numpy(),
        exact.ExactEpitome(begin, np.full_like(begin, variance)),
        iterations=iterations,
        learn_variance=False,
    )


def never():
    return False


@pytest.mark.usefixtures("route")
class TestAgainstTheReference:
    """Tolerances: likelihood 1e-5 of itself, posterior 1e-3, means 1e-3."""

    @pytest.mark.parametrize("seed", range(3))
    def test_follows_it(self, seed):
        """Where frames cover every cell: an unused one keeps its mean only here."""
        rng = np.random.default_rng(seed)
        video = features_of(rng.normal(size=(60, 3, 3, D)))
        mean = l2(torch.from_numpy(rng.normal(size=(8, 8, D)).astype("f4")))
        wanted = reference(video, mean, FAST.variance, 4)
        settings = replace(FAST, keep=64)
        for step in range(4):
            last = em_fast.iterate(frames_of(video), mean, settings, never)
            mean = last.parameters
            assert last.log_likelihood == pytest.approx(
                wanted.log_likelihood[step], rel=1e-5
            )
        found = as_array(last.posterior, 60, 8)
        np.testing.assert_allclose(found, wanted.posterior, atol=1e-3)
        best = wanted.posterior.reshape(60, -1).argmax(1)
        np.testing.assert_array_equal(last.best, best)
        np.testing.assert_allclose(mean, wanted.epitome.mean, atol=1e-3)

    @pytest.mark.parametrize("seed", range(3))
    @pytest.mark.parametrize("start", ["tiled", "snake", "sorted", "overlapping"])
    def test_ends_where_the_full_search_ends(self, start, seed):
        """With one fixed variance; that one is held to the reference itself."""
        video = scenes(np.random.default_rng(seed))
        settings = replace(FAST, start=start)
        full, fast = (
            fit(
                video,
                plain(D),
                replace(settings, search=search),
                generator=generator(seed),
            )
            for search in ("full", "fast")
        )
        # near zero a sum of logarithms has no digits of its own: those of the start
        np.testing.assert_allclose(
            fast.log_likelihood,
            full.log_likelihood,
            atol=1e-5 * np.abs(full.log_likelihood).max(),
        )
        np.testing.assert_array_equal(fast.trace, full.trace)
        np.testing.assert_allclose(fast.imprint.mean, full.imprint.mean, atol=1e-3)

    def test_a_frame_may_lie_on_several_places(self, rng):
        """Nine tiles with one picture: a ninth of the frame on each (Eq. 2)."""
        video = features_of(np.repeat(rng.normal(size=(1, 7, 7, D)), 5, axis=0))
        settings = replace(FAST, grid=21, keep=16)
        mean = started(video, settings).mean
        found = em_fast.iterate(frames_of(video), mean, settings, never)
        wanted = reference(video, mean, settings.variance, 1)
        assert found.log_likelihood == pytest.approx(wanted.log_likelihood[0], rel=1e-5)
        np.testing.assert_allclose(
            as_array(found.posterior, 5, 21), wanted.posterior, atol=1e-3
        )
        assert (found.posterior.weight > 0.1).sum() == 45

    def test_likelihood_never_falls(self, rng):
        video = scenes(rng)
        settings = replace(FAST, tolerance=0.0)
        course = em_fast.learn(frames_of(video), settings, generator())
        steps = np.array(course.log_likelihood)
        assert np.all(np.diff(steps) >= -1e-6 * np.abs(steps[1:]))
        assert steps[-1] > steps[0]


@pytest.mark.usefixtures("route")
class TestProperties:
    def test_shifted_start_shifts_the_result(self, rng, monkeypatch):
        video, shift = scenes(rng), (3, -5)
        first = fit(video, plain(D), FAST, generator=generator())
        begin = em_fast._start
        monkeypatch.setattr(
            em_fast, "_start", lambda *args: begin(*args).roll(shift, (0, 1))
        )
        second = fit(video, plain(D), FAST, generator=generator())
        moved = (first.placement.locations + np.array(shift)) % 16
        used = first.placement.weights > 1e-3
        np.testing.assert_array_equal(second.placement.locations[used], moved[used])
        np.testing.assert_allclose(
            second.imprint.mean,
            np.roll(first.imprint.mean, shift, (0, 1)),
            atol=1e-4,
        )

    def test_order_of_frames_does_not_matter(self, rng):
        video = scenes(rng)
        start = started(video).mean
        order = rng.permutation(len(video))
        mixed = features_of(video.maps[order])
        results = []
        for chosen in (video, mixed):
            mean = start
            for _ in range(3):
                last = em_fast.iterate(frames_of(chosen), mean, FAST, never)
                mean = last.parameters
            q = as_array(last.posterior, len(video))
            results.append((q, last.log_likelihood, mean))
        (q, total, mean), (q_mixed, total_mixed, mean_mixed) = results
        np.testing.assert_allclose(q_mixed, q[order], atol=1e-4)
        np.testing.assert_allclose(mean_mixed, mean, atol=1e-4)
        assert total_mixed == pytest.approx(total, rel=1e-6)

    def test_same_seed_gives_the_same_bits(self, rng):
        video = scenes(rng)
        first, second, other = (
            fit(video, plain(D), FAST, generator=generator(seed)) for seed in (5, 5, 6)
        )
        assert first.placement.weights.tobytes() == second.placement.weights.tobytes()
        assert first.imprint.mean.tobytes() == second.imprint.mean.tobytes()
        assert not np.array_equal(other.placement.best, first.placement.best)

    def test_long_videos_are_read_anew_to_the_same_result(self, rng, monkeypatch):
        video = scenes(rng)
        held = fit(video, plain(D), FAST, generator=generator())
        monkeypatch.setattr(reduced_frames, "HELD", 10)
        monkeypatch.setattr(accumulation, "CHUNK", 7)
        pieces = [len(piece.frames) for piece in frames_of(video)]
        assert pieces == [7, 7, 7, 7, 7, 7, 6]
        streamed = fit(video, plain(D), FAST, generator=generator())
        np.testing.assert_array_equal(streamed.placement.best, held.placement.best)
        np.testing.assert_allclose(streamed.imprint.mean, held.imprint.mean, atol=1e-4)

    @pytest.mark.parametrize("start", ["tiled", "noise"])
    def test_the_full_em_reads_long_videos_anew_too(self, rng, monkeypatch, start):
        video, full = scenes(rng), replace(FULL, start=start)
        held = fit(video, plain(D), full, generator=generator())
        monkeypatch.setattr(reduced_frames, "HELD", 10)
        monkeypatch.setattr(em, "HELD", 10)
        monkeypatch.setattr(em, "NOISE_FRAMES", len(video))
        monkeypatch.setattr(reduced_frames, "BLOCK", 2)
        monkeypatch.setattr(accumulation, "CHUNK", 7)
        blocks = [(first, len(block)) for first, block in frames_of(video).blocks()]
        assert blocks == [(0, 14), (14, 14), (28, 14), (42, 6)]
        streamed = fit(video, plain(D), full, generator=generator())
        first = (streamed.log_likelihood[0], held.log_likelihood[0])
        assert first[0] == pytest.approx(first[1], rel=1e-6)
        if start == "tiled":  # from noise, rounding alone leads elsewhere
            np.testing.assert_array_equal(streamed.placement.best, held.placement.best)
            np.testing.assert_allclose(
                streamed.imprint.mean, held.imprint.mean, atol=1e-4
            )

    @pytest.mark.parametrize("t", [1, 2])
    def test_very_short_videos(self, rng, t):
        video = features_of(rng.normal(size=(t, 7, 10, D)))
        found = fit(video, plain(D), FAST, generator=generator())
        assert found.placement.best.shape == (t, 2)
        assert found.imprint.usage.sum() == pytest.approx(70 * t, rel=1e-3)

    def test_cells_of_zeros_stay_finite(self):
        video = features_of(np.zeros((3, 7, 7, D)))
        found = fit(video, plain(D), FAST, generator=generator())
        assert np.isfinite(found.log_likelihood).all()


class TestParts:
    @pytest.mark.parametrize("window", [(7, 7), (2, 4)])
    def test_scores_at_places_are_equation_1(self, rng, window):
        t, grid = 5, (16, 18)
        frames = torch.from_numpy(rng.normal(size=(t, *window, D)).astype("f4"))
        mean = torch.from_numpy(rng.normal(size=(*grid, D)).astype("f4"))
        frame = torch.arange(t).repeat_interleave(300)
        origin = torch.from_numpy(rng.integers(0, grid[0] * grid[1], t * 300))
        found = log_joint_at(frames, frame, origin, mean, 0.3)
        spread = np.full(mean.shape, 0.3)
        joint = exact.log_joint(
            frames.double().numpy(), exact.ExactEpitome(mean.double().numpy(), spread)
        )
        wanted = joint.reshape(t, -1)[frame, origin]
        np.testing.assert_allclose(found, wanted, rtol=1e-5)

    @pytest.mark.usefixtures("route")
    def test_rounding_changes_scores_by_less_than_the_slack(self, rng):
        """Of cells of unit length, as the EM's are; in order, the best first."""
        video = scenes(rng)
        frames, mean = cells_of(video), started(scenes(rng)).mean
        windows = search.windows_of(mean, (7, 7))
        score, origin = windows.nearest(frames, search.rounded_frames(frames), 8)
        joint = exact.log_joint(
            frames.double().numpy(),
            exact.ExactEpitome(mean.double().numpy(), np.ones(mean.shape)),
        ).reshape(len(video), -1)
        # with a variance of one, the log density is minus half the squared distance
        gap = np.take_along_axis(joint, origin.numpy(), 1) - joint.max(1, keepdims=True)
        error = np.abs((score - score[:, :1]).numpy() - gap)
        assert error.max() < em_fast.SLACK * 49
        assert np.all(np.diff(score.numpy(), axis=1) <= 0)

    def test_start_reads_only_the_frames_it_shows(self, rng):
        video = scenes(rng)
        whole = em.start(cells_of(video), FAST, generator()).mean
        found = em_fast._start(frames_of(video), FAST, generator())
        np.testing.assert_allclose(found, whole, atol=1e-6)


class TestSettings:
    def test_full_is_the_default(self):
        assert not EpitomeSettings().fast

    def test_noise_start_takes_the_full_search(self, rng):
        """Its posteriors are flat: the few best locations are not enough."""
        video = scenes(rng)
        settings = EpitomeSettings(grid=16, start="noise", iterations=3)
        full, fast = (
            fit(
                video, plain(D), replace(settings, search=search), generator=generator()
            )
            for search in ("full", "fast")
        )
        assert full.imprint.mean.tobytes() == fast.imprint.mean.tobytes()
        np.testing.assert_array_equal(full.log_likelihood, fast.log_likelihood)

    def test_can_be_stopped_between_pieces(self, rng, monkeypatch):
        monkeypatch.setattr(accumulation, "CHUNK", 10)
        asked = []

        def cancelled():
            asked.append(True)
            return len(asked) > 2

        with pytest.raises(Cancelled):
            fit(
                scenes(rng),
                plain(D),
                FAST,
                generator=generator(),
                progress=Progress(cancelled=cancelled),
            )
        assert len(asked) == 3

    def test_no_frame(self):
        nothing = Features(np.zeros((0, 7, 7, D), np.float32), np.zeros(0), 1.0)
        with pytest.raises(InputError, match="no frame"):
            fit(nothing, plain(D), FAST, generator=generator())
