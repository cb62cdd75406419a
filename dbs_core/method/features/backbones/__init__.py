"""Backbones by name: the default one, other networks, and maps made elsewhere."""

from dbs_core.method.features.backbones.opening import open_backbone
from dbs_core.method.features.backbones.precomputed import PrecomputedMaps

__all__ = ["PrecomputedMaps", "open_backbone"]
