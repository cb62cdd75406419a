"""Memory does not grow with the video: neither features nor EM nor mosaic hold it."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import dbs_core
from tests.core.make_video import write_video

pytestmark = pytest.mark.slow

DETECT = """
import json, resource, sys
from pathlib import Path
from dbs_core.datasets import open_video
from dbs_core.method.features.cache import FeatureCache
from dbs_core.runs.detecting import Detector, detect_all
from tests.core.small_model import MeanColours, small_model, small_run

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

root, peaks = Path(sys.argv[1]), []
for name in sys.argv[2:]:
    detector = Detector(
        small_run(root / f"{name}-run"),
        small_model(),
        MeanColours,
        FeatureCache(root / f"{name}-cache"),
    )
    assert detect_all(open_video(root / name).videos, detector) == {}
    peaks.append(peak())
print(json.dumps(peaks))
"""
MINUTES = 15
MOST_MB = 100
"""Keeping thumbnails and posteriors of all frames took 450 MB."""


def test_a_long_video_takes_little_more_than_a_short_one(tmp_path):
    for name, seconds in (("short.mp4", 10), ("long.mp4", MINUTES * 60)):
        write_video(tmp_path / name, 5 * seconds, rate=Fraction(5), preset="ultrafast")
    done = subprocess.run(
        [sys.executable, "-c", DETECT, str(tmp_path), "short.mp4", "long.mp4"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(dbs_core.__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    short, long = json.loads(done.stdout)
    assert long - short < MOST_MB
