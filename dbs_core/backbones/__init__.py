"""Backbones by name: the default one, other networks, and maps made elsewhere."""

from dbs_core.backbones.opening import DEFAULT, NAMES, open_backbone
from dbs_core.backbones.precomputed import PrecomputedMaps

__all__ = ["DEFAULT", "NAMES", "PrecomputedMaps", "open_backbone"]
