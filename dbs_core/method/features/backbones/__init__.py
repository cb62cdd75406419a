"""Networks by name: the default one, and others."""

from dbs_core.method.features.backbones.opening import open_backbone

__all__ = ["open_backbone"]
