"""The backbone of a stream: the RGB network as it is, or made to see motion."""

from collections.abc import Callable

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones import PrecomputedMaps, open_backbone
from dbs_core.method.features.backbones.bn_inception import BNInceptionFile
from dbs_core.method.features.flow import estimator, flow_backbone
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.runtime.errors import InputError


def stream_backbone(settings: FeatureSettings, rgb: Callable[[], Backbone]) -> Backbone:
    """Make the backbone that a run's stream needs.

    Args:
        settings: say which stream.
        rgb: makes the pretrained network.

    Raises:
        InputError: the flow method is not there, or the network cannot see flow.
    """
    # Said before hours of work, not at the first video.
    if settings.stream == "flow" and not settings.backbone.startswith("maps:"):
        estimator(settings.flow)
    network = rgb()
    if isinstance(network, PrecomputedMaps):
        return _of_either_stream(network, settings)
    if isinstance(network, BNInceptionFile):
        network.see(settings.stream, settings.flow)
        return network
    if settings.stream == "rgb":
        return network
    return flow_backbone(network, settings.flow, settings.flow_input)


def named_backbone(settings: FeatureSettings, device: str = "cpu") -> Backbone:
    """Load the backbone that a run's settings name, for its stream.

    Raises:
        InputError: as `open_backbone`; the stream and the weights do not match.
    """
    return stream_backbone(settings, lambda: open_backbone(settings.backbone, device))


def _of_either_stream(
    maps: PrecomputedMaps, settings: FeatureSettings
) -> PrecomputedMaps:
    """Maps made elsewhere are of whichever stream; mirror images there are none."""
    if settings.mirrored:
        raise InputError(
            "no mirror images of maps made elsewhere",
            where=settings.backbone,
            cure="train without --mirrored",
        )
    return maps
