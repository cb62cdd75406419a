"""Records an EM of the shipped sample that starts from noise, for the page Start.

`python -m docs.record_em` from the project's top: assets/em_from_noise.npz, a
few kilobytes. The same on the same kind of CPU.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from dbs_core.datasets import open_dataset
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.pipeline import imprint_generator
from dbs_core.runs.detecting import Detector
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.recorded_em import RECORDING, RecordedEM, most_shared
from dbs_core.runs.run import Run
from dbs_core.runtime import store
from dbs_core.runtime.threads import fixed_threads

VIDEO = "video_test_0000002"
"""Two of its throws are half a minute apart and look alike."""
SEED = 0


def record() -> RecordedEM:
    """Let the EM run on the video's features, with the run's settings but the start."""
    run = Run.open(SAMPLE)
    entries = open_dataset(SAMPLE_DATA).split("test")
    (entry,) = (entry for entry in entries if entry.video_id == VIDEO)
    with tempfile.TemporaryDirectory() as folder, fixed_threads(1):
        detector = Detector.open(run, cache=Path(folder))
        video = detector.cache.get(entry.path, detector.backbone, detector.features)
        fitted = fit(
            video.features,
            detector.model.locate,
            replace(detector.model.settings.epitome, start="noise"),
            generator=imprint_generator(SEED, entry),
        )
    result = run.result("test", VIDEO)
    assert result.truth is not None
    truth = result.truth.segments
    rows = list(most_shared(truth, fitted.trace[-1], result.placement.starts_s))
    return RecordedEM(
        VIDEO,
        fitted.placement.grid,
        fitted.placement.window,
        fitted.log_likelihood,
        fitted.trace,
        run.info.classes.name_of(int(truth.labels[rows[0]])),
        truth.spans_s[rows],
    )


if __name__ == "__main__":
    store.write_record(RECORDING, record())
