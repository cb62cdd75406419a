"""The paper's figures of a run: whole files, the same bytes, a video that fits."""

import dataclasses
import io
import itertools
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from dbs_core.cli.main import main
from dbs_core.paper.figures.bars import draw_bars, draw_truth_bar
from dbs_core.paper.figures.drawing import TITLES, PaperFigure, draw_figure
from dbs_core.paper.figures.figure2_annotation import active_maps
from dbs_core.paper.figures.sheet import COLUMN, TEXT, Sheet
from dbs_core.paper.figures.subject import Subject
from dbs_core.paper.figures.survey import (
    Survey,
    Surveyed,
    best_video,
    richest_video,
    survey,
    worst_video,
)
from dbs_core.records import Segments, VideoTruth
from dbs_core.runs.provenance import THE_PAPER, provenance_line
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from tests.app.make_run import HOSTILE, make_run

WIDTHS = {1: TEXT, 2: COLUMN, 3: COLUMN, 4: TEXT}


@pytest.fixture(scope="module")
def made_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("figures") / "made")


@pytest.fixture(scope="module")
def found(made_run: Run) -> Survey:
    return survey(made_run, "test")


@pytest.fixture(scope="module")
def figures(made_run: Run, found: Survey) -> dict[int, PaperFigure]:
    return {n: draw_figure(made_run, found, "test", n) for n in TITLES}


@pytest.mark.parametrize("number", list(TITLES))
def test_a_png_has_300_dots_an_inch_of_the_column(
    number: int, figures: dict[int, PaperFigure]
) -> None:
    data = figures[number].picture("png")
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[1] == int(WIDTHS[number] * 300)
    assert image.std() > 5


@pytest.mark.parametrize("number", list(TITLES))
def test_text_stays_text(number: int, figures: dict[int, PaperFigure]) -> None:
    svg = figures[number].picture("svg")
    words = "".join(ElementTree.fromstring(svg).itertext())
    assert "This run: made scenes (4 classes)" in words
    assert "THUMOS'14 (20 classes)" in words
    assert b"Times New Roman" in svg
    pdf = figures[number].picture("pdf")
    assert pdf[:5] == b"%PDF-"
    assert re.findall(rb"/BaseFont /\w+\+(\w+)", pdf)
    assert b"/Type3" not in pdf


def test_no_line_leaves_the_sheet(figures: dict[int, PaperFigure]) -> None:
    for number, figure in figures.items():
        data = figure.picture("png")
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert image[:, [0, -1]].min() == 255, number
        assert image[[-1]].min() == 255, number


def test_the_typeface_is_found_without_the_list_of_fonts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = [font for font in fontManager.ttflist if "STIX" not in font.name]
    monkeypatch.setattr(fontManager, "ttflist", there)
    sheet = Sheet(1.0, 1.0, "")
    sheet.text(0.1, 0.5, "words")
    assert b"STIXGeneral" in sheet.picture()("pdf")


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_run_gives_the_same_bytes(
    kind: str, made_run: Run, found: Survey, figures: dict[int, PaperFigure]
) -> None:
    for number in (1, 3):
        again = draw_figure(made_run, found, "test", number).picture(kind)
        assert again == figures[number].picture(kind)
        assert b"Date" not in again


def test_each_figure_chooses_a_video_that_fits_it(
    figures: dict[int, PaperFigure],
) -> None:
    assert figures[1].videos == ("two_jumps",)  # two classes, three instances
    assert figures[2].videos == ("two_jumps",)
    assert figures[4].videos[0] == "two_jumps"
    assert figures[3].notes == ("5 of 5 videos.",)


@pytest.mark.parametrize("draw", [draw_truth_bar, draw_bars])
@pytest.mark.parametrize("other", [1, 2])
def test_overlapping_truths_are_not_drawn_over_each_other(
    made_run: Run, draw: Callable[[Axes, Subject], None], other: int
) -> None:
    """Of one class or of two (CliffDiving is Diving too), also of the same span."""
    spans = [(0.5, 6.0), (2.0, 4.0), (5.0, 8.0), (5.0, 8.0), (9.0, 10.0)]
    labels = [1, other, 1, other, 1]
    result = made_run.result("test", "two_jumps")
    truth = VideoTruth(Segments.of(spans, labels), np.zeros((0, 2)))
    result = dataclasses.replace(result, truth=truth)
    axes = Figure().subplots()
    draw(axes, Subject(made_run, result, threshold=2.0))  # no detection
    boxes = [patch.get_bbox() for patch in axes.patches if len(patch.get_path()) == 5]
    boxes = [box for box in boxes if box.width < result.info.duration_s]
    assert sorted((box.x0, box.x1) for box in boxes) == sorted(spans)
    for one, two in itertools.combinations(boxes, 2):
        over = one.shrunk(0.99, 0.99).overlaps(two.shrunk(0.99, 0.99))
        assert not over, (one, two)


def looked(video_id: str, **more: object) -> Surveyed:
    scores = np.array(more.setdefault("scores", np.array([0.5])))
    plain: dict[str, object] = {
        "duration_s": 9.0,
        "classes": 1,
        "instances": 1,
        "precision": 0.5,
        "sharpness": np.ones(2, np.float32),
        "right": np.ones(len(scores), bool),
    }
    return Surveyed(video_id, **plain | more)


def test_choices_by_hand() -> None:
    videos = [
        looked("one", precision=1.0),
        looked("several", classes=3, instances=4, precision=0.7),
        looked("more", classes=3, instances=5, precision=0.6),
        looked("nothing found", precision=0.0, scores=np.zeros(0)),
        looked("bad", precision=0.1),
        looked("unknown", precision=None, instances=0),
    ]
    assert best_video(videos).video_id == "several"
    assert richest_video(videos).video_id == "more"
    assert worst_video(videos).video_id == "bad"
    with pytest.raises(InputError, match="annotated"):
        richest_video(videos[-1:])


def test_the_cut_is_where_f1_is_best() -> None:
    first = looked("a", instances=2, scores=np.array([0.9, 0.3]))
    first = dataclasses.replace(first, right=np.array([True, True]))
    second = looked("b", instances=1, scores=np.array([0.5, 0.2]))
    second = dataclasses.replace(second, right=np.array([False, True]))
    # F1 from the top: 2/4, 2/5, 4/6, 6/7.
    assert Survey((first, second), 2, ()).threshold == 0.2
    none = dataclasses.replace(second, right=np.array([False, False]))
    assert Survey((none,), 1, ()).threshold is None


def test_annotation_maps_agree_with_eq_5_by_loops(made_run: Run) -> None:
    result = made_run.result("test", "two_jumps")
    maps = active_maps(Subject(made_run, result, 0.0))
    placement, truth = result.placement, result.truth
    assert truth is not None
    wanted = np.zeros_like(maps)
    for label in (1, 2):
        count = np.zeros(placement.grid)
        for t, time_s in enumerate(placement.times_s):
            spans = truth.segments.spans_s[truth.segments.labels == label]
            if any(a <= time_s < b for a, b in spans):
                for (row, column), weight in zip(
                    placement.locations[t], placement.weights[t], strict=True
                ):
                    count[row, column] += weight
        limit = min(4.0, 0.15 * count.sum())
        for row, column in zip(*np.nonzero(count > limit), strict=True):
            for i in range(7):
                for j in range(7):
                    wanted[(row + i) % 24, (column + j) % 24, label] = True
    assert (maps[..., 1:] == wanted[..., 1:]).all()


def test_overlapping_detections_are_drawn_once(made_run: Run) -> None:
    result = made_run.result("test", "two_jumps")
    found = Segments.of(
        np.array([[0.0, 4], [1, 5], [4, 8], [0, 12]]),
        [1, 2, 1, 1],
        [0.9, 0.8, 0.7, 0.6],
    )
    candidates = dataclasses.replace(
        result.candidates,
        segments=found,
        proposal=np.zeros(4, int),
        level=np.zeros(4),
        suppressed_by=np.full(4, -1),
    )
    subject = Subject(made_run, dataclasses.replace(result, candidates=candidates), 0.0)
    assert subject.found.spans_s.tolist() == [[0, 4], [4, 8]]


def test_a_long_video_shows_the_minute_with_most_action(made_run: Run) -> None:
    result = made_run.result("test", "two_jumps")
    assert result.truth is not None
    truth = dataclasses.replace(
        result.truth,
        segments=Segments.of(np.array([[10.0, 12], [200, 215], [230, 238]]), [1] * 3),
    )
    info = dataclasses.replace(result.info, duration_s=300.0)
    longer = dataclasses.replace(result, truth=truth, info=info)
    start, end = Subject(made_run, longer, 0.0).span_s()
    assert end - start == 60
    assert start <= 200
    assert end >= 238


def test_without_the_video_the_mean_image_stands_in(
    made_run: Run, found: Survey
) -> None:
    for number in (1, 2, 4):
        figure = draw_figure(made_run, found, "test", number, "gone")
        assert any("not at hand" in note for note in figure.notes)
        assert b"not at hand" in figure.picture("svg")


@pytest.mark.parametrize("number", list(TITLES))
@pytest.mark.parametrize("video", ["nothing_found", "no_truth", "odd_codec"])
def test_odd_videos_can_be_drawn(
    number: int, video: str, made_run: Run, found: Survey
) -> None:
    if (number, video) == (2, "no_truth"):
        with pytest.raises(InputError, match="no_truth"):
            draw_figure(made_run, found, "test", number, video)
        return
    figure = draw_figure(made_run, found, "test", number, video)
    assert figure.picture("png")[:4] == b"\x89PNG"


def test_a_hostile_name_is_text(made_run: Run) -> None:
    found = survey(made_run, "validation")
    svg = draw_figure(made_run, found, "validation", 1).picture("svg").decode()
    assert "<img" not in svg
    assert "&lt;img" in svg
    assert HOSTILE in made_run.info.classes.names


def test_bad_requests_are_one_line(
    made_run: Run, found: Survey, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="nobody"):
        draw_figure(made_run, found, "test", 1, "nobody")
    with pytest.raises(InputError, match="got 5"):
        draw_figure(made_run, found, "test", 5)
    bare = Run.create(tmp_path / "bare", made_run.info)
    with pytest.raises(InputError, match="no result to draw"):
        survey(bare, "test")


def test_a_damaged_result_is_left_out_and_said(made_run: Run, tmp_path: Path) -> None:
    run = Run.create(tmp_path / "half", made_run.info)
    run.write_result(made_run.result("test", "two_jumps"))
    run.result_path("test", "broken").write_bytes(b"no result")
    found = survey(run, "test")
    assert [v.video_id for v in found.videos] == ["two_jumps"]
    assert "broken" in found.problems[0]


def test_the_line_names_this_run_and_the_paper(made_run: Run) -> None:
    info = dataclasses.replace(
        made_run.info,
        seed=7,
        settings={"features": {"backbone": "Net", "stream": "flow", "rate_hz": 4.0}},
    )
    line = provenance_line(info)
    assert line.startswith(
        "This run: made scenes (4 classes); Net, optical flow, 4 fps;"
    )
    assert "seed 7. The paper: " in line
    assert THE_PAPER in line


def test_the_command_writes_three_kinds(
    made_run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["figures", "--run", str(made_run.root), "--to", str(tmp_path / "to")]
    assert main([*command, "--figure", "3"]) == 0
    assert sorted(p.name for p in (tmp_path / "to").iterdir()) == [
        "figure3.pdf",
        "figure3.png",
        "figure3.svg",
    ]
    assert "5 of 5 videos" in capsys.readouterr().out
    assert main([*command, "--figure", "2", "3", "--video", "no_truth"]) == 1
    assert "failed figure 2" in capsys.readouterr().err
    assert main([*command, "--split", "evening"]) == 2
    said = capsys.readouterr().err
    assert "evening" in said
    assert said.count("\n") == 1


def test_pictures_open_as_files(figures: dict[int, PaperFigure]) -> None:
    assert io.BytesIO(figures[3].picture("pdf")).read().rstrip().endswith(b"%%EOF")
