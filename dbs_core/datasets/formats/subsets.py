"""Subsets of a ground-truth file: their usual names, and which one is scored."""

from collections.abc import Collection

_ALIASES = {
    "val": "validation",
    "valid": "validation",
    "train": "training",
    "test": "testing",
}
_PREFERRED = ("validation", "testing")


def canonical_subset(name: str) -> str:
    """Give a subset's one name: "val", "Validation" and "validation" are one."""
    low = name.strip().casefold()
    return _ALIASES.get(low, low)


def scored_subset(present: Collection[str]) -> str:
    """Choose the subset to score where none is named; that of training comes last."""
    alike = {canonical_subset(name): name for name in sorted(present)}
    others = [name for name in alike if name not in (*_PREFERRED, "training")]
    order = (*_PREFERRED, *others, "training")
    return next(alike[name] for name in order if name in alike)
