"""The motion stream: flow between native frames, and the networks that see it."""

from dbs_core.method.features.flow.methods import estimator
from dbs_core.method.features.flow.network import flow_backbone
from dbs_core.method.features.flow.stacks import sample_stacks

__all__ = ["estimator", "flow_backbone", "sample_stacks"]
