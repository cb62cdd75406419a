"""Linear projections of feature cells: for locating frames and for descriptors.

Two uses, one mechanism (METHOD sections 2.3 and 2.5): cells are normalised, their
mean is taken off, and they are rotated to the leading principal axes.

* locating: l2, PCA to 128 without whitening, l2 - the EM works there;
* descriptors: signed square root, l2, PCA (whitened or not), l2 - the FCN sees them.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32

# Axes whose variance is below this share of the largest are rounding noise, which
# whitening would blow up (METHOD section 2.5 puts the floor there).
EIGENVALUE_FLOOR = 1e-8
LEAST = 1e-12
"""Length below which a cell counts as nothing, as in PyTorch's `normalize`."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Normalise, subtract `mean`, multiply by `axes`, normalise.

    `power` is the exponent of the signed power applied first (1 = none).
    """

    mean: Float32[np.ndarray, " d"]
    axes: Float32[np.ndarray, "d r"]
    power: float = 1.0

    def __post_init__(self) -> None:
        if self.mean.shape != self.axes.shape[:1]:
            raise ValueError(
                f"axes: wanted {self.mean.shape} rows, got {self.axes.shape}"
            )

    def __call__(
        self, cells: Float[torch.Tensor, "*cells d"]
    ) -> Float32[torch.Tensor, "*cells r"]:
        """Project cells; a cell of zeros stays finite (l2 of nothing is nothing)."""
        return self.onto(cells, torch.from_numpy(self.axes).to(cells.device))

    def onto(
        self, cells: Float[torch.Tensor, "*cells d"], axes: Float32[torch.Tensor, "d r"]
    ) -> Float32[torch.Tensor, "*cells r"]:
        """Project onto other axes than its own; gradients run through to them."""
        mean = torch.from_numpy(self.mean).to(cells.device)
        # (x / |x| - mean) A = x A / |x| - mean A: spares two copies of the wide array.
        raised = _raised(cells.float(), self.power)
        length = torch.linalg.vector_norm(raised, dim=-1, keepdim=True)
        return l2((raised @ axes).div_(length.clamp_(min=LEAST)).sub_(mean @ axes))


def l2(cells: Float32[torch.Tensor, "*cells d"]) -> Float32[torch.Tensor, "*cells d"]:
    """Scale every cell to unit length; zeros stay zeros."""
    return torch.nn.functional.normalize(cells, dim=-1)


def _raised(
    cells: Float32[torch.Tensor, "*cells d"], power: float
) -> Float32[torch.Tensor, "*cells d"]:
    """Raise the magnitudes to a power (METHOD section 2.5)."""
    return cells if power == 1.0 else cells.sign() * cells.abs().pow(power)


def fit_projection(
    cells: Float[np.ndarray, "n d"],
    dimensions: int,
    *,
    power: float = 1.0,
    whiten: bool = False,
) -> Projection:
    """Learn a projection from sample cells; covariance divides by n.

    Args:
        cells: raw feature cells, before any normalisation.
        dimensions: axes to keep; fewer when the cells span fewer.
        power: exponent of the signed power.
        whiten: divide each axis by its standard deviation (METHOD section 2.5).
    """
    normal = l2(_raised(torch.from_numpy(cells).float(), power)).numpy()
    mean = normal.mean(axis=0, dtype=np.float64)
    centred = normal - mean
    covariance = (centred.T @ centred).astype(np.float64) / len(normal)
    values, vectors = np.linalg.eigh(covariance)
    # Cells of unit length: where even the first axis has no variance, one is kept.
    floor = EIGENVALUE_FLOOR * max(values.max(), EIGENVALUE_FLOOR)
    spanned = max(1, int((values > floor).sum()))
    order = np.argsort(values)[::-1][: min(dimensions, spanned)]
    values, vectors = values[order], vectors[:, order]
    # The sign of an eigenvector is arbitrary: fix it, so that two machines agree.
    peak = np.abs(vectors).argmax(axis=0)
    vectors = vectors * np.sign(vectors[peak, np.arange(len(order))])
    if whiten:
        vectors = vectors / np.sqrt(np.maximum(values, floor))
    return Projection(mean.astype(np.float32), vectors.astype(np.float32), power)
