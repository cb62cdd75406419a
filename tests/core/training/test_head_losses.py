"""What the points of the pyramid should say, and how wrong answers are weighed."""

import math

import pytest
import torch

from dbs_core.method.detection.pyramid import PyramidHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.training.head_losses import answers, focal_loss, head_loss
from dbs_core.training.head_sample import HeadSample

SETTINGS = HeadSettings(kind="pyramid", width=8, dropout=0.0, input_dropout=0.0)


def at(actions, count, level, classes=2):
    counts = [count if level == n else 0 for n in range(SETTINGS.levels)]
    return answers(torch.tensor(actions), counts, classes, SETTINGS)


def test_the_points_near_the_middle_answer_on_the_level_of_their_range():
    short = [[10.0, 16.0, 1.0]]
    labels, reach = at(short, 30, 0)
    # Within 1.5 samples of 13.
    assert labels[:, 0].nonzero()[:, 0].tolist() == [12, 13, 14]
    assert reach[12].tolist() == [2, 4]
    # On the next one within 3, where the farther end is 4 or more away.
    labels, _ = at(short, 15, 1)
    assert (2 * labels[:, 0].nonzero()[:, 0]).tolist() == [10, 12, 14]
    assert not at(short, 8, 2)[0].any()


def test_a_long_action_is_for_the_coarse_levels_only():
    long = [[0.0, 100.0, 2.0]]
    asked = [bool(at(long, 128 // 2**n, n)[0].any()) for n in range(5)]
    assert asked == [False, False, False, False, True]
    assert not at(long, 8, 4)[0][:, 0].any()


def test_two_classes_at_one_moment_are_both_said_with_the_shorter_ones_reach():
    both = [[10.0, 16.0, 1.0], [9.0, 17.0, 2.0]]
    labels, reach = at(both, 30, 0)
    assert labels[13].tolist() == [1, 1]
    assert reach[13].tolist() == [3, 3]
    assert at(both[::-1], 30, 0)[1][13].tolist() == [3, 3]


def test_all_levels_at_once_are_each_point_by_itself():
    """Random actions, some of them overlapping, point by point in plain Python."""
    generator = torch.Generator().manual_seed(5)
    for count in (0, 1, 7):
        start = (torch.rand(count, generator=generator) * 60).round()
        length = (torch.rand(count, generator=generator) * 40).round() + 1
        label = torch.randint(1, 4, (count,), generator=generator).float()
        actions = torch.stack([start, start + length, label], dim=1)
        counts = [math.ceil(80 / 2**level) for level in range(SETTINGS.levels)]
        labels, reach = answers(actions, counts, 3, SETTINGS)
        points = [(n, i * 2**n) for n, c in enumerate(counts) for i in range(c)]
        assert len(points) == len(labels) == len(reach)
        for (level, at_), said, far in zip(points, labels, reach, strict=True):
            least, most = SETTINGS.ranges[2 * level : 2 * level + 2]
            mine = [
                (b - a, c, at_ - a, b - at_)
                for a, b, c in actions.tolist()
                if a <= at_ < b
                and least <= max(at_ - a, b - at_) <= most
                and abs(at_ - (a + b) / 2) <= SETTINGS.centre * 2**level
            ]
            wanted = [float(any(c == k for _, c, *_ in mine)) for k in (1, 2, 3)]
            assert said.tolist() == wanted
            shortest = min(mine, default=(0, 0, 0.0, 0.0))[0]
            assert far.tolist() in [
                [back, ahead] for size, _, back, ahead in mine if size == shortest
            ] or (not mine and far.tolist() == [0, 0])


def test_the_focal_loss_by_hand():
    found = focal_loss(torch.tensor([[0.0, math.log(9)]]), torch.tensor([[1.0, 0.0]]))
    wanted = [0.25 * 0.25 * math.log(2), 0.75 * 0.81 * math.log(10)]
    assert found[0].tolist() == pytest.approx(wanted, rel=1e-5)


def sample(actions, t=32):
    target = torch.zeros(t, 3)
    target[:, 0] = 1
    generator = torch.Generator().manual_seed(3)
    return HeadSample(
        torch.randn(t, 4, generator=generator),
        target,
        torch.zeros(t, 2),
        torch.zeros(t, dtype=torch.bool),
        torch.tensor(actions).reshape(-1, 3),
    )


def test_overlapping_actions_of_two_classes_are_both_learnt():
    torch.manual_seed(0)
    network = PyramidHead(dimensions=4, channels=3, settings=SETTINGS)
    video = sample([[10.0, 16.0, 1.0], [8.0, 18.0, 2.0]])
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(150):
        loss = head_loss(network, [video], SETTINGS, "cpu")
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.eval()
    with torch.inference_mode():
        _, told = network.tell(video.frames, 1.0)
    assert float(told[13, 0, 2]) > 0.4
    assert float(told[13, 1, 2]) > 0.4
    assert float(told[28:, :, 2].max()) < 0.2


def test_no_action_at_all_is_something_to_learn_from_too():
    torch.manual_seed(0)
    network = PyramidHead(dimensions=4, channels=3, settings=SETTINGS)
    loss = head_loss(network, [sample([]), sample([], t=5)], SETTINGS, "cpu")
    loss.backward()
    assert bool(torch.isfinite(loss))
