"""Training an FCN on the imprints of videos: what each holds goes through a file.

One that was trained on the very same samples before is taken up (`kept_fcns.py`).
"""

from collections.abc import Sequence

from dbs_core.method.features.projection import Projection
from dbs_core.method.model import new_network
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.records import Placement
from dbs_core.runtime import files
from dbs_core.runtime.seeds import generator_for, seeded
from dbs_core.training.fcn import train
from dbs_core.training.kept_fcns import keep_fcn, kept_at, take_up
from dbs_core.training.learner import Learner, teaches
from dbs_core.training.samples import build
from dbs_core.training.videos import TrainingVideo


def learn_network(
    placed: Sequence[tuple[TrainingVideo, Placement]],
    describe: Projection,
    learner: Learner,
) -> tuple[ImprintFCN, tuple[float, ...]]:
    """Train an FCN on the videos that teach; gives it with the loss of each epoch.

    Args:
        placed: the training videos, and where the frames of each lie.
        describe: the descriptors' projection.
        learner: settings, seed and scratch folder.

    Raises:
        InputError: the disk is full.
        Cancelled: the progress was asked to stop.
    """
    settings, channels = learner.settings, learner.classes.channels
    taught = [pair for pair in placed if teaches(pair[0], learner)]
    with files.scratch(learner.scratch) as file:
        samples = build(
            file, taught, describe, settings, channels, learner.progress, learner.device
        )
        generator = generator_for(learner.seed, "fcn")
        path = kept_at(samples, learner)
        with seeded(generator):
            network = new_network(settings, learner.classes, describe.axes.shape[1])
            losses = take_up(path, network)
            if losses is None:
                losses = tuple(
                    train(
                        network,
                        samples,
                        settings.training,
                        generator=generator,
                        device=learner.device,
                        progress=learner.progress,
                    )
                )
                keep_fcn(path, network.cpu(), losses)
    return network.cpu().eval(), losses
