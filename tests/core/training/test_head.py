"""Training the temporal head: its loss, its splices, and that it learns time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dbs_core.method.detection.head import TemporalHead
from dbs_core.method.detection.pyramid import PyramidHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.records import Segments
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.seeds import seeded
from dbs_core.training.head import train_head
from dbs_core.training.head_losses import diou_loss
from dbs_core.training.head_sample import head_sample, spliced

SETTINGS = HeadSettings(
    kind="conv",
    width=16,
    dilations=(1, 2, 4),
    epochs=30,
    averaging=0.9,
    learning_rate=1e-2,
)


def loss(found, wanted):
    return float(diou_loss(torch.tensor([found]), torch.tensor([wanted]))[0])


def test_the_loss_by_hand():
    assert loss([1.0, 2.0], [1.0, 2.0]) == pytest.approx(0, abs=1e-6)
    # [-1, 1] and [-1, 3]: 2 of 4 shared, middles 1 apart of a hull of 4.
    assert loss([1.0, 1.0], [1.0, 3.0]) == pytest.approx(0.5 + 1 / 16)


def test_the_reach_of_every_frame_in_an_action():
    times = np.arange(5) * 0.2
    sample = head_sample(
        np.zeros((5, 2), np.float32),
        np.zeros((5, 2), np.float32),
        Segments.of([[0.1, 0.65]], [1]),
        times,
    )
    assert sample.inside.tolist() == [False, True, True, True, False]
    np.testing.assert_allclose(
        sample.reach_s[1:4], [[0.1, 0.45], [0.3, 0.25], [0.5, 0.05]], atol=1e-6
    )


def videos(count=12, t=40, seed=0):
    """An action shows only where it begins and ends: what is between looks empty."""
    rng = np.random.default_rng(seed)
    samples, spans = [], []
    for _ in range(count):
        first = int(rng.integers(4, 20))
        last = first + int(rng.integers(6, 14))
        frames = 0.1 * rng.normal(size=(t, 3)).astype(np.float32)
        frames[first, 0], frames[last - 1, 1] = 3, 3
        target = np.zeros((t, 2), np.float32)
        target[:, 0] = 1
        target[first:last] = [0, 1]
        span = [first * 0.2, last * 0.2]
        times = np.arange(t) * 0.2
        samples.append(head_sample(frames, target, Segments.of([span], [1]), times))
        spans.append(span)
    return samples, spans


def trained(samples, settings=SETTINGS, seed=0, progress=None):
    generator = torch.Generator().manual_seed(seed)
    with seeded(generator):
        kind = PyramidHead if settings.kind == "pyramid" else TemporalHead
        network = kind(dimensions=3, channels=2, settings=settings)
        train_head(
            network,
            samples,
            settings,
            generator=generator,
            progress=progress or Progress(),
        )
    return network


def test_learns_what_no_single_frame_shows():
    network = trained(videos()[0])
    samples, spans = videos(4, seed=1)
    for sample, (start, end) in zip(samples, spans, strict=True):
        with torch.inference_mode():
            logits, reach = network(sample.frames[None])
        right = logits[0].argmax(1) == sample.target.argmax(1)
        assert float(right.float().mean()) > 0.9
        middle = int((start + end) / 2 / 0.2)
        told = [
            middle * 0.2 - float(reach[0, middle, 0]),
            middle * 0.2 + float(reach[0, middle, 1]),
        ]
        shared = min(told[1], end) - max(told[0], start)
        assert shared / (max(told[1], end) - min(told[0], start)) > 0.6


@pytest.mark.parametrize("kind", ["conv", "pyramid"])
def test_the_same_seed_gives_the_same_bytes(kind):
    samples = videos(4)[0]
    settings = replace(SETTINGS, kind=kind, epochs=2)
    one, other = (trained(samples, settings).state_dict() for _ in range(2))
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


@pytest.mark.parametrize("steps", [1, 2, 9, 10, 11, 20])
def test_any_number_of_steps_is_enough(steps):
    """Of ten, PyTorch's schedule divides by a warm-up of none."""
    network = trained(videos(2)[0], replace(SETTINGS, epochs=steps))
    assert all(bool(torch.isfinite(value).all()) for value in network.parameters())


def test_a_set_without_labels_does_no_harm():
    samples = videos(4)[0]
    settings = replace(SETTINGS, epochs=2, splice=0.0)
    silent = [replace(s, target=torch.zeros_like(s.target)) for s in samples]
    network = trained(silent, settings)
    with torch.inference_mode():
        assert bool(torch.isfinite(network(samples[0].frames[None])[0]).all())


def test_a_video_of_nothing_but_action_can_be_spliced():
    whole = head_sample(
        np.zeros((6, 3), np.float32),
        np.tile(np.float32([0, 1]), (6, 1)),
        Segments.of([[0.0, 1.2]], [1]),
        np.arange(6) * 0.2,
    )
    trained([whole, whole], replace(SETTINGS, epochs=2, splice=1.0))


def test_the_pyramid_learns_what_no_single_frame_shows():
    settings = replace(SETTINGS, kind="pyramid", epochs=60)
    network = trained(videos()[0], settings)
    samples, spans = videos(4, seed=1)
    for sample, (start, end) in zip(samples, spans, strict=True):
        with torch.inference_mode():
            _, told = network.tell(sample.frames, 0.2)
        best = int(told[:, 0, 2].argmax())
        back, ahead, _ = told[best, 0].tolist()
        first, last = best * 0.2 - back, best * 0.2 + ahead
        shared = min(last, end) - max(first, start)
        assert shared / (max(last, end) - min(first, start)) > 0.6


def test_a_splice_moves_the_actions_with_their_frames():
    samples = videos(2)[0]
    generator = torch.Generator().manual_seed(1)
    joined = spliced(samples[0], samples[1], generator)
    for start, end, label in joined.actions.tolist():
        inside = joined.target[round(start) : round(end), int(label)]
        assert bool((inside == 1).all())
        assert float(joined.frames[round(start), 0]) == 3
        assert float(joined.frames[round(end) - 1, 1]) == 3


def test_can_be_stopped():
    samples = videos(2)[0]
    with pytest.raises(Cancelled):
        trained(
            samples,
            replace(SETTINGS, epochs=1),
            progress=Progress(cancelled=lambda: True),
        )
