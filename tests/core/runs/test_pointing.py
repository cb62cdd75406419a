"""The pointing game over a run: whose boxes count, and what earlier results know."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets.actor_boxes import read_boxes
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.records import Segments, VideoEntry, VideoTruth
from dbs_core.runs import pointing
from dbs_core.runs.detecting import Detector
from dbs_core.runs.pointing import play
from dbs_core.runtime.errors import InputError
from tests.core.make_video import write_video
from tests.core.small_model import SETTINGS, MeanColours, small_model, small_run


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    """A run with the result of one video of four seconds, all of it one action."""
    root = tmp_path_factory.mktemp("pointing")
    run = small_run(root / "run")
    video = write_video(root / "a.mp4", 100)
    truth = VideoTruth(Segments.of([[0.0, 4.0]], [1]), np.zeros((0, 2)))
    found = Detector(
        run, small_model(), MeanColours, FeatureCache(root), features=FeatureSettings()
    )
    run.write_result(found.detect(VideoEntry("a", video, "test", truth)))
    return found


def boxes_of(folder, videos, box=(0, 0, 4000, 4000)):
    path = folder / "boxes.json"
    rows = {v: [[i / 5, "Running", *box] for i in range(20)] for v in videos}
    path.write_text(json.dumps(rows))
    return path


def right_box(detector):
    info = detector.run.result("test", "a").info
    return (0, 0, info.width, info.height)


def test_the_whole_picture_is_always_hit(detector, tmp_path):
    boxes = read_boxes(boxes_of(tmp_path, ["a"], right_box(detector)))
    games = play(detector.run, "test", boxes, detector)
    game = games.played["every"][0].pointing()
    assert game.frames == 20
    assert set(game.hits) == {
        *("dbs", "dbs_placed", "control", "control_placed"),
        *("centre", "uniform"),
    }
    assert set(game.shares.values()) == {100.0}
    assert "1 video whose place is told by the features alone" in games.notes[0]


def test_the_control_of_several_members_is_their_mean(detector, tmp_path, monkeypatch):
    boxes = read_boxes(boxes_of(tmp_path, ["a"], (20, 10, 40, 30)))
    one, other = (small_model(seed, replace(SETTINGS, members=2)) for seed in (0, 1000))
    seen, real = [], pointing.point

    def spy(result, of, others, **more):
        seen.append(others["control"])
        return real(result, of, others, **more)

    monkeypatch.setattr(pointing, "point", spy)
    for model in (one, other, replace(one, others=(other,))):
        play(detector.run, "test", boxes, replace(detector, model=model))
    first, second, both = seen[::2]
    assert not np.allclose(first, second)
    np.testing.assert_allclose(both, (first + second) / 2, atol=1e-6)


def test_a_result_from_before_is_told_where_its_frames_are_unusual(detector, tmp_path):
    run = detector.run
    boxes = read_boxes(boxes_of(tmp_path, ["a"], (20, 10, 40, 30)))
    now = play(run, "test", boxes, detector).played["every"][0]
    result = run.result("test", "a")
    run.write_result(replace(result, unusual=None))
    before = play(run, "test", boxes, detector).played["every"][0]
    alone = play(run, "test", boxes, None).played["every"][0]
    run.write_result(result)
    np.testing.assert_array_equal(before.hits["dbs_placed"], now.hits["dbs_placed"])
    assert set(alone.hits) == {"dbs", "centre", "uniform"}


def test_boxes_of_other_videos_are_named(detector, tmp_path):
    boxes = read_boxes(boxes_of(tmp_path, ["a", "b"], right_box(detector)))
    games = play(detector.run, "test", boxes, detector)
    assert games.videos == ("a",)
    assert games.notes[0].endswith("without a result in test, not counted: b")


@pytest.mark.parametrize(
    ("videos", "message"),
    [
        pytest.param(["b", "c"], "boxes of none of the run's videos", id="unknown"),
        pytest.param(["a"], "a: boxes of another size of picture", id="other size"),
    ],
)
def test_boxes_that_do_not_fit_are_one_line(detector, tmp_path, videos, message):
    boxes = read_boxes(boxes_of(tmp_path, videos))
    with pytest.raises(InputError, match=message):
        play(detector.run, "test", boxes, detector)


def test_the_command_prints_and_writes_the_table(
    detector, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(
        "dbs_core.runs.detecting.named_backbone", lambda *_: MeanColours()
    )
    boxes = boxes_of(tmp_path, ["a"], right_box(detector))
    given = ["pointing", "--run", str(detector.run.root), "--boxes", str(boxes)]
    out = tmp_path / "figures.json"
    assert main([*given, "--tolerance", "15", "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "or 15 pixels around it" in printed
    assert "20 frames of all true actions" in printed
    assert "score alone (Eq. 7)" in printed
    rows = json.loads(out.read_text())["pointing"]["every"]["rows"]
    assert rows["dbs_placed"]["percent"] == 100.0
    assert rows["dbs_placed"]["by_class"] == {"Running": 100.0}


def test_missing_boxes_are_one_line(detector, tmp_path, capsys):
    given = ["pointing", "--run", str(detector.run.root)]
    assert main([*given, "--boxes", str(tmp_path / "no.json")]) == 2
    assert main([*given, "--boxes", "x.json", "--tolerance", "-1"]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert "no.json" in lines[0]
    assert "0 or more pixels" in lines[1]
    assert len(lines) == 2
