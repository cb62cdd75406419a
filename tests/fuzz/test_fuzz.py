"""Damaged files of every kind: read or refused in one line, in little time and memory.

pytest tests/fuzz                         300 inputs
pytest tests/fuzz --fuzz 5000             more of them
pytest tests/fuzz --fuzz-only 1234        one again, with its trace
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.fuzz.lane import Lane, why_failed
from tests.fuzz.mutations import damage
from tests.fuzz.readers import READERS, make_corpus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SEED = 20190127


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    make_corpus(root)
    return root


def test_the_same_seed_gives_the_same_damage(corpus):
    for number, reader in enumerate(READERS):
        content = (corpus / str(number) / reader.name).read_bytes()
        made = [
            damage(np.random.default_rng([1, number]), reader.kind, content)
            for _ in range(2)
        ]
        assert made[0][0] == made[1][0], reader
        assert made[0][1] == made[1][1] or "packed" in made[0][0], reader


def test_every_damaged_file_is_read_or_refused(corpus, tmp_path, request):
    only = request.config.getoption("--fuzz-only")
    count = request.config.getoption("--fuzz")
    numbers = range(count) if only is None else [only]
    lane = Lane(corpus, tmp_path, SEED)
    kinds: Counter[str] = Counter()
    failed = []
    try:
        for found in lane.outcomes(numbers):
            kinds[found.outcome] += 1
            if why := why_failed(found):
                failed.append(
                    f"--fuzz-only {found.number}: {found.reader} {found.damage}: {why}"
                    f"\n{found.line}"
                )
    finally:
        lane.close()
    sys.stdout.write(f"{dict(kinds)}\n")
    assert not failed, f"{len(failed)} of {len(numbers)}:\n" + "\n".join(failed)
    if only is None:
        assert kinds["refused"] > len(numbers) / 4
        assert kinds["read"] > len(numbers) / 20
