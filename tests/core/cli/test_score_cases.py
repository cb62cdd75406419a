"""Inputs rebuilt from public reports of people who scored result files, and the right
figure of each: what was silently wrong once. `cases/` has a folder a report."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets.formats import load_detections, load_truth, write_ground_truth
from dbs_core.datasets.formats.activitynet_truth import GroundTruth
from tests.shared_data import shared_data

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Said:
    """What the command said: exit code, table, notes or error, figures."""

    code: int
    out: str
    err: str
    figures: dict

    @property
    def map(self):
        return next(iter(self.figures["map"].values()))


@pytest.fixture
def score(capsys, tmp_path):
    """Score files of a case folder at tIoU 0.5, unless options say otherwise."""

    def call(truth, detections, *options, protocol="activitynet", tiou=("0.5",)):
        figures = tmp_path / "figures.json"
        figures.unlink(missing_ok=True)
        words = ["score", "--protocol", protocol, "--truth", CASES / truth]
        words += ["--detections", CASES / detections, "--json", figures, *options]
        words += ["--tiou", *tiou] if tiou else []
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        found = json.loads(figures.read_text()) if figures.exists() else {}
        return Said(code, said.out, said.err, found)

    return call


def refused(said, *words):
    """It ends with one line that says all of the words, and without a figure."""
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    for word in words:
        assert word in said.err


NUMERIC = "01-numeric-ids-json-truth"


class TestNumbersAsLabels:
    @pytest.mark.parametrize(
        "name", ["results.csv", "submission0.txt", "submission.txt", "names.json"]
    )
    def test_perfect_detections_are_perfect_however_they_are_labelled(
        self, score, name
    ):
        said = score(f"{NUMERIC}/truth.json", f"{NUMERIC}/{name}")
        assert (said.code, said.map) == (0, 100.0)
        assert "left out" not in said.err

    def test_the_official_numbers_are_named_where_the_truth_has_others(self, score):
        said = score(f"{NUMERIC}/truth.json", f"{NUMERIC}/submission.txt")
        assert "THUMOS'14's official ids, 7 is BaseballPitch" in said.err
        assert "--labels" in said.err

    def test_asking_for_another_numbering_gives_that(self, score):
        """Counted from 1, label 0 is no class and every other is the one before."""
        said = score(
            f"{NUMERIC}/truth.json", f"{NUMERIC}/results.csv", "--labels", "order-1"
        )
        assert (said.code, said.map) == (0, 0.0)
        assert "1 x class id 0 is not in the class list" in said.err

    def test_without_label_id_numbers_are_refused(self, score, tmp_path):
        path = tmp_path / "truth.json"
        text = (CASES / NUMERIC / "truth.json").read_text()
        path.write_text(text.replace("label_id", "label_number"))
        said = score(path, f"{NUMERIC}/results.csv")
        refused(said, "numbers as labels", "no 'label_id'", "got 0, 1, 2, 3")
        again = score(path, f"{NUMERIC}/results.csv", "--labels", "order-0")
        assert again.map == 100.0

    @pytest.mark.parametrize("counted", ["label_id", "official"])
    def test_rc3d_s_public_file_by_number(self, score, tmp_path, counted):
        """41.09 by name (independent calculation), and by any numbering of it."""
        truth = load_truth(shared_data("thumos14"), "test")
        result = shared_data("detections", "rc3d_thumos14_test.txt")
        numbers = [i - 1 for i in range(1, 21)]
        classes = type(truth.classes)(truth.classes.names, tuple(numbers))
        videos = dict.fromkeys(truth.truths, "Test")
        path = tmp_path / "truth.json"
        write_ground_truth(
            path, GroundTruth("", classes, truth.truths, {}, videos, (), True)
        )
        if counted == "label_id":
            new = {
                str(old): str(number)
                for old, number in zip(truth.classes.official_ids, numbers, strict=True)
            }
            rows = [line.split() for line in result.read_text().splitlines()]
            result = tmp_path / "result.txt"
            result.write_text(
                "".join(f"{v} {s} {e} {new[c]} {p}\n" for v, s, e, c, p in rows)
            )
        assert round(score(path, result).map, 2) == 41.09


SUBSETS = "07-subset-capitals"


class TestSubsets:
    @pytest.mark.parametrize("options", [(), ("--split", "validation")])
    @pytest.mark.parametrize(("name", "right"), [("det", 100.0), ("det_all", 0.0)])
    @pytest.mark.parametrize(
        ("truth", "subset"), [("truth", "Validation"), ("truth3", "Val")]
    )
    def test_validation_is_scored_in_any_spelling(
        self, score, truth, subset, name, right, options
    ):
        said = score(f"{SUBSETS}/{truth}.json", f"{SUBSETS}/{name}.json", *options)
        assert (said.code, said.map) == (0, right)
        assert said.out.startswith(f"activitynet, {subset}: ")

    def test_training_is_never_taken_by_itself_where_there_is_another(self, score):
        said = score(f"{SUBSETS}/truth2.json", f"{SUBSETS}/det_all.json")
        assert said.out.startswith("activitynet, dev: ")

    @pytest.mark.parametrize("name", ["train", "Training", "TRAIN"])
    def test_training_is_scored_when_asked_for(self, score, name):
        said = score(
            f"{SUBSETS}/truth.json", f"{SUBSETS}/det_all.json", "--split", name
        )
        assert said.map == 50.0
        assert said.out.startswith("activitynet, Training: ")

    def test_videos_of_another_subset_say_which(self, score):
        said = score(
            f"{SUBSETS}/truth.json", f"{SUBSETS}/det.json", "--split", "training"
        )
        refused(said, "no video", "'a'", "'c'", "--split Validation")


REVERSED = "08-reversed-by-file-kind"


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize(
    ("protocol", "right"), [("activitynet", 0.0), ("thumos14", 100.0)]
)
def test_a_start_after_the_end_follows_the_protocol(score, kind, protocol, right):
    """Not the kind of file: ActivityNet's kit finds no overlap, THUMOS'14's sorts."""
    said = score(f"{REVERSED}/truth.json", f"{REVERSED}/det.{kind}", protocol=protocol)
    assert (said.code, said.map) == (0, right)
    assert "1 x start after end" in said.err


IDS = "09-ids-with-prefix-or-suffix"


class TestVideoIds:
    @pytest.mark.parametrize(
        ("truth", "name", "protocol", "right"),
        [
            ("t.json", "d_v.json", "activitynet", 75.0),
            ("truth", "mp4.csv", "thumos14", 100.0),
            ("truth-mp4", "ok.txt", "thumos14", 100.0),
            ("truth-mp4", "mp4.csv", "thumos14", 100.0),
        ],
    )
    def test_prefix_and_ending_do_not_part_a_video(
        self, score, truth, name, protocol, right
    ):
        said = score(f"{IDS}/{truth}", f"{IDS}/{name}", protocol=protocol)
        assert (said.code, said.map) == (0, right)
        assert "not in the truth" not in said.err

    def test_no_video_in_common_is_refused_with_one_id_of_each_side(self, score):
        said = score(f"{IDS}/t.json", f"{NUMERIC}/names.json")
        refused(said, "no video", "'a'", "'video_test_0000001'")

    def test_no_class_in_common_is_refused_with_one_of_each_side(self, score, tmp_path):
        path = tmp_path / "d.csv"
        path.write_text("video,start_s,end_s,label,score\na,2,6,Swim,1\n")
        refused(score(f"{IDS}/t.json", path), "no class", "'Jump'", "'Swim'", ":2")


@pytest.mark.parametrize("name", ["d_empty.json", "d_nores.json", "headonly.csv"])
@pytest.mark.parametrize("protocol", ["activitynet", "thumos14"])
def test_a_file_without_a_detection_is_no_result(score, name, protocol):
    folder = "10-empty-result-file"
    said = score(f"{folder}/t.json", f"{folder}/{name}", protocol=protocol)
    refused(said, name)


def test_rc3d_s_labels_are_not_read_by_chance(tmp_path):
    """Its official ids 7, 9 and 12 are places in the list too; they are not taken."""
    truth = load_truth(shared_data("thumos14"), "test")
    path = shared_data("detections", "rc3d_thumos14_test.txt")
    loaded = load_detections(path, truth.classes, truth.reading("exchange"))
    assert not any("numbers as labels" in line for line in loaded.warnings)
    labels = np.concatenate([found.labels for found in loaded.found.values()])
    assert sorted(set(labels.tolist())) == list(range(1, 21))


FOREIGN = "15-foreign-file-kinds"


class TestForeignFiles:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("d.pkl", ("a Python pickle", "import json, pickle")),
            ("d_prop.json", ("proposals without a class", "label")),
            ("semi2.csv", ("semicolons between its columns", "commas")),
            ("tsv.tsv", ("tabs between its columns", "commas")),
            ("t.json", ("a ground truth", "'results'")),
        ],
    )
    def test_detections_are_named_with_a_cure_that_works(self, score, name, words):
        refused(score(f"{FOREIGN}/t.json", f"{FOREIGN}/{name}"), name, *words)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("epic_truth.csv", ("a table (CSV)", "annotation folder", "JSON")),
            ("t_mm.json", ("mmaction2", "under 'database'", "'subset'")),
            ("d.json", ("a result file", "'database'")),
            ("d.pkl", ("a Python pickle", "annotation folder")),
            ("truth/detclasslist.txt", ("Name the folder",)),
            ("truth/annotation_test/BaseballPitch_test.txt", ("Name the folder",)),
        ],
    )
    def test_a_truth_is_named_with_the_layouts_it_can_have(self, score, name, words):
        refused(score(f"{FOREIGN}/{name}", f"{FOREIGN}/d.json"), name, *words)

    def test_what_is_plain_is_read(self, score):
        assert score(f"{FOREIGN}/t.json", f"{FOREIGN}/d.json").map == 75.0
        assert score(f"{FOREIGN}/truth", f"{FOREIGN}/ok.csv").map == 100.0


SHORT = "05-frame-scores-end-early"


class TestFrameScores:
    @pytest.mark.parametrize(("name", "right"), [("short", 60.0), ("both", 100.0)])
    def test_truth_after_the_last_score_is_missed(self, score, name, right):
        said = score(
            f"{SHORT}/truth", f"{SHORT}/{name}.csv", protocol="frames", tiou=()
        )
        assert (said.code, said.map) == (0, right)

    def test_it_is_said_how_much_that_is(self, score):
        said = score(f"{SHORT}/truth", f"{SHORT}/short.csv", protocol="frames", tiou=())
        assert said.figures["per_class"]["BasketballDunk"] == {"frame": 20.0}
        assert "60 positive frames" in said.err
        assert "video_test_0000001 (10.6 of 13 s)" in said.err
