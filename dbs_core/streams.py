"""The backbone of a stream: the RGB network as it is, or made to see motion."""

from collections.abc import Callable

from dbs_core.backbone import Backbone
from dbs_core.features import FeatureSettings
from dbs_core.flow import estimator, flow_backbone


def stream_backbone(settings: FeatureSettings, rgb: Callable[[], Backbone]) -> Backbone:
    """Make the backbone that a run's stream needs.

    Args:
        settings: say which stream.
        rgb: makes the pretrained network.

    Raises:
        InputError: the flow method is not there, or the network cannot see flow.
    """
    if settings.stream == "rgb":
        return rgb()
    # Said before hours of work, not at the first video.
    estimator(settings.flow)
    return flow_backbone(rgb(), settings.flow, settings.flow_input)
