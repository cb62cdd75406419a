"""Where a run's maps come from: a network as it is or made to see motion, or files."""

from collections.abc import Callable

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones import open_backbone
from dbs_core.method.features.backbones.bn_inception import BNInceptionFile
from dbs_core.method.features.engines.choosing import require_bfloat16
from dbs_core.method.features.flow import estimator, flow_backbone
from dbs_core.method.features.map_source import MapSource
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.precomputed_maps import PrecomputedMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.runtime.errors import InputError


def named_backbone(settings: FeatureSettings, device: str = "cpu") -> MapSource:
    """Open what a run's settings name: a network for their stream, or a folder of maps.

    Maps made elsewhere are of whichever stream; mirror images there are none.

    Raises:
        InputError: as `stream_backbone` and `open_backbone`; no bfloat16 here; no such
            folder of maps, or mirror images or another precision are wanted of it.
    """
    if settings.maps is None:
        if settings.precision == "bfloat16":
            require_bfloat16(device)
        return NetworkMaps(
            stream_backbone(settings, lambda: open_backbone(settings.backbone, device)),
            on_cpu=device == "cpu",
            precision=settings.precision,
        )
    maps = PrecomputedMaps(settings.maps, settings.channels, settings.stream)
    if settings.mirrored:
        raise InputError(
            "no mirror images of maps made elsewhere",
            where=settings.backbone,
            cure="train without --mirrored",
        )
    if settings.precision != "float32":
        raise InputError(
            "maps made elsewhere have a precision of their own",
            where=settings.backbone,
            cure="leave out --precision",
        )
    return maps


def stream_backbone(settings: FeatureSettings, rgb: Callable[[], Backbone]) -> Backbone:
    """Make the network that a run's stream needs.

    Args:
        settings: say which stream.
        rgb: makes the pretrained network.

    Raises:
        InputError: the flow method is not there, or the network cannot see flow.
    """
    # Said before hours of work, not at the first video.
    if settings.stream == "flow":
        estimator(settings.flow)
    network = rgb()
    if isinstance(network, BNInceptionFile):
        network.see(settings.stream, settings.flow)
        return network
    if settings.stream == "rgb":
        return network
    return flow_backbone(network, settings.flow, settings.flow_input)
