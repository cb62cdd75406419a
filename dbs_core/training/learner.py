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

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to a worker as what it is made of: no network is sent."""
        what = (self.classes, self.settings, self.seed, self.cache, self.scratch)
        return _made_again, (*what, self.device, self.rule, self.leave_out)


def _made_again(
    classes: ClassList,
    settings: Settings,
    seed: int,
    cache: FeatureCache,
    scratch: Path,
    device: str,
    rule: Rule,
    leave_out: bool,
) -> Learner:
    """Make a learner on a worker, whose progress nobody sees."""
    # Imported here: it loads PyTorch.
    from dbs_core.method.features.streams import named_backbone

    backbone = named_backbone(settings.features, device)
    silent = Progress()
    return Learner(
        *(classes, settings, seed, backbone, cache, scratch),
        *(device, silent, rule, leave_out),
    )


def teaches(video: TrainingVideo, learner: Learner) -> bool:
    """Say whether labels are learnt from a video; projections are, from whole ones."""
    return learner.settings.untrimmed or video.trimmed
