"""All settings of a run in one record; each stage's defaults stand in its own file."""

from dataclasses import dataclass, field, replace

from dbs_core.method.backprojection.settings import TargetSettings
from dbs_core.method.detection.settings import (
    HeadSettings,
    ProposalSettings,
    RefinementSettings,
)
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.imprint.settings import EpitomeSettings, MetricSettings
from dbs_core.method.segmentation.settings import (
    Architecture,
    ControlSettings,
    DescriptorSettings,
    TrainingSettings,
)
from dbs_core.records import BackProjection
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.ranges import WIDEST, require_range

FUSION_WEIGHT = 0.7
"""Share of the first stream, RGB, where two are fused. The paper averages RGB and flow
evenly (METHOD section 5); of our runs without heads 0.7 was best on the validation
videos of ucf9-untrimmed (README, "Two streams")."""

MEMBER_STEP = 1000
"""The seeds of a run's members lie so far apart: the run's seed, that plus 1000, ..."""
MOST_MEMBERS = 16


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run's figures, but data and seed."""

    features: FeatureSettings = field(default_factory=FeatureSettings)
    epitome: EpitomeSettings = field(default_factory=EpitomeSettings)
    descriptor: DescriptorSettings = field(default_factory=DescriptorSettings)
    target: TargetSettings = field(default_factory=TargetSettings)
    architecture: Architecture = "P3"
    """PAPER's is C3."""
    dropout: float = 0.3
    """Share of the FCN's hidden channels dropped in training (ours)."""
    training: TrainingSettings = field(default_factory=TrainingSettings)
    crops: bool = False
    """Train on each annotated instance as a video of its own too (PAPER Table 3).
    Five times the work, and here no gain."""
    untrimmed: bool = True
    """Learn labels from videos with background. Without, FCN and control see instances
    and trimmed clips only (PAPER Table 3's gt + UCF20)."""
    projection: BackProjection = "argmax"
    """Eq. 7, or Eq. 6."""
    smoothing: float = 1.0
    """Standard deviation of the Gaussian over frame scores, in samples (ours)."""
    proposals: ProposalSettings = field(default_factory=ProposalSettings)
    refinement: RefinementSettings = field(default_factory=RefinementSettings)
    control: ControlSettings = field(default_factory=ControlSettings)
    metric: MetricSettings = field(default_factory=MetricSettings)
    """Where the EM's axes come from; `kind="labels"` is the end-to-end variant."""
    head: HeadSettings = field(default_factory=HeadSettings)
    """The temporal head (ours); `kind="none"` is the paper's DBS."""
    members: int = field(default=1, metadata=store.LATER)
    """Imprints, FCNs, controls and heads of a run (ours), each what a run of its seed
    would learn; their scores are averaged before actions are found."""

    def __post_init__(self) -> None:
        require_range(self, ("dropout",), 0, 1)
        require_range(self, ("members",), 1, MOST_MEMBERS)
        require_range(self, ("smoothing",), 0, WIDEST)
        if not self.untrimmed and self.head.kind != "none":
            raise InputError(
                "a temporal head learns from untrimmed videos", cure="--head none"
            )
        if self.metric.kind == "labels" and not self.untrimmed:
            raise InputError(
                "axes are shaped by labels of untrimmed videos", cure="--metric pca"
            )
        if self.metric.kind == "labels" and self.epitome.model != "epitome":
            raise InputError("only an epitome has axes", cure="--metric pca")


def member_seeds(seed: int, members: int) -> tuple[int, ...]:
    """Give the seeds of a run's members: the first member's is the run's."""
    return tuple(seed + MEMBER_STEP * number for number in range(members))


def paper_settings() -> Settings:
    """The paper's own choices wherever they are known (METHOD section 0)."""
    ours = Settings()
    return replace(
        ours,
        features=replace(ours.features, flow_input="stack"),
        epitome=replace(ours.epitome, start="noise"),
        descriptor=replace(ours.descriptor, dimensions=512, whiten=True),
        target=TargetSettings(kind="eq5", tau=4.0, mask_tau=4.0),
        architecture="C3",
        dropout=0.0,
        training=replace(
            ours.training, epochs=10, batch=16, loss="cells", augment=False
        ),
        crops=True,
        smoothing=0.0,
        proposals=replace(ours.proposals, smoothing=3.0, per_class=False),
        refinement=replace(ours.refinement, overlap=0.4, classes="best", score="mean"),
        head=replace(ours.head, kind="none"),
    )
