"""How the imprints of a split are arranged, as one mean: what `--ceilings` prints."""

from collections.abc import Sequence

import numpy as np

from dbs_core.records import Arrangement


def mean_arrangement(found: Sequence[Arrangement | None]) -> Arrangement | None:
    """Average over videos; those of results from before it was measured are left out.

    None where none is known.
    """
    known = [one for one in found if one is not None]
    if not known:
        return None
    near = [one.nearness for one in known if one.nearness is not None]
    return Arrangement(
        float(np.mean(near)) if near else None,
        *(
            float(np.mean([getattr(one, name) for one in known]))
            for name in ("coverage", "distinct", "overlap")
        ),
    )


def arrangement_line(mean: Arrangement | None) -> str:
    """Say it in one line."""
    if mean is None:
        return "imprints: arrangement not measured when these results were made"
    near = "-" if mean.nearness is None else f"{mean.nearness:.2f}"
    return (
        f"imprints: alike frames lie side by side {near} (rank correlation), "
        f"cells that hold a frame {mean.coverage:.2f}, places a frame "
        f"{mean.distinct:.2f}, overlap with the nearest place {mean.overlap:.2f}"
    )
