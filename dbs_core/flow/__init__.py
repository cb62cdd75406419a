"""The motion stream: flow between native frames, and the networks that see it."""

from dbs_core.flow.backbone import FlowInput, flow_backbone
from dbs_core.flow.methods import FlowMethod, estimator
from dbs_core.flow.mirror import mirrored_frame, mirrored_stack
from dbs_core.flow.sequence import flows_between
from dbs_core.flow.stacks import sample_stacks

__all__ = [
    "FlowInput",
    "FlowMethod",
    "estimator",
    "flow_backbone",
    "flows_between",
    "mirrored_frame",
    "mirrored_stack",
    "sample_stacks",
]
