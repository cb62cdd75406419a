"""What a training leaves behind and detection needs; `model_file` keeps it."""

from dataclasses import dataclass, replace

from dbs_core.method.control import Control, FrameClassifier
from dbs_core.method.detection.head import TemporalHead
from dbs_core.method.detection.head_input import ReadBack
from dbs_core.method.detection.pyramid import PyramidHead
from dbs_core.method.detection.sharpening import HeadNetwork
from dbs_core.method.features.projection import Projection
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.method.settings import Settings
from dbs_core.records import Calibration, ClassList


@dataclass(frozen=True, eq=False)
class Head:
    """The temporal head with the projections of what is read back for it."""

    readback: ReadBack
    network: HeadNetwork


@dataclass(frozen=True, eq=False)
class Model:
    """Everything that detection needs besides the backbone.

    Of a run of several members this is the first, and `others` are the further ones,
    each a model like it of a seed of its own.
    """

    classes: ClassList
    settings: Settings
    backbone: str
    seed: int
    locate: Projection
    describe: Projection
    network: ImprintFCN
    control: Control
    head: Head | None = None
    others: tuple["Model", ...] = ()
    calibration: Calibration | None = None
    """Of the detections of all members together."""

    @property
    def members(self) -> tuple["Model", ...]:
        """All members, each alone."""
        if not self.others:
            return (self,)
        return (replace(self, others=(), calibration=None), *self.others)


def new_network(settings: Settings, classes: ClassList, dimensions: int) -> ImprintFCN:
    """Build the FCN of a run; `dimensions` as the projection really has them."""
    return ImprintFCN(
        architecture=settings.architecture,
        dimensions=dimensions,
        channels=classes.channels,
        dropout=settings.dropout,
    )


def new_classifier(
    settings: Settings, classes: ClassList, dimensions: int
) -> FrameClassifier:
    """Build the control of a run."""
    return FrameClassifier(
        dimensions=dimensions,
        channels=classes.channels,
        hidden=settings.control.hidden,
        dropout=settings.control.dropout,
    )


def new_head(settings: Settings, classes: ClassList, dimensions: int) -> HeadNetwork:
    """Build a temporal head for an input of so many channels."""
    kind = PyramidHead if settings.head.kind == "pyramid" else TemporalHead
    return kind(
        dimensions=dimensions, channels=classes.channels, settings=settings.head
    )
