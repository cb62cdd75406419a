"""The dear knobs: what only a training can turn, each a setting of its own.

They are named and written as the others are: `grid=32,fcn=C3`.
"""

from typing import get_args

from dbs_core.evaluation.what_if.knob import Knob, Value
from dbs_core.evaluation.what_if.knob_values import Values, value_in
from dbs_core.method.detection.settings import HeadKind
from dbs_core.method.imprint.settings import Start
from dbs_core.method.segmentation.settings import Architecture
from dbs_core.method.settings import MOST_MEMBERS, Settings

SEED = "seed"
"""The one that is no setting: it is the run's."""
DEAR = {
    knob.name: knob
    for knob in (
        Knob(
            "grid",
            "Grid",
            "Cells of the imprint along each side.",
            "",
            "epitome.grid",
            low=16.0,
            high=64.0,
            step=8.0,
            whole=True,
        ),
        Knob(
            "fcn",
            "FCN",
            "Layers of the network that labels the cells.",
            "",
            "architecture",
            choices=get_args(Architecture),
        ),
        Knob(
            "start",
            "Start of the EM",
            "Where frames lie on the imprint at first.",
            "",
            "epitome.start",
            choices=get_args(Start),
        ),
        Knob(
            "head",
            "Head",
            "The temporal head: none, or convolutions over the frames.",
            "",
            "head.kind",
            choices=get_args(HeadKind),
        ),
        Knob(
            "members",
            "Members",
            "Imprints, FCNs and heads of seeds 1000 apart, whose scores are averaged.",
            "",
            "members",
            low=1.0,
            high=float(MOST_MEMBERS),
            step=1.0,
            whole=True,
        ),
        Knob(
            SEED,
            "Seed",
            "Names all randomness.",
            "",
            high=2.0**31 - 1,
            step=1.0,
            whole=True,
        ),
    )
}


def dear_values(settings: Settings, seed: int) -> dict[str, Value]:
    """Give where the dear knobs of a run stand."""
    stand = {
        name: value_in(settings, knob, head=False)
        for name, knob in DEAR.items()
        if knob.setting
    }
    return {**stand, "head": settings.head.kind, SEED: float(seed)}


def dear_settings(values: Values) -> dict[str, object]:
    """Give the settings that are asked for, by their paths."""
    return {
        knob.setting: int(float(values[name])) if knob.whole else values[name]
        for name, knob in DEAR.items()
        if knob.setting and name in values
    }
