"""Where figures come from: what this run used, beside what the paper used."""

from collections.abc import Mapping
from pathlib import Path

from dbs_core.datasets.thumos_classes import data_name
from dbs_core.method.features.settings import DEFAULT
from dbs_core.method.settings import MOST_MEMBERS, member_seeds
from dbs_core.runs.run import RunInfo
from dbs_core.runtime.amounts import many

THE_PAPER = (
    "THUMOS'14 (20 classes); BN-Inception, RGB and optical flow, 5 fps (Kinetics "
    "weights in the author's code); the authors' weights, never published"
)
"""Data; features; weights (METHOD section 0)."""
FIRST_SHOWN = "the imprint shown is the first member's"
"""Of a run of several: what is averaged are scores."""
_NETWORKS = {
    DEFAULT: "EfficientNet-Lite0, ImageNet weights",
    "bn-inception": "BN-Inception, weights from a file",
    "maps": "maps made elsewhere",
}
_STREAMS = {"rgb": "RGB", "flow": "optical flow"}


def data_of(info: RunInfo) -> str:
    """Name a run's data and how many classes it has.

    THUMOS'14 goes by its name (`datasets.thumos_classes`), other data by its folder's.
    A model of fewer videos than were annotated says so.
    """
    named = {"sample": "rendered sample", "video": "a user's video"}
    name = named.get(info.kind) or data_name(
        info.kind, Path(info.dataset).name or info.name, info.classes
    )
    gone = f", {many(info.absent, 'training video')} gone" if info.absent else ""
    return f"{name} ({many(len(info.classes), 'class')}{gone})"


def features_of(info: RunInfo) -> str:
    """Name a run's features: network, its weights, stream, frames a second.

    A folder or file of features is named without where it lies. Settings come from a
    file: whoever draws this escapes it.
    """
    settings = info.settings.get("features")
    chosen: Mapping[str, object] = settings if isinstance(settings, Mapping) else {}
    network = _network(str(chosen.get("backbone", DEFAULT)))
    streams = info.streams or (str(chosen.get("stream", "rgb")),)
    stream = " and ".join(_STREAMS.get(one, one) for one in streams)
    rate = chosen.get("rate_hz", info.settings.get("rate_hz", 5.0))
    return f"{network}, {stream}, {rate:g} fps"


def _network(name: str) -> str:
    kind, _, what = name.partition(":")
    if kind in ("timm", "torchvision"):
        return f"{kind} {what} with the user's weights"
    return _NETWORKS.get(kind, name)


def members_of(info: RunInfo) -> int:
    """Say how many members a run has; what is no such number counts as one."""
    members = info.settings.get("members", 1)
    known = isinstance(members, int) and 1 <= members <= MOST_MEMBERS
    return int(str(members)) if known else 1


def weights_of(info: RunInfo) -> str:
    """Say where a run's weights come from, and whose imprints it shows."""
    members = members_of(info)
    if members == 1:
        return f"trained here, seed {info.seed}"
    seeds = [str(seed) for seed in member_seeds(info.seed, members)]
    return (
        f"trained here, mean of {members} members, seeds {', '.join(seeds[:-1])} and "
        f"{seeds[-1]}; {FIRST_SHOWN}"
    )


def provenance_line(info: RunInfo) -> str:
    """Give the line under every figure and table: this run, and the paper."""
    this = "; ".join((data_of(info), features_of(info), weights_of(info)))
    return f"This run: {this}. The paper: {THE_PAPER}."
