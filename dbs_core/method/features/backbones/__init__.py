"""Networks by name, and maps made elsewhere."""

from dbs_core.method.features.backbones.opening import open_backbone
from dbs_core.method.features.backbones.precomputed import (
    PrecomputedMaps,
    maps_folder,
)

__all__ = ["PrecomputedMaps", "maps_folder", "open_backbone"]
