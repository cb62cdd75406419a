"""Pictures of a result by a call: what they show, where they are saved."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.pictures.views import Drawn, heat_map, timeline
from dbs_core.records import ClassList, Segments, VideoResult
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result
from tests.core.make_video import write_video

CLASSES = ClassList(("Run", "Jump"), (7, 9))


@pytest.fixture
def result(tmp_path: Path) -> VideoResult:
    """Found: Jump from 1.0 to 1.8 s, Run from 0.2 to 0.8 s; its video is there."""
    video = write_video(tmp_path / "v.mp4", 50)
    return replace(make_result(path=str(video)), classes=CLASSES)


def test_a_notebook_shows_it(result):
    for drawn in (heat_map(result), timeline(result)):
        assert drawn._repr_png_().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("deep/a.pdf", b"%PDF")],
)
def test_saved_as_its_ending_says(result, tmp_path, name, begins):
    place = heat_map(result).save(str(tmp_path / name))
    assert place == tmp_path / name
    assert place.read_bytes().startswith(begins)


@pytest.mark.parametrize("name", ["a.jpg", "a"])
def test_another_ending_is_refused(result, tmp_path, name):
    with pytest.raises(InputError, match=r"wanted \.png or \.svg or \.pdf, got"):
        timeline(result).save(tmp_path / name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("at_s", "label", "title"),
    [
        pytest.param(None, None, "Jump, 1.4 s", id="middle of the best"),
        pytest.param(None, "Run", "Run, 0.4 s", id="middle of the class's best"),
        pytest.param(0.3, None, "Run, 0.2 s", id="what is found at the time"),
        pytest.param(1.0, "Jump", "Jump, 1.0 s", id="by name"),
        pytest.param(1.9, 2, "Jump, 1.8 s", id="by label"),
        pytest.param(2.0, 1, "Run, 1.8 s", id="the very end"),
    ],
)
def test_time_and_class_are_chosen(result, at_s, label, title):
    assert heat_map(result, at_s, label).title == title


def test_where_nothing_is_found_the_highest_score_is_shown(result):
    none = np.zeros(0, np.int64)
    lost = replace(
        result.candidates,
        segments=Segments.empty(),
        proposal=none,
        level=np.zeros(0),
        suppressed_by=none,
    )
    empty = replace(result, candidates=lost, truth=None)
    scores = result.frames.probability
    best = CLASSES.names[int(scores[5, 1:].argmax())]
    assert heat_map(empty).title == f"{best}, 1.0 s"
    over_all = CLASSES.names[int(scores[:, 1:].max(axis=0).argmax())]
    assert timeline(empty).title == f"v, {over_all}"


def test_the_class_is_written_on_the_picture(result):
    assert b"Jump, 1.4 s" in heat_map(result).picture("svg")
    svg = timeline(result, "Run", at_s=1.0).picture("svg")
    for text in (b"Run", b"Jump", b"seconds"):
        assert text in svg


def test_classes_without_names_have_numbers(result):
    assert heat_map(replace(result, classes=None)).title == "class 2, 1.4 s"


@pytest.mark.parametrize("label", ["Fly", "background", 0, 3, ""])
def test_another_class_is_refused(result, label):
    for draw in (heat_map, timeline):
        with pytest.raises(InputError, match="no such class, wanted Run or Jump"):
            draw(result, label=label)


@pytest.mark.parametrize("at_s", [-0.1, 2.1, float("nan")])
def test_a_time_outside_the_video_is_refused(result, at_s):
    with pytest.raises(InputError, match=r"v: no such time, wanted 0 to 2\.0 s"):
        heat_map(result, at_s)


def test_a_video_that_moved_is_named(result, tmp_path):
    moved = (tmp_path / "v.mp4").rename(tmp_path / "w.mp4")
    with pytest.raises(InputError, match=r"v\.mp4: no such file"):
        heat_map(result)
    assert isinstance(heat_map(result, video=str(moved)), Drawn)


def test_a_relative_path_starts_from_the_run(result, tmp_path):
    there = replace(result, video_path="../v.mp4", folder=tmp_path / "run")
    (tmp_path / "run").mkdir()
    assert heat_map(there).title == "Jump, 1.4 s"
