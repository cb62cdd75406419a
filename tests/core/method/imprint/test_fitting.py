"""The two-step scheme: what `fit` gives, refuses and repeats."""

import numpy as np
import pytest

from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress
from tests.core.made_frames import features_of, generator, plain, scenes
from tests.core.method.imprint.test_em import SMALL


class TestFit:
    def test_says_how_it_got_there(self, rng):
        found = fit(
            scenes(rng), plain(6), EpitomeSettings(grid=16), generator=generator()
        )
        steps = len(found.log_likelihood)
        assert found.converged
        assert steps < 20
        assert found.trace.shape == (steps, 48, 2)
        np.testing.assert_array_equal(found.trace[-1], found.placement.best)

    def test_uses_every_cell_of_every_frame(self, rng):
        found = fit(scenes(rng), plain(6), SMALL, generator=generator())
        kept = found.placement.weights.sum()
        assert kept == pytest.approx(48, rel=1e-3)
        assert found.imprint.usage.sum() == pytest.approx(49 * kept, rel=1e-4)

    def test_keeps_the_likeliest_locations(self, rng):
        """`keep` of them, the best first; unused places have weight 0."""
        settings = EpitomeSettings(grid=16, start="noise", iterations=1, keep=5)
        placement = fit(
            scenes(rng), plain(6), settings, generator=generator()
        ).placement
        assert placement.weights.shape == (48, 5)
        assert np.all(np.diff(placement.weights, axis=1) <= 0)

    def test_stops_after_its_iterations(self, rng):
        settings = EpitomeSettings(grid=16, iterations=1)
        found = fit(scenes(rng), plain(6), settings, generator=generator())
        assert len(found.log_likelihood) == 1
        assert not found.converged

    def test_single_frame(self, rng):
        video = features_of(rng.normal(size=(1, 7, 7, 6)))
        found = fit(video, plain(6), SMALL, generator=generator())
        assert found.placement.best.shape == (1, 2)
        assert found.imprint.usage.sum() == pytest.approx(49, rel=1e-5)

    def test_maps_that_are_not_square(self, rng):
        video = features_of(rng.normal(size=(5, 7, 10, 6)))
        found = fit(video, plain(6), SMALL, generator=generator())
        assert found.placement.window == (7, 10)
        assert found.imprint.usage.sum() == pytest.approx(350, rel=1e-4)

    def test_same_seed_gives_the_same_bits(self, rng):
        video = scenes(rng)
        first, second = (
            fit(video, plain(6), SMALL, generator=generator(5)) for _ in range(2)
        )
        assert first.placement.weights.tobytes() == second.placement.weights.tobytes()
        assert first.imprint.mean.tobytes() == second.imprint.mean.tobytes()
        other = fit(video, plain(6), SMALL, generator=generator(6))
        assert not np.array_equal(other.placement.best, first.placement.best)

    def test_no_frame(self):
        nothing = Features(np.zeros((0, 7, 7, 6), np.float32), np.zeros(0), 1.0)
        with pytest.raises(InputError, match="no frame"):
            fit(nothing, plain(6), SMALL, generator=generator())

    @pytest.mark.parametrize("grid", [15, 65, 0])
    def test_grid_out_of_range(self, grid):
        with pytest.raises(InputError, match=f"16 to 64 cells, got {grid}"):
            EpitomeSettings(grid=grid)

    def test_can_be_stopped_between_iterations(self, rng):
        asked = []

        def cancelled():
            asked.append(True)
            return len(asked) > 2

        with pytest.raises(Cancelled):
            fit(
                scenes(rng),
                plain(6),
                EpitomeSettings(grid=16, tolerance=0.0),
                generator=generator(),
                progress=Progress(cancelled=cancelled),
            )
        assert len(asked) == 3
