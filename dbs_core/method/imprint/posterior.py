"""Where frames lie, as a list: q of Eq. 2 without its zeros.

The EM works on a Posterior; a Placement is the record that is kept of it, with the few
most likely locations of each frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Int64

from dbs_core.records import Features, Placement

# A posterior below this is nothing: all that is dropped of a frame is at most E^2 as
# much, 4e-5 of it on the largest grid, and the M step has a handful of locations.
POSTERIOR_FLOOR = 1e-8


@dataclass(frozen=True)
class Posterior:
    """q as a list: entry i says that `frame[i]` lies at `origin[i]` with `weight[i]`.

    `origin` is row * gw + column; entries below POSTERIOR_FLOOR are left out.
    """

    frame: Int64[torch.Tensor, " e"]
    origin: Int64[torch.Tensor, " e"]
    weight: Float32[torch.Tensor, " e"]

    def part(self, low: int, high: int) -> "Posterior":
        """Give the entries `[low, high)`."""
        return Posterior(
            self.frame[low:high], self.origin[low:high], self.weight[low:high]
        )


def joined(parts: Sequence[Posterior]) -> Posterior:
    """Put the posteriors of successive frames together."""
    return Posterior(
        torch.cat([p.frame for p in parts]),
        torch.cat([p.origin for p in parts]),
        torch.cat([p.weight for p in parts]),
    )


def strongest(posterior: Posterior, keep: int) -> Posterior:
    """Keep each frame's `keep` most likely locations, the likeliest first.

    All else of a flat posterior would be a list as long as frames times locations.
    """
    frame = posterior.frame.cpu().numpy()
    order = np.lexsort(
        (posterior.origin.cpu().numpy(), -posterior.weight.cpu().numpy(), frame)
    )
    kept = torch.from_numpy(order[_rank(frame[order]) < keep])
    kept = kept.to(posterior.frame.device)
    return Posterior(
        posterior.frame[kept], posterior.origin[kept], posterior.weight[kept]
    )


def _rank(frame: Int64[np.ndarray, " e"]) -> Int64[np.ndarray, " e"]:
    """Count each entry among those of its frame, from 0; frames are sorted."""
    return np.arange(len(frame)) - np.searchsorted(frame, frame)


def sparse_placement(
    posterior: Posterior, features: Features, size: tuple[int, int], keep: int
) -> Placement:
    """Keep each frame's `keep` most likely locations as a record."""
    t, kept = len(features), strongest(posterior, keep)
    frame, origin = kept.frame.cpu().numpy(), kept.origin.cpu().numpy()
    rank = _rank(frame)
    depth = int(rank.max()) + 1
    locations = np.zeros((t, depth, 2), np.int16)
    weights = np.zeros((t, depth), np.float32)
    locations[frame, rank] = np.stack([origin // size[1], origin % size[1]], -1)
    weights[frame, rank] = kept.weight.cpu().numpy()
    window = features.maps.shape[1], features.maps.shape[2]
    return Placement(
        locations,
        weights,
        size,
        window,
        features.times_s,
        features.duration_s,
        features.lead_s,
    )


def posterior_of(placement: Placement) -> Posterior:
    """Read a placement as a posterior again: its kept locations, sorted by frame."""
    frame, k = np.nonzero(placement.weights > 0)
    place = placement.locations[frame, k].astype(np.int64)
    return Posterior(
        torch.from_numpy(np.ascontiguousarray(frame)),
        torch.from_numpy(place[:, 0] * placement.grid[1] + place[:, 1]),
        torch.from_numpy(placement.weights[frame, k]),
    )
