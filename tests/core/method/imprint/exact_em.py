"""The epitome's EM in float64 by the plain formulas: the reference, not the engine.

METHOD section 1.2, equations 1-4, written so that each line can be read beside the
equation: one frame after the other, one cell of the window after the other, the torus
as a roll. Slow, and free of every shortcut of `em.py` (no reduced posterior, no
float32, no convolution), so that tests and the benchmark can hold the engine to it.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64


@dataclass(frozen=True, eq=False)
class ExactEpitome:
    """Mean and diagonal variance of every cell of the torus."""

    mean: Float64[np.ndarray, "gh gw d"]
    variance: Float64[np.ndarray, "gh gw d"]


def log_likelihood(
    frames: Float64[np.ndarray, "t h w d"], epitome: ExactEpitome
) -> float:
    """Give sum_t log p(F(t)), which EM never lowers."""
    return float(_log_evidence(log_joint(frames, epitome)).sum())


@dataclass(frozen=True, eq=False)
class ExactFit:
    """Where the EM ended.

    `posterior` belongs to the parameters before the last M step, as in the engine;
    `log_likelihood` has one value an iteration, of the parameters it began with.
    """

    epitome: ExactEpitome
    posterior: Float64[np.ndarray, "t gh gw"]
    log_likelihood: Float64[np.ndarray, " steps"]


def fit(
    frames: Float64[np.ndarray, "t h w d"],
    start: ExactEpitome,
    *,
    iterations: int,
    variance_floor: float = 0.0,
    learn_variance: bool = True,
) -> ExactFit:
    """Iterate E and M step from given parameters, without a stopping rule.

    Raises:
        ValueError: fewer than one iteration.
    """
    if iterations < 1:
        raise ValueError(f"iterations: wanted at least 1, got {iterations}")
    epitome, likelihood = start, np.zeros(iterations)
    for step in range(iterations):
        likelihood[step] = log_likelihood(frames, epitome)
        posterior = e_step(frames, epitome)
        epitome = m_step(
            frames,
            posterior,
            epitome,
            variance_floor=variance_floor,
            learn_variance=learn_variance,
        )
    return ExactFit(epitome, posterior, likelihood)


def log_joint(
    frames: Float64[np.ndarray, "t h w d"], epitome: ExactEpitome
) -> Float64[np.ndarray, "t gh gw"]:
    """log p(m, n) + log p(F(t) | m, n): Eq. 1 with the uniform prior 1 / E^2."""
    (gh, gw, _), (t, h, w, _) = epitome.mean.shape, frames.shape
    joint = np.full((t, gh, gw), -math.log(gh * gw))
    for i, j in np.ndindex(h, w):
        mean, variance = _at(epitome.mean, i, j), _at(epitome.variance, i, j)
        constant = np.log(2 * math.pi * variance).sum(axis=-1)
        for index in range(t):
            square = (frames[index, i, j] - mean) ** 2 / variance
            joint[index] -= 0.5 * (square.sum(axis=-1) + constant)
    return joint


def e_step(
    frames: Float64[np.ndarray, "t h w d"], epitome: ExactEpitome
) -> Float64[np.ndarray, "t gh gw"]:
    """Give q, the posterior of each frame's window origin (Eq. 2)."""
    joint = log_joint(frames, epitome)
    return np.exp(joint - _log_evidence(joint)[:, None, None])


def m_step(
    frames: Float64[np.ndarray, "t h w d"],
    posterior: Float64[np.ndarray, "t gh gw"],
    old: ExactEpitome,
    *,
    variance_floor: float = 0.0,
    learn_variance: bool = True,
) -> ExactEpitome:
    """Give the means (Eq. 3), then the variances about the new means (Eq. 4).

    A cell on which no frame lies at all keeps its parameters.
    """
    usage = np.zeros(old.mean.shape[:2])
    sums = np.zeros_like(old.mean)
    for t, i, j in np.ndindex(frames.shape[:3]):
        q = posterior[t]
        usage += _onto(q, i, j)
        sums += _onto(q[..., None] * frames[t, i, j], i, j)
    empty, share = (usage == 0)[..., None], np.where(usage > 0, usage, 1)[..., None]
    mean = np.where(empty, old.mean, sums / share)
    if not learn_variance:
        return ExactEpitome(mean, old.variance)
    squares = np.zeros_like(old.mean)
    for t, i, j in np.ndindex(frames.shape[:3]):
        h = frames[t, i, j] - _at(mean, i, j)
        squares += _onto(posterior[t][..., None] * h**2, i, j)
    variance = np.maximum(squares / share, variance_floor)
    return ExactEpitome(mean, np.where(empty, old.variance, variance))


def _onto(origins: np.ndarray, i: int, j: int) -> np.ndarray:
    """Give at (m + i, n + j) of the torus what stands at [m, n]."""
    return np.roll(origins, (i, j), axis=(0, 1))


def _at(grid: np.ndarray, i: int, j: int) -> np.ndarray:
    """Give at [m, n] what the torus holds at (m + i, n + j)."""
    return np.roll(grid, (-i, -j), axis=(0, 1))


def _log_evidence(joint: Float64[np.ndarray, "t gh gw"]) -> Float64[np.ndarray, " t"]:
    """Sum over all origins in log space, the largest taken out first."""
    peak = joint.max(axis=(1, 2))
    return peak + np.log(np.exp(joint - peak[:, None, None]).sum(axis=(1, 2)))
