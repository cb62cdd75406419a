"""Greedy one-to-one matching of spans, for all groups and thresholds at once.

Both protocols are one procedure with the roles exchanged: in turn, each *driver*
takes the free *target* of its group (class and video) that it overlaps most.
THUMOS'14 lets the truths choose among detections, ActivityNet the detections among
truths (METHOD sections 8.2 and 8.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from dbs_core.evaluation.protocols.long_groups import LONG, match_one_group
from dbs_core.records.overlap import Rounding, paired_iou

Thresholds = Sequence[float] | np.ndarray
"""IoU thresholds, any number of them, as a caller may give them."""


@dataclass(frozen=True)
class MatchRule:
    """How overlap counts as a match.

    `strict` asks for IoU > threshold, else IoU >= threshold. Of several targets
    with the same IoU the `first` or the `last` is taken.
    """

    strict: bool
    tie: Literal["first", "last"]
    rounding: Rounding


def match_greedily(
    drivers_s: Float[np.ndarray, "n 2"],
    driver_group: Int[np.ndarray, " n"],
    targets_s: Float[np.ndarray, "m 2"],
    target_group: Int[np.ndarray, " m"],
    tiou: Float[np.ndarray, " k"],
    rule: MatchRule,
) -> Int[np.ndarray, "k n"]:
    """Let each driver, in the given order, take its best free target.

    Works rank by rank: the r-th drivers of all groups choose together, so Python
    runs once a rank and memory is linear in spans and thresholds. A group of many
    drivers is matched by itself (`long_groups`).

    Returns:
        For each threshold and driver the index of its target, or -1.
    """
    result = np.full((len(tiou), len(drivers_s)), -1, np.int64)
    groups = _Groups.of(driver_group, target_group)
    overlapping = bool((tiou >= 0).all() if rule.strict else (tiou > 0).all())
    while overlapping and len(groups.drivers) and groups.drivers[0] > LONG:
        drivers, own = groups.first
        chosen = match_one_group(
            drivers_s[drivers],
            targets_s[own],
            tiou,
            strict=rule.strict,
            tie=rule.tie,
            rounding=rule.rounding,
        )
        result[:, drivers] = np.where(chosen >= 0, own[chosen], -1)
        groups = groups.rest
    targets = targets_s[groups.target_index]
    free = np.ones((len(tiou), len(targets)), bool)
    for rank in range(int(groups.drivers.max(initial=0))):
        active = int(np.searchsorted(-groups.drivers, -rank, side="left"))
        driver = groups.driver_index[groups.driver_start[:active] + rank]
        sizes = groups.targets[:active]
        end = int(sizes.sum())
        iou = paired_iou(
            np.repeat(drivers_s[driver], sizes, axis=0), targets[:end], by=rule.rounding
        )
        reaches = _reaches(iou, tiou, rule.strict) & free[:, :end]
        best = _best(iou, reaches, groups.target_start[:active], sizes, rule.tie)
        level, group = np.nonzero(best >= 0)
        taken = best[level, group]
        free[level, taken] = False
        result[level, driver[group]] = groups.target_index[taken]
    return result


def _reaches(
    iou: Float[np.ndarray, " m"], tiou: Float[np.ndarray, " k"], strict: bool
) -> Bool[np.ndarray, "k m"]:
    return iou > tiou[:, None] if strict else iou >= tiou[:, None]


def _best(
    iou: Float[np.ndarray, " m"],
    allowed: Bool[np.ndarray, "k m"],
    starts: Int[np.ndarray, " g"],
    sizes: Int[np.ndarray, " g"],
    tie: Literal["first", "last"],
) -> Int[np.ndarray, "k g"]:
    """Give each group's allowed target of highest IoU, or -1."""
    value = np.where(allowed, iou, -1.0)
    top = np.repeat(np.maximum.reduceat(value, starts, axis=1), sizes, axis=1)
    chosen = allowed & (value == top)
    place = np.arange(len(iou))
    if tie == "last":
        return np.maximum.reduceat(np.where(chosen, place, -1), starts, axis=1)
    first = np.minimum.reduceat(np.where(chosen, place, len(iou)), starts, axis=1)
    return np.where(first < len(iou), first, -1)


@dataclass(frozen=True)
class _Groups:
    """The groups that have both drivers and targets, most drivers first.

    `driver_index` lists the drivers group by group, each group's from
    `driver_start` on; `target_index` the targets, in the order of the groups.
    """

    driver_index: np.ndarray
    driver_start: np.ndarray
    drivers: np.ndarray
    target_index: np.ndarray
    target_start: np.ndarray
    targets: np.ndarray

    @property
    def first(self) -> tuple[np.ndarray, np.ndarray]:
        """The drivers and the targets of the group with most drivers."""
        start = self.driver_start[0]
        return (
            self.driver_index[start : start + self.drivers[0]],
            self.target_index[: self.targets[0]],
        )

    @property
    def rest(self) -> "_Groups":
        """All groups but the first."""
        return _Groups(
            self.driver_index,
            self.driver_start[1:],
            self.drivers[1:],
            self.target_index[self.targets[0] :],
            self.target_start[1:] - self.targets[0],
            self.targets[1:],
        )

    @classmethod
    def of(cls, driver_group: np.ndarray, target_group: np.ndarray) -> "_Groups":
        driver_index = np.argsort(driver_group, kind="stable")
        target_index = np.argsort(target_group, kind="stable")
        names, starts, sizes = _runs(driver_group[driver_index])
        names_t, starts_t, sizes_t = _runs(target_group[target_index])
        _, here, there = np.intersect1d(names, names_t, True, return_indices=True)
        order = np.argsort(-sizes[here], kind="stable")
        here, there = here[order], there[order]
        sizes_t, starts_t = sizes_t[there], starts_t[there]
        new_start = np.cumsum(sizes_t) - sizes_t
        within = np.arange(int(sizes_t.sum())) - np.repeat(new_start, sizes_t)
        return cls(
            driver_index,
            starts[here],
            sizes[here],
            target_index[np.repeat(starts_t, sizes_t) + within],
            new_start,
            sizes_t,
        )


def _runs(group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give name, start and length of each run of a sorted array."""
    names, starts, sizes = np.unique(group, return_index=True, return_counts=True)
    return names, starts, sizes
