"""ActivityNet's layout as a data set: one JSON, and folders of videos.

```
ROOT/
  activity_net.v1-3.min.json     {"database": {ID: {subset, duration, annotations}}}
  v_ID.mp4  val/v_ID.mkv         the videos, here, below, or in other folders
```

ActivityNet v1.2 and v1.3, HACS, FineAction, and THUMOS'14 and MultiTHUMOS as
ActionFormer and OpenTAD hand them out. What is forgiven in the JSON is what `score`
forgives: the truth of training and evaluation is one.
"""

from pathlib import Path

from dbs_core.datasets.annotated_videos import Annotated, dataset_of
from dbs_core.datasets.dataset import BESIDE, Dataset, Elsewhere
from dbs_core.datasets.formats.activitynet_truth import read_ground_truth
from dbs_core.datasets.formats.foreign import refuse_foreign
from dbs_core.datasets.formats.text import read_text
from dbs_core.runtime.errors import InputError

WANTED = "an ActivityNet ground-truth JSON"


def open_activitynet(
    path: Path, elsewhere: Elsewhere = BESIDE, *, alone: bool = False
) -> Dataset:
    """Read a data set in ActivityNet's layout.

    Args:
        path: the JSON, gzip or plain.
        elsewhere: the folders of the videos (default: that of the JSON), and a file
            of splits (default: the JSON's subsets).
        alone: annotation alone will do: features stand for videos.

    Raises:
        InputError: no ground truth, no class in it, or no file of its videos.
    """
    refuse_foreign(path, WANTED)
    truth = read_ground_truth(path)
    if not truth.classes.names:
        raise InputError(
            "no annotated instance",
            where=path,
            wanted=WANTED,
            got="; ".join(truth.warnings),
        )
    annotated = Annotated(
        truth.classes,
        truth.truths,
        truth.subsets,
        truth.durations_s,
        truth.warnings,
        truth.left_out,
    )
    return dataset_of(path, "activitynet", annotated, elsewhere, alone=alone)


def is_json(path: Path) -> bool:
    """Say whether a file's name is that of a JSON, gzip or plain."""
    return path.name.lower().endswith((".json", ".json.gz"))


def holds_truth(path: Path) -> bool:
    """Say whether a JSON looks like a ground truth; it is not taken apart for that."""
    try:
        return '"database"' in read_text(path)
    except InputError:
        return False
