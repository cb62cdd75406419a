"""Settings must lie in a range: checked where they are made, also those of a file."""

import math
from collections.abc import Sequence

from dbs_core.runtime.errors import InputError


def require_range(
    settings: object,
    names: Sequence[str],
    low: float,
    high: float = math.inf,
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
        if not all(low <= one <= high and math.isfinite(one) for one in every):
            wanted = f"at least {low:g}"
            raise InputError(
                f"{what} {name}".strip(),
                wanted=wanted if high == math.inf else f"{low:g} to {high:g}",
                got=value,
            )
