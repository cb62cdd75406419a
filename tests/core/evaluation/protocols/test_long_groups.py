"""Groups of many spans are matched by a way of their own: the same as one by one."""

import numpy as np
import pytest

from dbs_core.evaluation.protocols import long_groups, matching
from dbs_core.evaluation.protocols.activitynet import RULE as ACTIVITYNET
from dbs_core.evaluation.protocols.matching import match_greedily
from dbs_core.evaluation.protocols.thumos import RULE as THUMOS
from dbs_core.records.overlap import temporal_iou

LONG = 64
TIOU = np.array([0.1, 0.3, 0.5, 0.75, 1.0])


@pytest.fixture(autouse=True)
def _short_ones_count_as_long(monkeypatch):
    monkeypatch.setattr(matching, "LONG", LONG)


def one_by_one(drivers_s, targets_s, tiou, rule):
    """The rule as it is written: in turn, the best free target that is near enough."""
    iou = temporal_iou(drivers_s, targets_s, by=rule.rounding)
    found = np.full((len(tiou), len(drivers_s)), -1)
    for level, threshold in enumerate(tiou):
        free = set(range(len(targets_s)))
        for driver, row in enumerate(iou):
            near = [
                t
                for t in sorted(free)
                if (row[t] > threshold if rule.strict else row[t] >= threshold)
            ]
            if near:
                top = max(row[t] for t in near)
                best = [t for t in near if row[t] == top]
                found[level, driver] = best[0 if rule.tie == "first" else -1]
                free.discard(int(found[level, driver]))
    return found


def spans(rng, n, grain):
    """Spans on a coarse grid, so that equal overlaps are many."""
    start = rng.integers(0, 40, n) / grain
    return np.stack([start, start + rng.integers(1, 12, n) / grain], axis=1)


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
@pytest.mark.parametrize("seed", range(12))
def test_matches_as_one_by_one(rule, seed, monkeypatch):
    rng = np.random.default_rng(seed)
    monkeypatch.setattr(long_groups, "PAIRS", int(rng.integers(1, 400)))
    drivers = spans(rng, LONG + 60, 3.0)
    targets = spans(rng, int(rng.integers(1, 90)), 3.0)
    if seed % 2:
        drivers, targets = drivers + rng.random(), targets * rng.uniform(0.9, 1.1)
    nobody = np.zeros(len(drivers), np.int64), np.zeros(len(targets), np.int64)
    found = match_greedily(drivers, nobody[0], targets, nobody[1], TIOU, rule)
    assert found.tolist() == one_by_one(drivers, targets, TIOU, rule).tolist()


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
def test_long_and_short_groups_together(rule, rng):
    sizes = (LONG + 5, 3, LONG + 40, 1, 20)
    drivers = spans(rng, sum(sizes), 2.0)
    group = np.repeat([4, 9, 2, 7, 5], sizes)[rng.permutation(sum(sizes))]
    targets = spans(rng, 120, 2.0)
    other = rng.choice([4, 9, 2, 8], 120)
    found = match_greedily(drivers, group, targets, other, TIOU, rule)
    for name in (4, 9, 2, 7, 5, 8):
        mine, own = np.flatnonzero(group == name), np.flatnonzero(other == name)
        alone = one_by_one(drivers[mine], targets[own], TIOU, rule)
        wanted = np.where(alone >= 0, np.append(own, -1)[alone], -1)
        assert found[:, mine].tolist() == wanted.tolist()
