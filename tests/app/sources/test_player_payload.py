"""The player's payload, read back by a decoder of its own."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS, Rule
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.method.backprojection.frame_scores import frame_maps
from dbs_core.pictures.layers import NO_FRAME
from dbs_core.records import ClassList, Segments, VideoResult, VideoTruth
from dbs_core.runs.repainting import repainted
from dbs_core.runs.run import Run
from explorer.sources.player_payload import (
    even_times,
    pack,
    pack_spans,
    shown_classes,
)
from tests.app.make_run import CLASSES, HOSTILE, big_result


def unpack(body: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Read the layout that payload.py's docstring promises."""
    assert body[:4] == b"DBSP"
    length = int.from_bytes(body[4:8], "little")
    header = json.loads(body[8 : 8 + length])
    arrays = {}
    for name, (kind, offset, size) in header["arrays"].items():
        assert (8 + length + offset) % 8 == 0, f"{name} is not aligned"
        arrays[name] = np.frombuffer(body, kind, size, 8 + length + offset)
    return header, arrays


@pytest.fixture(scope="module")
def result(made_run: Run) -> VideoResult:
    return made_run.result("test", "two_jumps")


def test_the_map_of_a_frame_is_that_of_eq_7(result: VideoResult) -> None:
    header, arrays = unpack(pack(result, CLASSES))
    (gh, gw), (h, w) = header["cells"], header["window"]
    channels = len(header["classes"]) + 1
    grid = arrays["grid"].reshape(gh, gw, channels) / 255
    maps = frame_maps(result.grid, result.placement)
    for t in range(0, len(result.placement), 7):
        row, column = divmod(int(arrays["best"][t]), gw)
        for c, item in enumerate(header["classes"], start=1):
            for i in range(h):
                for j in range(w):
                    mine = grid[(row + i) % gh, (column + j) % gw, c]
                    assert abs(mine - maps[t, i, j, item["label"]]) <= 0.51 / 255


def test_where_frames_are_unusual_goes_along(result: VideoResult) -> None:
    header, arrays = unpack(pack(result, CLASSES))
    assert result.unusual is not None
    assert header["unusualCells"] == [14, 14]
    assert arrays["unusual"].tolist() == result.unusual.ravel().tolist()
    old, arrays = unpack(pack(replace(result, unusual=None), CLASSES))
    assert old["unusualCells"] is None
    assert "unusual" not in arrays


def test_maps_of_fused_streams_go_along_as_they_are(result: VideoResult) -> None:
    assert "maps" not in unpack(pack(result, CLASSES))[1]
    mirrored = frame_maps(result.grid, result.placement)[:, :, ::-1]
    fused = replace(result, maps=mirrored.astype(np.float16))
    header, arrays = unpack(pack(fused, CLASSES))
    labels = [0, *(item["label"] for item in header["classes"])]
    maps = arrays["maps"].reshape(*mirrored.shape[:3], len(labels)) / 255
    assert np.abs(maps - mirrored[..., labels]).max() <= 0.51 / 255 + 1e-3


def test_maps_of_a_soft_projection_go_along_too(result: VideoResult) -> None:
    """Eq. 6 cell by cell: the player knows one window of the grid a frame, Eq. 7's."""
    soft = replace(result, projection="soft")
    header, arrays = unpack(pack(soft, CLASSES))
    labels = [0, *(item["label"] for item in header["classes"])]
    maps = arrays["maps"].reshape(len(result.frames), 7, 7, len(labels)) / 255
    grid, placement = result.grid.probability, result.placement
    apart = 0.0
    for t in range(0, len(placement), 7):
        for i, j in np.ndindex(7, 7):
            wanted = np.zeros(len(labels))
            windows = zip(placement.locations[t], placement.weights[t], strict=True)
            for (row, column), weight in windows:
                cell = grid[(row + i) % 24, (column + j) % 24, labels]
                wanted += weight * cell / placement.weights[t].sum()
            assert np.abs(maps[t, i, j] - wanted).max() <= 0.51 / 255
            row, column = placement.best[t]
            hard = grid[(row + i) % 24, (column + j) % 24, labels]
            apart = max(apart, np.abs(hard - wanted).max())
    assert apart > 0.02


def test_times_scores_and_posterior_survive(result: VideoResult) -> None:
    header, arrays = unpack(pack(result, CLASSES))
    labels = [0, *(item["label"] for item in header["classes"])]
    scores = arrays["scores"].reshape(len(result.frames), len(labels)) / 65535
    assert np.abs(scores - result.frames.probability[:, labels]).max() < 1e-5
    assert np.abs(arrays["times"] - result.placement.times_s).max() < 1e-4
    start, end = arrays["posteriorStart"][3:5]
    kept = dict(
        zip(
            arrays["posteriorCell"][start:end].tolist(),
            arrays["posteriorWeight"][start:end] / 255,
            strict=True,
        )
    )
    for (r, c), weight in zip(
        result.placement.locations[3], result.placement.weights[3], strict=True
    ):
        assert kept[int(r) * 24 + int(c)] == pytest.approx(weight, abs=0.003)


def test_annotation_knows_every_cell_with_a_frame(result: VideoResult) -> None:
    _, arrays = unpack(pack(result, CLASSES))
    covered = np.zeros((24, 24), bool)
    for row, column in result.placement.best:
        for i in range(7):
            for j in range(7):
                covered[(row + i) % 24, (column + j) % 24] = True
    known = arrays["annotation"].reshape(24, 24) != NO_FRAME
    assert known[covered].all()


def test_without_truth_nothing_is_judged(made_run: Run) -> None:
    header, arrays = unpack(pack(made_run.result("test", "no_truth"), CLASSES))
    assert not header["hasTruth"]
    assert header["truth"] == []
    assert "ignored" not in header["found"][0]
    assert "annotation" not in arrays


def test_truths_say_who_finds_them(result: VideoResult) -> None:
    header, _ = unpack(pack(result, CLASSES))
    # make_run puts one good detection on each action and one false alarm at the end.
    scores = result.detections.scores.tolist()
    at_half = header["tious"].index(0.5)
    finders = [row["by"][at_half] for row in header["truth"]]
    assert sorted(by[0][0] for by in finders) == [0, 1, 2]
    overlap = [row["overlap"] for row in header["found"]]
    for by in finders:
        (number, *_) = by[0]
        assert by == [[number, scores[number], overlap[number]]]
    assert [row["score"] for row in header["found"]] == scores, "exact"
    assert [row["ignored"] for row in header["found"]] == [False] * 4
    assert [row["beat"] for row in header["found"]] == [1, 1, 1, 0]


def test_a_detection_in_an_ambiguous_span_counts_as_neither(
    result: VideoResult,
) -> None:
    """Unless it is right: that stands with the truth, at each tIoU."""
    assert result.truth is not None
    whole = VideoTruth(result.truth.segments, np.array([[0.0, 4.0]]))
    header, _ = unpack(pack(replace(result, truth=whole), CLASSES))
    for row in header["found"]:
        assert row["ignored"] == (row["span"][0] < 4.0)


def test_a_truth_says_what_lay_there(result: VideoResult) -> None:
    header, _ = unpack(pack(result, CLASSES))
    scores, times_s = result.frames.probability, result.frames.times_s
    for row in header["truth"]:
        start, end = row["span"]
        own = scores[(times_s >= start) & (times_s < end), row["label"]]
        assert row["inside"]["mean"] == pytest.approx(own.mean(), abs=1e-5)
        assert row["inside"]["highest"] == pytest.approx(own.max(), abs=1e-5)
        assert row["inside"]["other"] in CLASSES.names
        assert row["inside"]["other"] != row["name"]
        best = header["found"][row["nearest"]["detection"]]
        assert best["name"] == row["name"]
        assert row["nearest"]["overlap"] == pytest.approx(best["overlap"], abs=1e-3)


def test_a_hostile_class_name_goes_along_as_text(made_run: Run) -> None:
    header, _ = unpack(pack(made_run.result("validation", HOSTILE), CLASSES))
    assert header["videoId"] == HOSTILE
    assert HOSTILE in [item["name"] for item in header["classes"]]


def test_a_level_that_is_no_number_does_no_harm(result: VideoResult) -> None:
    table = result.candidates
    broken = replace(table, level=np.full(len(table.segments), np.nan))
    header, _ = unpack(pack(replace(result, candidates=broken), CLASSES))
    assert {row["level"] for row in header["found"]} == {0.0}


def test_a_head_s_detection_has_neither_level_nor_proposal(result: VideoResult) -> None:
    reach = np.ones((len(result.frames), 2), np.float32)
    header, _ = unpack(pack(replace(result, reach_s=reach), CLASSES))
    assert not any("level" in row or "proposal" in row for row in header["found"])


def many_classes(n: int) -> ClassList:
    return ClassList(tuple(f"Class{i}" for i in range(n)), tuple(range(n)))


def test_ten_minutes_of_twenty_classes_stay_under_500_kb(
    rng: np.random.Generator,
) -> None:
    result = big_result(600.0, 20, rng)
    assert len(pack(result, many_classes(20))) < 500_000


def test_the_chosen_class_is_always_in_it(rng: np.random.Generator) -> None:
    result = big_result(120.0, 200, rng)
    for chosen in (1, 77, 200):
        assert chosen in shown_classes(result, chosen)
        assert len(shown_classes(result, chosen)) <= 14
    header, _ = unpack(pack(result, many_classes(200), 77))
    assert 77 in [item["label"] for item in header["classes"]]


def test_two_hours_pack_in_a_second(rng: np.random.Generator) -> None:
    result = big_result(7200.0, 20, rng)
    start = time.process_time()
    body = pack(result, many_classes(20))
    assert time.process_time() - start < 3.0
    assert len(body) < 3_000_000


def a_file_of_two() -> VideoSpans:
    """Two of one class, the stronger beside the truth; one of another class."""
    found = Segments(
        np.array([[7.0, 8.0], [1.0, 3.0], [0.0, 9.0]]),
        np.array([1, 1, 2]),
        np.array([0.95, 0.9, 0.2]),
    )
    truth = Segments(np.array([[1.0, 3.2]]), np.array([1]), np.array([1.0]))
    return VideoSpans("a", found, VideoTruth(truth, np.zeros((0, 2))))


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=lambda rule: rule.name)
def test_a_video_of_spans_alone_has_no_imprint(rule: Rule) -> None:
    body = pack_spans(a_file_of_two(), CLASSES, rule, 10.0, None)
    header, arrays = unpack(body)
    assert set(arrays) == {"times"}
    assert not {"cells", "window", "box"} & set(header)
    assert [row["score"] for row in header["found"]] == [0.95, 0.9, 0.2]
    assert not any({"level", "beat", "byHead"} & set(row) for row in header["found"])
    (truth,) = header["truth"]
    at_half = truth["by"][header["tious"].index(0.5)]
    assert at_half == [[1, 0.9, pytest.approx(2 / 2.2, abs=1e-3)]]
    assert truth["inside"] is None
    assert truth["nearest"]["detection"] == 1
    assert [item["present"] for item in header["classes"]] == [True, True]


@pytest.mark.parametrize(("long_s", "step_s"), [(100.0, 0.2), (1.0, 0.005), (0.0, 0)])
def test_such_a_video_is_stepped_through_in_even_steps(
    long_s: float, step_s: float
) -> None:
    """Also one whose times are shares of the video, and one that names no time."""
    times = even_times(long_s)
    assert times[0] == 0
    assert times[-1] <= long_s
    assert np.diff(times) == pytest.approx(step_s, abs=1e-4)


def test_painted_cells_keep_the_classes_and_their_colours(made_run: Run) -> None:
    """All cells become a class that was not there; nothing else of the list moves."""
    result = made_run.result("test", "two_jumps")
    own, _ = unpack(pack(result, CLASSES))
    cells = [tuple(cell) for cell in np.argwhere(result.grid.mask).tolist()]
    painted = repainted(made_run, result, dict.fromkeys(cells, 3))
    header, arrays = unpack(pack(result, CLASSES, painted=painted))
    same = ("label", "name", "slot")
    assert [[c[k] for k in same] for c in header["classes"]] == [
        [c[k] for k in same] for c in own["classes"]
    ]
    assert {c["name"]: c["present"] for c in own["classes"]}["Diving"] is False
    assert {c["name"]: c["present"] for c in header["classes"]}["Diving"] is True
    assert header["found"][0]["name"] == "Diving"
    channel = 1 + [c["label"] for c in header["classes"]].index(3)
    scores = arrays["scores"].reshape(-1, len(header["classes"]) + 1)
    wanted = painted.result.frames.probability[:, 3].clip(0, 1)
    assert np.abs(scores[:, channel] / 65_535 - wanted).max() < 1e-4
    assert wanted.min() > result.frames.probability[:, 3].max()
    assert header["painted"]["before"][4] > header["painted"]["after"][4]
    assert header["truth"][0]["span"] == own["truth"][0]["span"]
    assert "painted" not in own
