"""The FCN's losses, augmentation and loop (METHOD section 4)."""

import copy
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dbs_core.method.backprojection.annotation_maps import class_mass, target_map
from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.method.segmentation.fcn import ImprintFCN, segment
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.records import GridScores, Placement
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress
from dbs_core.training import fcn
from dbs_core.training.fcn import (
    Batch,
    TrainingSample,
    cell_cross_entropy,
    train,
    window_cross_entropy,
)

E, C, D, W = 16, 3, 5, 7


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def placed(rng, t, origins=None):
    if origins is None:
        origins = rng.integers(0, E, (t, 2))
    locations = origins[:, None].astype(np.int16)
    times = np.arange(t) * 0.2
    ones = np.ones((t, 1), np.float32)
    return Placement(locations, ones, (E, E), (W, W), times, t * 0.2)


def sample_of(rng, placement, labels, describe=None):
    """A training sample whose frames have labels; descriptors are noise."""
    share = np.eye(C, dtype=np.float32)[labels]
    mass = class_mass(placement, share)
    target = target_map(mass, (W, W), "purity", 4.0)
    descriptors = rng.normal(size=(E, E, D)) if describe is None else describe(target)
    mask = target.sum(-1) > 0
    return TrainingSample(descriptors.astype(np.float16), target, mask, mass)


def batch_of(samples):
    def stacked(name):
        return torch.stack(
            [torch.from_numpy(np.array(getattr(s, name), "f4")) for s in samples]
        )

    target, mass = (stacked(name).permute(0, 3, 1, 2) for name in ("target", "mass"))
    return Batch(target, stacked("mask").bool(), mass)


def image_of(sample):
    grid = torch.from_numpy(sample.descriptors.astype("f4"))
    return (grid * torch.from_numpy(sample.mask)[..., None]).permute(2, 0, 1)[None]


@pytest.fixture
def videos(rng):
    """Two imprints of 9 and 30 frames, with what makes them."""
    placements = [placed(rng, 9), placed(rng, 30)]
    labels = [rng.integers(0, C, len(p)) for p in placements]
    samples = [
        sample_of(rng, p, chosen) for p, chosen in zip(placements, labels, strict=True)
    ]
    return placements, labels, samples


@pytest.fixture
def logits(rng):
    return torch.from_numpy(rng.normal(size=(2, C, E, E)).astype("f4"))


class TestCellLoss:
    def test_is_a_loop_over_assigned_cells(self, videos, logits):
        batch = batch_of(videos[2])
        log_p = F.log_softmax(logits, 1).numpy()
        terms = [
            -(batch.target[b, :, x, y].numpy() * log_p[b, :, x, y]).sum()
            for b, x, y in np.ndindex(2, E, E)
            if batch.mask[b, x, y]
        ]
        wanted = np.mean(terms)
        assert float(cell_cross_entropy(logits, batch)) == pytest.approx(wanted, 1e-5)

    def test_unassigned_and_unknown_cells_say_nothing(self, videos, logits):
        """Whatever stands there: masked cells, and cells of ambiguous frames only."""
        batch = batch_of(videos[2])
        batch.target[:, :, 0] = 0
        known = batch.mask & (batch.target.sum(1) > 0)
        other = torch.where(known[:, None], logits, logits + torch.randn(2, C, E, E))
        first, second = (cell_cross_entropy(x, batch) for x in (logits, other))
        assert float(first) == pytest.approx(float(second), 1e-6)

    def test_perfect_logits_cost_nothing(self, videos):
        batch = batch_of(videos[2])
        sure = (batch.target == 1).float() * 100
        pure = (batch.target == 1).any(1)
        alone = Batch(batch.target, batch.mask & pure, batch.mass)
        assert float(cell_cross_entropy(sure, alone)) == pytest.approx(0, abs=1e-5)

    def test_nothing_assigned_is_zero_not_nan(self, logits):
        empty = torch.zeros(2, C, E, E)
        batch = Batch(empty, torch.zeros(2, E, E).bool(), empty)
        assert float(cell_cross_entropy(logits, batch)) == 0
        assert float(window_cross_entropy(logits, batch)) == 0


class TestWindowLoss:
    def test_is_a_loop_over_frames_and_their_back_projected_scores(
        self, videos, logits
    ):
        """The mean of each frame's -log score of its class.

        The score is back-projection's own, so that training looks at what detection
        reads.
        """
        placements, labels, samples = videos
        total, frames = 0.0, 0
        for b, (placement, chosen) in enumerate(zip(placements, labels, strict=True)):
            probability = logits[b].softmax(0).permute(1, 2, 0).contiguous().numpy()
            scores = to_frames(GridScores(probability, samples[b].mask), placement)
            for t, label in enumerate(chosen):
                total -= math.log(scores.probability[t, label])
                frames += 1
        found = float(window_cross_entropy(logits, batch_of(samples)))
        assert found == pytest.approx(total / frames, rel=1e-4)

    def test_gradient_reaches_the_logits(self, videos, logits):
        logits.requires_grad_()
        window_cross_entropy(logits, batch_of(videos[2])).backward()
        assert torch.isfinite(logits.grad).all()
        assert logits.grad.abs().max() > 0

    @pytest.mark.parametrize("shift", [(0, 0), (3, -5)])
    def test_shift_of_everything_changes_nothing(self, videos, logits, shift):
        batch = batch_of(videos[2])
        moved = Batch(
            *(
                getattr(batch, name).roll(shift, (-2, -1))
                for name in ("target", "mask", "mass")
            )
        )
        for loss in (window_cross_entropy, cell_cross_entropy):
            wanted = float(loss(logits, batch))
            assert float(loss(logits.roll(shift, (-2, -1)), moved)) == pytest.approx(
                wanted, rel=1e-5
            )


class Recorder(ImprintFCN):
    """Keeps what it is shown; the first C descriptors are its logits."""

    def __init__(self):
        super().__init__(architecture="C1", dimensions=D, channels=C)
        self.scale = torch.nn.Parameter(torch.ones(()))
        self.seen = []

    def forward(self, descriptors):
        self.seen.append(descriptors.detach().clone())
        return descriptors[:, :C] * self.scale


class TestCellsAlone:
    """A network that looks at each cell by itself learns as from whole grids."""

    @pytest.mark.parametrize("architecture", ["F3", "P3"])
    @pytest.mark.parametrize("loss", ["windows", "cells"])
    def test_a_step_is_that_of_whole_grids(self, videos, architecture, loss):
        torch.manual_seed(0)
        one = ImprintFCN(architecture=architecture, dimensions=D, channels=C)
        other = copy.deepcopy(one)
        samples = [
            replace(s, descriptors=s.descriptors * s.mask[..., None]) for s in videos[2]
        ]
        settings = TrainingSettings(epochs=1, batch=2, loss=loss)
        (found,) = train(one, samples, settings, generator=generator())

        optimiser = torch.optim.Adam(other.parameters(), lr=settings.learning_rate)
        loss_of = window_cross_entropy if loss == "windows" else cell_cross_entropy
        images = torch.cat([image_of(s) for s in samples])
        wanted = loss_of(other(images), batch_of(samples))
        wanted.backward()
        optimiser.step()
        assert found == pytest.approx(wanted.item(), rel=1e-5)
        for mine, plain in zip(one.parameters(), other.parameters(), strict=True):
            assert torch.allclose(mine, plain, atol=1e-5)

    def test_a_channel_is_dropped_from_all_cells_of_an_imprint(self):
        """As `Dropout2d` drops it: seen from the grid, with the same draws."""
        torch.manual_seed(0)
        network = ImprintFCN(architecture="F3", dimensions=D, channels=C, dropout=0.5)
        image = torch.randn(1, D, E, E)
        torch.manual_seed(3)
        wanted = network(image)[0].permute(1, 2, 0).flatten(0, 1)
        torch.manual_seed(3)
        (found,) = network.of_cells([image[0].permute(1, 2, 0).flatten(0, 1)])
        assert torch.allclose(found, wanted, atol=1e-5)
        (other,) = network.of_cells([image[0].permute(1, 2, 0).flatten(0, 1)])
        assert not torch.allclose(other, wanted, atol=1e-2)


class TestAugmentation:
    """The batches that training sees, taken from the network's side."""

    def losses(self, samples, loss, augment):
        settings = TrainingSettings(
            epochs=6,
            batch=1,
            learning_rate=0.0,
            loss=loss,
            augment=augment,
            mirror=True,
        )
        recorder = Recorder()
        losses = train(recorder, samples, settings, generator=generator(4))
        return recorder.seen, losses

    @pytest.mark.parametrize("loss", ["windows", "cells"])
    def test_shifted_and_mirrored_imprints_cost_the_same(self, videos, loss):
        """Only if target, mask and masses move along with the descriptors."""
        samples = videos[2][1:]
        seen, losses = self.losses(samples, loss, augment=True)
        _, plain = self.losses(samples, loss, augment=False)
        np.testing.assert_allclose(losses, plain[0], rtol=1e-4)
        assert len({x.numpy().tobytes() for x in seen}) > 3

    def test_each_is_a_shift_or_a_shifted_mirror_image(self, videos):
        samples = videos[2][1:]
        seen, _ = self.losses(samples, "cells", augment=True)
        plain = torch.from_numpy(samples[0].descriptors.astype("f4")).permute(2, 0, 1)
        kinds = set()
        for shown in seen:
            matches = [
                mirror
                for mirror, image in enumerate((plain, plain.flip(-1)))
                for m, n in np.ndindex(E, E)
                if torch.equal(image.roll((m, n), (-2, -1)), shown[0])
            ]
            assert len(matches) == 1
            kinds.update(matches)
        assert kinds == {0, 1}

    def test_none_without_augment(self, videos):
        samples = videos[2][1:]
        seen, _ = self.losses(samples, "cells", augment=False)
        assert len({x.numpy().tobytes() for x in seen}) == 1


class TestLoop:
    def easy(self, rng):
        """Three places, four frames of a class at each; descriptors show which."""
        origins = np.repeat([[0, 0], [0, 8], [8, 0]], 4, axis=0)
        placement, labels = placed(rng, 12, origins), np.repeat([0, 1, 2], 4)

        def describe(target):
            noise = 0.1 * rng.normal(size=(E, E, D - C))
            return np.concatenate([target, noise], axis=-1)

        return placement, labels, sample_of(rng, placement, labels, describe)

    @pytest.mark.parametrize("loss", ["windows", "cells"])
    def test_one_imprint_is_learnt_by_heart(self, rng, loss):
        placement, labels, sample = self.easy(rng)
        torch.manual_seed(0)
        network = ImprintFCN(architecture="C2", dimensions=D, channels=C)
        settings = TrainingSettings(
            epochs=150, learning_rate=1e-2, loss=loss, augment=False
        )
        losses = train(network, [sample], settings, generator=generator())
        assert losses[-1] < 0.1 * losses[0]
        grid = segment(network, sample.descriptors.astype(np.float32), sample.mask)
        found = to_frames(grid, placement).probability.argmax(1)
        np.testing.assert_array_equal(found, labels)

    def test_same_generator_gives_the_same_weights(self, videos):
        weights = []
        for seed in (1, 1, 2):
            torch.manual_seed(0)
            network = ImprintFCN(architecture="C1", dimensions=D, channels=C)
            settings = TrainingSettings(epochs=2, batch=1)
            train(network, videos[2], settings, generator=generator(seed))
            weights.append(network.layers[0].weight.detach().numpy().tobytes())
        assert weights[0] == weights[1] != weights[2]

    def test_context_kept_is_context_made_anew(self, videos, monkeypatch):
        """To the last bit: an imprint's context shifts as the imprint does."""
        weights = []
        for held in (10**9, 0):
            monkeypatch.setattr(fcn, "HELD", held)
            torch.manual_seed(0)
            network = ImprintFCN(architecture="P3", dimensions=D, channels=C)
            settings = TrainingSettings(epochs=3, batch=2)
            train(network, videos[2], settings, generator=generator())
            weights.append([one.detach().numpy() for one in network.parameters()])
        for kept, anew in zip(*weights, strict=True):
            np.testing.assert_array_equal(kept, anew)

    def test_every_sample_is_seen_once_an_epoch(self, videos):
        recorder = Recorder()
        settings = TrainingSettings(epochs=3, batch=1, augment=False)
        train(recorder, videos[2], settings, generator=generator())
        shown = [x.numpy().tobytes() for x in recorder.seen]
        assert len(shown) == 6
        assert all(len(set(shown[i : i + 2])) == 2 for i in (0, 2, 4))

    def test_mean_loss_counts_samples_not_batches(self, rng, videos):
        """Batches of two and one: the loss of the epoch is the mean of three."""
        three = [*videos[2], self.easy(rng)[2]]
        settings = TrainingSettings(
            epochs=1, learning_rate=0.0, loss="cells", augment=False, batch=1
        )
        alone = train(Recorder(), three, settings, generator=generator())
        per_sample = [
            float(cell_cross_entropy(image_of(s)[:, :C], batch_of([s]))) for s in three
        ]
        assert alone[0] == pytest.approx(np.mean(per_sample), rel=1e-5)

    def test_progress_and_stop(self, videos):
        steps = []

        def cancelled():
            return len(steps) == 3

        progress = Progress(steps.append, cancelled)
        with pytest.raises(Cancelled):
            train(
                Recorder(),
                videos[2],
                TrainingSettings(epochs=10, batch=1),
                generator=generator(),
                progress=progress,
            )
        assert [(s.done, s.total) for s in steps] == [(0, 20), (1, 20), (2, 20)]
        assert "epoch 2 of 10" in steps[2].detail
