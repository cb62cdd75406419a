"""Annotation in frame numbers is noticed wherever a run reads it."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.records import Segments, VideoEntry, VideoInfo, VideoTruth
from dbs_core.runs.places import SAMPLE_DATA
from dbs_core.runs.truth_times import truth_past_the_end


def seen(split, end_s, duration_s, *problems):
    truth = VideoTruth(Segments.of([(0.0, end_s)], [1]), np.empty((0, 2)))
    info = VideoInfo(duration_s, 25.0, 64, 48, "h264", problems=problems)
    return VideoEntry(f"{split}-v", Path(f"{split}.mp4"), split, truth), info


def test_each_split_is_told_by_itself():
    found = truth_past_the_end([seen("test", 250.0, 10.0), seen("train", 9.0, 10.0)])
    (note,) = found
    assert note.startswith("1 of 1 truths of test end after their video does")


@pytest.mark.parametrize("problem", ["cut short: 300.0 s promised, 10.0 s found"])
def test_a_file_that_ends_early_is_no_sign_of_frame_numbers(problem):
    assert truth_past_the_end([seen("test", 250.0, 10.0, problem)]) == ()


@pytest.fixture
def in_frames(tmp_path):
    """The sample with its test annotation in frames at 25 a second."""
    data = shutil.copytree(SAMPLE_DATA, tmp_path / "data")
    for path in (data / "annotation_test").glob("*.txt"):
        frames = re.sub(
            r"(?<= )\d+\.\d+", lambda m: f"{25 * float(m[0]):.1f}", path.read_text()
        )
        path.write_text(frames)
    return data


@pytest.mark.parametrize("command", ["evaluate", "detect"])
def test_the_commands_say_it_in_one_note(in_frames, capsys, command):
    run = str(in_frames / "run")
    main([command, "--run", run, str(in_frames)])
    said = capsys.readouterr().err
    notes = [line for line in said.splitlines() if "frame numbers" in line]
    (note,) = notes
    assert re.search(r"note: \d+ of 22 truths of test end after their video", note)


def test_the_sample_itself_is_in_seconds(tmp_path, capsys):
    data = shutil.copytree(SAMPLE_DATA, tmp_path / "data")
    assert main(["evaluate", "--run", str(data / "run"), str(data)]) == 0
    assert "frame numbers" not in capsys.readouterr().err
