"""Files that users take along: they parse, and say what the records say."""

import csv
import io
import json
import re

import numpy as np
import pytest

from dbs_core.evaluation.result_rows import candidate_rows, detection_rows, frame_rows
from dbs_core.records import Segments, VideoResult
from dbs_core.runs.run import Run
from explorer import sources
from explorer.elements.data_files import to_csv, to_json, to_vtt
from explorer.explore.panels.downloads import KEYS, PICTURES, draw
from explorer.explore.panels.moment import Moment
from explorer.selection.address import View
from explorer.selection.sidebar import Choice
from tests.app.make_run import CLASSES, HOSTILE


@pytest.fixture(scope="module")
def result(made_run: Run) -> VideoResult:
    return made_run.result("test", "two_jumps")


def test_vtt_cues_are_in_time_order_and_hold_no_markup() -> None:
    spans = [[3661.5, 3662.25], [0.0, 1.25]]
    found = Segments.of(spans, [4, 1], [0.5, 0.25])
    text = to_vtt("detections", found, CLASSES, "v1").decode()
    clock = r"(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})"
    assert re.findall(clock, text) == [
        ("00:00:00.000", "00:00:01.250"),
        ("01:01:01.500", "01:01:02.250"),
    ]
    assert text.startswith("WEBVTT")
    assert "HighJump 0.25" in text
    assert "<img" not in text
    assert re.findall(r"detection \d", text) == ["detection 1", "detection 0"]
    assert "-->" not in to_vtt("truth", Segments.empty(), CLASSES, "v1").decode()


def test_json_is_activitynet_s_layout(result: VideoResult) -> None:
    value = json.loads(to_json({"v1": result.detections}, CLASSES))
    rows = value["results"]["v1"]
    assert [row["label"] for row in rows].count("HighJump") == 3
    assert np.allclose([r["segment"] for r in rows], result.detections.spans_s)


def test_rows_carry_second_frame_and_sample(result: VideoResult) -> None:
    row = detection_rows(result, CLASSES)[0]
    span = result.detections.spans_s[0]
    assert row["start (s)"] == pytest.approx(span[0], abs=1e-3)
    assert row["start frame"] == int((span[0] + 1e-3) * 25)
    assert row["start sample"] == int((span[0] + 1e-6) / 0.2)
    assert row["verdict"] == "right"
    # [0.1, -0.15] inside an action of 2.4 s: overlap 2.15 / 2.4, or of 2.2 s.
    assert row["overlap"] in (round(2.15 / 2.4, 4), round(1.95 / 2.2, 4))


def test_csv_comes_back_whole(result: VideoResult) -> None:
    rows = list(
        csv.DictReader(io.StringIO(to_csv(frame_rows(result, CLASSES)).decode()))
    )
    assert len(rows) == len(result.frames)
    assert HOSTILE in rows[0]
    scores = np.array([[float(r[n]) for n in CLASSES.names] for r in rows])
    assert np.abs(scores - result.frames.probability[:, 1:]).max() < 1e-6
    assert to_csv([]) == b""


def test_candidates_name_their_suppressor(result: VideoResult) -> None:
    rows = candidate_rows(result, 1)
    kept = {row["candidate"] for row in rows if row["removed by"] is None}
    assert len(kept) == 3
    assert all(
        row["removed by"] in kept for row in rows if row["removed by"] is not None
    )
    numbers = [row["detection"] for row in rows if row["detection"] is not None]
    spans = result.detections.spans_s[numbers]
    assert [row["start (s)"] for row in rows if row["detection"] is not None] == [
        pytest.approx(s, abs=0.01) for s in spans[:, 0]
    ]


@pytest.mark.parametrize("name", list(PICTURES))
def test_a_picture_says_what_it_is_of(name: str, made_run: Run) -> None:
    """Title, run, data and features, and how it is read where labels do not say it."""
    videos = sources.videos(made_run, "test")
    entry = next(v for v in videos.values() if v.video_id == "two_jumps")
    result = sources.result(made_run, entry)
    choice = Choice("made", "made", made_run, "test", videos, entry)
    picture = draw(name, Moment(choice, result, 1, View(time_s=2.0)), "dark")
    assert picture is not None
    said = " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", picture("svg").decode()))
    for words in ("two_jumps, HighJump, 2.0 s", "Run made, seed 0.", "made scenes"):
        assert words in said
    assert set(KEYS) == set(PICTURES)
