"""Axes that labels shape: the gradient is right, and labels do shape them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dbs_core.method.features.projection import Projection, fit_projection
from dbs_core.method.imprint.settings import EpitomeSettings, MetricSettings
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress
from dbs_core.training import axes as training_axes
from dbs_core.training.axes import Chain, frames_to_draw, shaped_by_labels

EPITOME = EpitomeSettings(grid=16, variance=0.05)
SETTINGS = MetricSettings(
    kind="labels", epochs=8, frames=48, grid=16, temperature=9.0, learning_rate=1e-2
)


def video(seed, count=48):
    """Frames that differ much in what tells nothing, little in what tells the class."""
    rng = np.random.default_rng(seed)
    label = rng.random(count) < 0.5
    maps = np.zeros((count, 3, 3, 8), np.float32)
    maps[..., 0] = 1
    maps[..., 1:4] = rng.normal(size=(count, 1, 1, 3))
    maps[..., 4] = 0.3 * np.where(label, 1, -1)[:, None, None]
    maps += 0.02 * rng.normal(size=maps.shape).astype(np.float32)
    return maps, np.stack([~label, label], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def known():
    videos = [video(seed) for seed in range(6)]
    cells = np.concatenate([maps.reshape(-1, 8) for maps, _ in videos])
    locate = fit_projection(cells, 5)
    describe = Projection(np.zeros(8, np.float32), np.eye(8, dtype=np.float32))
    # A network that knows what tells the class already.
    network = ImprintFCN(architecture="C1", dimensions=8, channels=2)
    (layer,) = network.layers
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    layer.weight.data[:, 4, 1, 1] = torch.tensor([-20.0, 20.0])
    return videos, locate, describe, network


def shaped(known, settings=SETTINGS, progress=None, seed=0):
    videos, locate, describe, network = known
    draws = [frames_to_draw(maps, target, settings.frames) for maps, target in videos]
    return shaped_by_labels(
        draws,
        Chain(locate, describe, network, EPITOME, settings),
        generator=torch.Generator().manual_seed(seed),
        progress=progress or Progress(),
    )


def told(projection):
    """How much the axes look at what tells the class, beside what tells nothing."""
    length = np.linalg.norm(projection.axes, axis=1)
    return length[4] / length[1:4].mean()


def test_labels_shape_the_axes(known):
    assert told(shaped(known)) > 1.1 * told(known[1])


def test_the_gradient_is_that_of_the_loss(known, monkeypatch):
    """Against finite differences; the EM that runs without gradient held still."""
    videos, locate, describe, network = known
    maps, target = videos[0]
    frames = frames_to_draw(maps, target, 48)(torch.Generator().manual_seed(1))
    generator = torch.Generator().manual_seed(2)
    axes = torch.from_numpy(locate.axes.copy()).requires_grad_()
    network.eval()
    chain = Chain(locate, describe, network, EPITOME, SETTINGS)
    still: list[object] = []
    settle = training_axes._settled

    def once(*args):
        if not still:
            still.append(settle(*args))
        return still[0]

    monkeypatch.setattr(training_axes, "_settled", once)

    def loss(of):
        return training_axes.end_to_end_loss(frames, of, chain, generator)

    loss(axes).backward()
    way = torch.randn(axes.shape, generator=generator)
    step = 3e-3
    with torch.no_grad():
        slope = (loss(axes + step * way) - loss(axes - step * way)) / (2 * step)
    assert float((axes.grad * way).sum()) == pytest.approx(float(slope), rel=0.03)


def test_the_same_seed_gives_the_same_axes(known):
    short = replace(SETTINGS, epochs=1)
    one, again = shaped(known, short), shaped(known, short)
    assert one.axes.tobytes() == again.axes.tobytes()
    assert one.axes.tobytes() != shaped(known, short, seed=1).axes.tobytes()


def test_the_network_given_is_left_alone(known):
    before = [p.detach().clone() for p in known[3].parameters()]
    shaped(known, replace(SETTINGS, epochs=1))
    assert all(
        torch.equal(a, b) for a, b in zip(before, known[3].parameters(), strict=True)
    )


def test_can_be_stopped(known):
    asked = Progress(cancelled=lambda: True)
    with pytest.raises(Cancelled):
        shaped(known, progress=asked)


def test_frames_are_spread_over_the_video():
    maps, target = video(0, count=200)
    drawn = frames_to_draw(maps, target, 50)(torch.Generator().manual_seed(0))
    assert len(drawn.maps) == len(drawn.target) == 50
    at = [
        int(np.flatnonzero((maps == one.numpy()).all((1, 2, 3)))[0])
        for one in drawn.maps
    ]
    assert set(np.diff(at)) == {4}


def test_a_short_video_gives_all_its_frames():
    maps, target = video(0, count=30)
    drawn = frames_to_draw(maps, target, 50)(torch.Generator().manual_seed(0))
    assert torch.equal(drawn.maps, torch.from_numpy(maps))


@pytest.mark.parametrize("name", ["epochs", "frames", "iterations"])
def test_settings_that_make_no_sense_are_refused(name):
    with pytest.raises(InputError, match=f"metric's {name}.*at least 1"):
        MetricSettings(**{name: 0})
