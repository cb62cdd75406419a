"""Settings must lie in a range: checked where they are made, also those of a file."""

import math
from collections.abc import Sequence

from dbs_core.runtime.errors import InputError

WIDEST = 1000
"""Samples of a Gaussian's standard deviation: a wider one only costs memory."""
FEW = 100
"""Most values of a setting that holds several."""


def require_range(
    settings: object,
    names: Sequence[str],
    low: float | int,
    high: float | int = math.inf,
    *,
    what: str = "",
) -> None:
    """Check that numbers of a record, and those in its tuples, lie in a range.

    Args:
        settings: the record.
        names: its fields.
        low: the least that they may be.
        high: the most; infinity and NaN never fit.
        what: whose settings they are.

    Raises:
        InputError: the first that does not.
    """
    for name in names:
        value = getattr(settings, name)
        every = value if isinstance(value, tuple) else (value,)
        if not all(low <= one <= high and one < math.inf for one in every):
            wanted = f"at least {low:g}"
            raise InputError(
                f"{what} {name}".strip(),
                wanted=wanted if high == math.inf else f"{low:g} to {high:g}",
                got=value,
            )


def require_few(settings: object, names: Sequence[str], *, what: str = "") -> None:
    """Check that settings that hold several values hold some and not too many.

    Raises:
        InputError: the first that does not.
    """
    for name in names:
        count = len(getattr(settings, name))
        if not 1 <= count <= FEW:
            raise InputError(
                f"{what} {name}".strip(), wanted=f"1 to {FEW} values", got=count
            )
