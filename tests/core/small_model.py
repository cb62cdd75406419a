"""A model and a backbone that cost nothing: the path's plumbing without its skill."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from dbs_core.method.control import Control
from dbs_core.method.detection.head_input import PATH, ReadBack
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.features.map_source import VideoPart
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.model import (
    Head,
    Model,
    new_classifier,
    new_head,
    new_network,
)
from dbs_core.method.model_file import save_model
from dbs_core.method.segmentation.settings import ControlSettings
from dbs_core.method.settings import Settings
from dbs_core.records import ClassList, SampledVideo
from dbs_core.runs.run import Run, RunInfo
from dbs_core.runtime import store
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.seeds import seeded

CLASSES = ClassList(("Running", "Jumping"), (1, 2))
SETTINGS = Settings(
    epitome=EpitomeSettings(grid=16, locate_dimensions=4, iterations=4),
    control=ControlSettings(hidden=4),
    architecture="C1",
    head=HeadSettings(kind="conv", width=4, dilations=(1, 2), epochs=2),
)


class MeanColours:
    """A network that gives each cell's mean colour and its square: 7 x 7 x 6.

    A source of maps too (`MapSource`), so that no test has to make one of it.
    """

    name = "mean-colours"
    dimensions = 6

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 3"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        cells = frames.reshape(-1, 7, 32, 7, 32, 3).mean(axis=(2, 4)) / 255
        both = np.concatenate([cells, cells**2], axis=-1)
        return torch.from_numpy(both.astype(np.float32))

    @property
    def network(self) -> "MeanColours":
        return self

    def sampled(self, part: VideoPart, root: Path, progress: Progress) -> SampledVideo:
        return NetworkMaps(self).sampled(part, root, progress)


def small_model(seed: int = 0, settings: Settings = SETTINGS) -> Model:
    """Make a model of random weights for `MeanColours`."""
    rng = np.random.default_rng(seed)

    def projection(width: int, power: float) -> Projection:
        axes = np.linalg.qr(rng.normal(size=(6, width)))[0]
        return Projection(np.zeros(6, np.float32), axes.astype(np.float32), power)

    with seeded(torch.Generator().manual_seed(seed)):
        network = new_network(settings, CLASSES, 4).eval()
        classifier = new_classifier(settings, CLASSES, 4).eval()
        head = new_head(settings, CLASSES, 3 * 4 + PATH).eval()
        control_head = new_head(settings, CLASSES, 4).eval()
    return Model(
        CLASSES,
        settings,
        MeanColours.name,
        seed,
        projection(4, 1.0),
        projection(4, 0.5),
        network,
        Control(projection(4, 0.5), classifier, control_head),
        Head(ReadBack(projection(4, 0.5), projection(4, 0.5)), head),
    )


def small_run(root: Path) -> Run:
    """Make a run folder with that model."""
    settings = store.to_json(SETTINGS)
    assert isinstance(settings, dict)
    run = Run.create(
        root, RunInfo("small", "thumos14", "nowhere", CLASSES, settings, 0, {})
    )
    save_model(root / "model.npz", small_model())
    return run
