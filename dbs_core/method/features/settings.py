"""How frames become features: rate, backbone, stream, flow, and backbones' names."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dbs_core.runtime import store
from dbs_core.runtime.ranges import WIDEST, require_range

DEFAULT = "efficientnet-lite0"
NAMES = f"{DEFAULT}, timm:NAME, torchvision:NAME, bn-inception:FILE or maps:FOLDER"


Stream = Literal["rgb", "flow"]


FlowInput = Literal["stack", "picture"]


FlowMethod = Literal["dis", "farneback", "tvl1"]


Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True)
class FeatureSettings:
    """How frames become features."""

    rate_hz: float = 5.0
    """Sampled frames a second (PAPER)."""
    batch: int = 16
    """Frames a forward pass; decides speed, not results."""
    backbone: str = DEFAULT
    """Which network, or whose maps (`named_backbone`). PAPER: BN-Inception."""
    stream: Stream = "rgb"
    """What the network sees: the frames, or the motion from each on."""
    flow: FlowMethod = "dis"
    """How motion is found; the flow stream only. PAPER: tvl1 (FINDINGS section 2)."""
    flow_input: FlowInput = "picture"
    """How motion is shown to the network; the flow stream only. PAPER: stack, which
    tells a frozen network less."""
    offset_s: float = 0.0
    """Time of the first of maps made elsewhere: the middle of its clip."""
    channels: int = 0
    """Of maps made elsewhere; 0: told from the files."""
    precision: Precision = field(default="float32", metadata=store.LATER)
    """Of the network's sums, and of the FCN's when it labels (it learns in float32).
    bfloat16 is of OpenVINO and of CPUs that have it: twice as fast, other features."""
    mirrored: bool = False
    """Training learns from each video's mirror image too, an imprint of its own
    (METHOD section 2.1: AUTHOR puts both into one)."""

    def __post_init__(self) -> None:
        require_range(self, ("rate_hz",), 1e-3, 1000, what="features'")
        require_range(self, ("batch",), 1, what="features'")
        require_range(self, ("offset_s",), 0, WIDEST, what="features'")
        require_range(self, ("channels",), 0, 1 << 20, what="features'")

    @property
    def maps(self) -> Path | None:
        """The folder of maps made elsewhere; None where a network makes them."""
        return maps_folder(self.backbone)


def maps_folder(backbone: str) -> Path | None:
    """Give the folder that a backbone's name (`maps:FOLDER`) means; None of others."""
    kind, _, folder = backbone.partition(":")
    return Path(folder) if kind == "maps" and folder else None
