"""An annotated video: frames and times are the video's, and what is drawn is true."""

from pathlib import Path

import av
import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS, Rule
from dbs_core.evaluation.video_matches import judge
from dbs_core.method.video.stream import VideoStream
from dbs_core.pictures import annotated_video
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.printing import new_figure, pixels_of
from dbs_core.pictures.timeline import timeline_picture
from dbs_core.records import VideoResult
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress
from tests.app.make_run import CLASSES, PLANS, make_run

PLAN = PLANS[0]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "made", [PLAN])


@pytest.fixture(scope="module")
def result(run: Run) -> VideoResult:
    return run.result("test", PLAN.video_id)


@pytest.fixture(scope="module")
def drawn(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("drawn") / "two.mp4"
    given = ["--run", str(run.root), "--video", PLAN.video_id, "--to", str(out)]
    assert main(["annotate", *given, "--class", "HighJump"]) == 0
    return out


def frames(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with VideoStream(path) as video:
        size = video.upright_size(video.first)
        found = [(time_s, video.rgb(frame, size)) for time_s, frame in video.frames()]
    times, images = zip(*found, strict=True)
    return np.array(times), np.stack(images)


def near(colour: str, image: np.ndarray, within: int = 40) -> np.ndarray:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return (np.abs(image.astype(int) - wanted) < within).all(-1)


def test_frames_and_times_are_those_of_the_video(
    run: Run, result: VideoResult, drawn: Path
) -> None:
    times, images = frames(drawn)
    own, plain = frames(run.video_file(result))
    np.testing.assert_allclose(times, own, atol=1e-3)
    assert images.shape[2] == plain.shape[2]
    assert images.shape[1] > plain.shape[1]
    with av.open(str(drawn)) as video:
        assert video.streams.video[0].codec_context.name == "h264"
        assert not video.streams.audio


def test_the_line_of_the_moment_moves_with_time(drawn: Path) -> None:
    times, images = frames(drawn)
    axis = images[:, 240:]
    for wanted_s in (3.0, 6.0, 11.0):
        image = axis[np.searchsorted(times, wanted_s - 1e-3)]
        column = near(PRINT.text, image, 60).sum(0).argmax()
        left, right = annotated_video.LEFT, annotated_video.RIGHT
        share = (column - left) / (image.shape[1] - left - right)
        shown_s = share * PLAN.seconds
        assert shown_s == pytest.approx(wanted_s, abs=0.15)


def test_heat_lies_where_the_class_scores(
    run: Run, result: VideoResult, drawn: Path
) -> None:
    """Frames of the class change, those where it scores nothing do not."""
    times, images = frames(drawn)
    _, plain = frames(run.video_file(result))
    change = np.abs(images[:, 60:240].astype(int) - plain[:, 60:]).mean((1, 2, 3))
    shown = np.searchsorted(result.frames.times_s, times + 1e-3, "right") - 1
    score = result.frames.probability[shown, 1]
    assert change[score > 0.6].min() > 3 * change[score < 0.15].max()


def test_a_stop_leaves_nothing(run: Run, result: VideoResult, tmp_path: Path) -> None:
    out, video = tmp_path / "a.mp4", run.video_file(result)
    asked = iter([False] * 20 + [True] * 9)
    stop = Progress(cancelled=lambda: next(asked))
    with pytest.raises(Cancelled):
        annotated_video.write_annotated(result, CLASSES, 1, video, out, stop)
    assert list(tmp_path.iterdir()) == []


def test_only_a_video_of_ours_is_replaced(
    run: Run, drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["annotate", "--run", str(run.root), "--video", PLAN.video_id, "--to"]
    assert main([*given, str(drawn)]) == 0
    foreign = tmp_path / "holiday.mp4"
    foreign.write_bytes(b"mine")
    assert main([*given, str(foreign)]) == 2
    assert foreign.read_bytes() == b"mine"
    assert main([*given, str(tmp_path / "a.avi")]) == 2
    assert main([*given, str(tmp_path / "a.mp4"), "--class", "Chess"]) == 2
    assert "no such class" in capsys.readouterr().err


@pytest.mark.parametrize("size", [(16, 12), (120, 640)])
def test_frames_of_any_size_are_painted(
    size: tuple[int, int], result: VideoResult
) -> None:
    painter = annotated_video.Annotator(result, CLASSES, 1, PRINT)
    width, height = painter.canvas(size)
    assert width == size[0]
    assert height % 2 == 0
    image = np.zeros((size[1], size[0], 3), np.uint8)
    for time_s in (0.0, 2.0, PLAN.seconds + 1):
        assert painter.paint(time_s, image).shape == (height, width, 3)


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
def test_the_axis_is_judged_as_asked(rule: Rule, result: VideoResult) -> None:
    """Each detection is right at some tIoU and wrong at another: it looks different."""
    matches = [judge(result, rule, tiou=tiou) for tiou in (0.3, 0.95)]
    assert len({one.verdicts for one in matches if one}) == 2
    axes = []
    for tiou in (0.3, 0.95):
        painter = annotated_video.Annotator(result, CLASSES, 1, PRINT, rule, tiou)
        painter.canvas((320, 240))
        axes.append(painter.paint(0.0, np.zeros((240, 320, 3), np.uint8))[240:])
        drawn = timeline_picture(result, 1, CLASSES, PRINT, None, rule, tiou)("svg")
        assert (b"<pattern" in drawn) == ("wrong" in matches[len(axes) - 1].verdicts)
    assert (axes[0] != axes[1]).any()


@pytest.mark.parametrize("letters", range(1, 40))
def test_names_of_any_length_are_drawn(letters: int) -> None:
    """Inches times dots are not always whole: 4.1 inches are 409.99 pixels."""
    drawn = pixels_of(new_figure(0.15 * letters + 0.2, 0.2, PRINT), 100)
    assert drawn.shape[0] == 20
    assert abs(drawn.shape[1] - (15 * letters + 20)) <= 1
