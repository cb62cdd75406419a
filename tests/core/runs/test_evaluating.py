"""Every annotated video counts, whole: the figures of the public reports' cases.

The right values are those of the rule as slow, obvious loops, with the truth of all
videos (cases 02, 03, 04 and 16 of the development data).
"""

import json
import re
import shutil
from pathlib import Path
from statistics import fmean

import av
import pytest

from dbs_core.cli.evaluate import runs_and_dataset
from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.runs.places import SAMPLE_DATA
from dbs_core.runs.run import Run
from tests.core.evaluation.protocols.slow_kits import thumos_ap

LAST = "video_test_0000004"
TIOU = ("0.1", "0.3", "0.5", "0.7")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE_DATA, tmp_path / "data"))


def figures(data: Path, *more: str) -> dict:
    out = data / "figures.json"
    code = main(["evaluate", "--run", str(data / "run"), "--json", str(out), *more])
    return json.loads(out.read_text()) | {"code": code}


def tenths(found: dict, *tiou: str) -> list[float]:
    return [round(found["dbs"]["map"][t], 1) for t in tiou]


def by_hand(data: Path, *tiou: str, without: str = "") -> list[float]:
    """The rule in plain loops, on what the run holds of all videos but one."""
    truth = {v.video_id: v.truth for v in open_dataset(SAMPLE_DATA).split("test")}
    results = Run.open(data / "run").results("test")
    found = {r.video_id: r.detections for r in results if r.video_id != without}
    labels = sorted({n for t in truth.values() for n in t.segments.labels.tolist()})
    return [
        round(100 * fmean(thumos_ap(found, truth, n, float(t)) for n in labels), 1)
        for t in tiou
    ]


def test_the_whole_sample_counts_all(data, capsys):
    found = figures(data)
    (counted,) = found["counted"]
    assert tenths(found, *TIOU) == by_hand(SAMPLE_DATA, *TIOU)
    assert counted["counted"] == {"videos": 4, "truths": 22}
    assert counted["absent"] == []
    assert (
        "THUMOS'14 rule, test: 4 videos, 22 truths counted" in capsys.readouterr().err
    )


def test_a_video_without_a_file_counts_as_missed(data, capsys):
    (data / "test" / f"{LAST}.mp4").unlink()
    found = figures(data)
    (counted,) = found["counted"]
    wanted = by_hand(SAMPLE_DATA, *TIOU, without=LAST)
    assert tenths(found, *TIOU) == wanted != by_hand(SAMPLE_DATA, *TIOU)
    assert (counted["counted"]["videos"], counted["absent"]) == (4, [LAST])
    said = capsys.readouterr().err
    assert f"1 video without a file, their truths count as missed: {LAST}" in said


def test_an_empty_file_counts_as_missed(data, capsys):
    (data / "test" / f"{LAST}.mp4").write_bytes(b"")
    (data / "run" / "results" / "test" / f"{LAST}.npz").unlink()
    found = figures(data)
    assert found["code"] == 1
    assert tenths(found, *TIOU) == by_hand(SAMPLE_DATA, *TIOU, without=LAST)
    assert list(found["counted"][0]["failed"]) == [LAST]


def cut_short(data: Path) -> None:
    """Break a download off: index first, then 45 % of the bytes."""
    path = data / "test" / f"{LAST}.mp4"
    source = SAMPLE_DATA / "test" / f"{LAST}.mp4"
    with (
        av.open(str(source)) as taken,
        av.open(str(path), "w", options={"movflags": "+faststart"}) as given,
    ):
        stream = taken.streams.video[0]
        copy = given.add_stream_from_template(stream)
        for packet in taken.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                given.mux(packet)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * 0.45)])
    (data / "run" / "results" / "test" / f"{LAST}.npz").unlink()


@pytest.mark.slow
def test_what_a_cut_video_lost_counts_as_missed_as_in_score(data, capsys):
    cut_short(data)
    found = figures(data)
    wanted = by_hand(data, *TIOU)
    assert tenths(found, *TIOU) == wanted != by_hand(SAMPLE_DATA, *TIOU)
    assert "42.0 s promised" in found["counted"][0]["noted"][LAST]
    assert f"note: {LAST}: cut short: 42.0 s promised" in capsys.readouterr().err
    scored = data / "score.json"
    files = ("--truth", data, "--detections", data / "run/detections/test.json")
    told = ["score", "--protocol", "thumos14", "--split", "test", *map(str, files)]
    assert main([*told, "--json", str(scored)]) == 0
    by_score = json.loads(scored.read_text())["map"]
    for tiou, value in found["dbs"]["map"].items():
        assert by_score[tiou] == pytest.approx(value, abs=1e-2)


def test_a_damaged_result_of_another_video_counts_nowhere(data):
    (data / "run" / "results" / "test" / "gone.npz").write_bytes(b"no result")
    found = figures(data)
    (counted,) = found["counted"]
    assert found["code"] == 1
    assert tenths(found, *TIOU) == by_hand(SAMPLE_DATA, *TIOU)
    assert (counted["failed"], list(counted["damaged"])) == ({}, ["gone"])
    assert counted["counted"]["videos"] == 4


def edit(path: Path, pattern: str, new: str) -> None:
    text, times = re.subn(pattern, new, path.read_text(), flags=re.MULTILINE)
    assert times
    path.write_text(text)


def odd_annotation(folder: Path, what: str) -> None:
    tennis, golf = folder / "TennisSwing_test.txt", folder / "GolfSwing_test.txt"
    if what == "a start before 0":
        edit(tennis, r"\A(\S+)  0\.8 ", r"\1  -0.2 ")
    elif what == "minutes":
        edit(tennis, r"\A(\S+ +\S+) +(\S+)$", r"\1 0:\2")
    elif what == "file names":
        edit(golf, r"^(video_test_\d+)", r"\1.mp4")
    else:
        golf.rename(golf.with_name("golfswing_test.txt"))


@pytest.mark.parametrize(
    "what", ["a start before 0", "minutes", "file names", "lower case"]
)
def test_odd_annotation_is_read_and_said(data, capsys, what):
    odd_annotation(data / "annotation_test", what)
    found = figures(data)
    (counted,) = found["counted"]
    assert tenths(found, "0.5") == [91.2]
    assert counted["counted"]["truths"] == 22


def test_a_line_that_cannot_be_read_is_printed(data, capsys):
    edit(data / "annotation_test" / "TennisSwing_test.txt", r"\A(\S+ +\S+) .*", r"\1 x")
    (counted,) = figures(data)["counted"]
    (line,) = counted["mended"]
    assert "TennisSwing_test.txt:1" in line
    assert f"note: {line}" in capsys.readouterr().err


def test_the_data_set_may_stand_before_or_after_the_run(data):
    run = data / "run"
    assert runs_and_dataset([run, data], None) == ([run], data)
    assert runs_and_dataset([run], data) == ([run], data)
    assert runs_and_dataset([run, run], None) == ([run, run], None)
    found = figures(data, str(data))
    assert tenths(found, "0.5") == [91.2]


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (("holiday/IMG_1.mp4", "party/IMG_2.mp4"), {"IMG_1", "IMG_2"}),
        (("test/IMG_1.mp4",), {"IMG_1"}),
        (("a/clip.mp4", "b/clip.mp4"), {"a-clip", "b-clip"}),
    ],
    ids=["a folder an event", "a folder called test", "namesakes"],
)
@pytest.mark.slow
def test_detection_needs_no_classes(data, tmp_path, capsys, names, ids):
    for name in names:
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(SAMPLE_DATA / "test" / "video_test_0000001.mp4")) as taken:
            stream = taken.streams.video[0]
            with av.open(str(path), "w") as given:
                copy = given.add_stream_from_template(stream)
                for packet in taken.demux(stream):
                    if packet.dts is not None and packet.pts * stream.time_base < 2:
                        packet.stream = copy
                        given.mux(packet)
    (data / "run" / "run.json").write_text(
        (data / "run" / "run.json").read_text().replace('"sample"', '"video"')
    )
    assert main(["detect", "--run", str(data / "run"), str(tmp_path / "mine")]) == 0
    found = {p.stem for p in (data / "run" / "results" / "video").glob("*.npz")}
    assert found == ids
    assert "no data set of this run's classes" in capsys.readouterr().err
