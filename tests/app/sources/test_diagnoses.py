"""A file beside a run: what its numbers mean is as the user says."""

from pathlib import Path

import pytest

from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer import sources


def test_numbers_as_labels_are_what_the_user_says(tmp_path: Path) -> None:
    first = sources.run_set(Run.open(SAMPLE), "test")
    video = next(iter(first.judged.truths))
    path = tmp_path / "found.txt"
    path.write_text(f"{video} 1.0 2.0 1 0.9\n")
    for labels, label in (("order-0", 2), ("order-1", 1)):
        beside = sources.beside(first, path, labels)
        assert beside.judged.found[video].labels.tolist() == [label]
    path.write_text(f"{video} 1.0 2.0 1000 0.9\n")
    with pytest.raises(InputError, match="--labels thumos14, order-0"):
        sources.beside(first, path)
