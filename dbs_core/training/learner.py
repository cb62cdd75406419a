"""What a training needs to know besides its videos."""

from dataclasses import dataclass, field
from pathlib import Path

from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.map_source import MapSource
from dbs_core.method.settings import Settings
from dbs_core.records import ClassList
from dbs_core.runtime.progress import Progress
from dbs_core.training.videos import TrainingVideo


@dataclass(frozen=True)
class Learner:
    """What a training needs to know besides its videos."""

    classes: ClassList
    settings: Settings
    seed: int
    backbone: MapSource
    cache: FeatureCache
    scratch: Path
    device: str = "cpu"
    progress: Progress = field(default_factory=Progress)
    rule: Rule = THUMOS
    """By which the score is chosen that a run's detections are shown from."""
    leave_out: bool = False
    """Train although some videos cannot be used."""


def teaches(video: TrainingVideo, learner: Learner) -> bool:
    """Say whether labels are learnt from a video; projections are, from whole ones."""
    return learner.settings.untrimmed or video.trimmed
