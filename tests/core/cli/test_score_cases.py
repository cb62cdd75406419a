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


class TestOptions:
    @pytest.mark.parametrize(
        ("protocol", "options"),
        [
            ("activitynet", ["--cdc"]),
            ("activitynet", ["--interpolation", "none"]),
            ("activitynet", ["--max-filter", "0"]),
            ("activitynet", ["--drop-ambiguous"]),
            ("activitynet", ["--duration-prior"]),
            ("thumos14", ["--max-filter", "5"]),
            ("thumos14", ["--drop-ambiguous"]),
            ("frames", ["--cdc"]),
            ("frames", ["--labels", "ids"]),
            ("frames", ["--tiou", "0.5"]),
        ],
    )
    def test_one_that_means_nothing_here_is_refused_by_name(
        self, score, protocol, options
    ):
        said = score("nowhere", "nothing", *options, protocol=protocol, tiou=())
        refused(said, f"{options[0]} means nothing to --protocol {protocol}")

    def test_the_prior_is_a_step_of_cdc(self, score):
        said = score("x", "y", "--duration-prior", protocol="thumos14")
        refused(said, "--duration-prior is a step of --cdc")

    @pytest.mark.parametrize("width", ["4", "-1"])
    def test_a_filter_has_a_middle(self, score, width):
        said = score(
            f"{SHORT}/truth",
            f"{SHORT}/both.csv",
            *("--max-filter", width),
            protocol="frames",
            tiou=(),
        )
        refused(said, f"--max-filter: wanted 0 or an odd number, got {width}")

    @pytest.mark.parametrize(
        ("text", "right"),
        [("0.3:0.7:0.1", "0.3:0.1:0.7"), ("0.5:0.95:0.05", "0.5:0.05:0.95")],
    )
    def test_step_and_stop_exchanged_are_refused_with_the_right_order(
        self, score, text, right
    ):
        said = score(f"{FOREIGN}/t.json", f"{FOREIGN}/d.json", tiou=(text,))
        refused(said, text, right)

    def test_thresholds_may_come_in_any_order(self, score):
        said = score(f"{FOREIGN}/t.json", f"{FOREIGN}/d.json", tiou=("0.9", "0.3"))
        assert said.figures["map"] == {"0.3": 75.0, "0.9": 25.0}

    @pytest.mark.parametrize(
        ("videos", "truths", "right"),
        [("none", 3358, 41.09), ("210", 3311, 42.54)],
    )
    def test_listed_videos_are_left_out_by_activitynet_s_rule_too(
        self, score, videos, truths, right
    ):
        """R-C3D's public file; independent calculation."""
        said = score(
            shared_data("thumos14"),
            shared_data("detections", "rc3d_thumos14_test.txt"),
            *("--exclude", videos),
        )
        assert round(said.map, 2) == right
        assert said.figures["counted"]["truths"] == truths
        assert said.figures["excluded"]["list"] == videos

    def test_listed_videos_are_left_out_however_they_are_spelt(self, score, tmp_path):
        row = {"label": "Jump", "segment": [0, 5]}
        entry = {"subset": "test", "annotations": [row]}
        ids = ("a", "video_test_0001292.mp4")
        truth, found = tmp_path / "t.json", tmp_path / "d.json"
        truth.write_text(json.dumps({"database": dict.fromkeys(ids, entry)}))
        rows = {name: [row | {"score": 1}] for name in ("a", "video_test_0001292")}
        found.write_text(json.dumps({"results": rows}))
        said = score(truth, found, "--exclude", "212")
        assert said.figures["excluded"]["ids"] == ["video_test_0001292.mp4"]
        assert (said.map, said.figures["counted"]["videos"]) == (100.0, 1)


class TestWhatAFigureRestsOn:
    def test_it_stands_under_the_table_and_in_the_json(self, score, tmp_path):
        """One of two videos is away with its truth: half of Jump, all of Run."""
        found = tmp_path / "d.csv"
        found.write_text(
            "video,start_s,end_s,label,score\na,6,2,Jump,0.9\na,2,6,jump,0.8\n"
            "a,8,12,Run,1\nz,0,1,Run,0.5\n"
        )
        said = score(f"{FOREIGN}/t.json", found, protocol="thumos14")
        assert said.map == 75.0
        tail = said.out.split("\n\n")[-1].splitlines()
        assert tail[:4] == [
            "counted   3 videos with 3 truths of subset validation, by the rule of "
            "thumos14",
            "missing   2 videos with 1 truth, all missed: not in the result file: b, c",
            "outside   1 video with 1 detection, all false: z",
            "excluded  none",
        ]
        assert tail[4].startswith("mended    1 x start after end, exchanged")
        assert "1 x class name in another spelling" in tail[4]
        figures = said.figures
        assert (figures["protocol"], figures["subset"]) == ("thumos14", "validation")
        assert figures["missing"] == {"videos": 2, "truths": 1, "ids": ["b", "c"]}
        assert figures["outside"]["videos"] == 1
        assert len(figures["mended"]) == 2

    def test_a_line_that_the_annotation_reader_mended_is_said_too(
        self, score, tmp_path
    ):
        folder = tmp_path / "annotation_test"
        folder.mkdir()
        (tmp_path / "detclasslist.txt").write_text("7 BaseballPitch\n")
        (folder / "BaseballPitch_test.txt").write_text(
            "v.mp4 -0.2 4\nv.mp4 5 7\nv.mp4 x:2.5 3\n"
        )
        found = tmp_path / "d.txt"
        found.write_text("v -0.2 4 7 0.9\nv 5 7 7 0.8\n")
        said = score(tmp_path, found, protocol="thumos14")
        assert said.map == 100.0
        assert said.figures["counted"]["truths"] == 2
        mended = " ".join(said.figures["mended"])
        for words in (
            *("1 x start before 0 s, kept (first: ", "_test.txt:1)"),
            *("start before end, left out (first: ", "_test.txt:3)"),
            "2 x file ending",
        ):
            assert words in mended
            assert words in said.err

    def test_times_in_frames_are_noticed(self, score, tmp_path):
        found = tmp_path / "d.csv"
        found.write_text(
            "video,start_s,end_s,label,score\na,60,180,Jump,0.9\na,240,360,Run,0.8\n"
        )
        said = score(f"{FOREIGN}/t.json", found)
        assert said.code == 0
        assert "2 of 2 detections end after their video does (a: 360 of 20" in said.err
        assert any("frame numbers" in line for line in said.figures["mended"])

    def test_a_subset_without_any_action_is_no_truth(self, score, tmp_path):
        row = {"label": "Jump", "segment": [0, 5]}
        training = {"subset": "training", "annotations": [row]}
        videos = {name: {"subset": "validation"} for name in "abc"} | {"d": training}
        truth = tmp_path / "t.json"
        truth.write_text(json.dumps({"database": videos}))
        found = tmp_path / "d.json"
        found.write_text(json.dumps({"results": {"a": [row | {"score": 1}]}}))
        said = score(truth, found)
        refused(said, "no action annotated in the 3 videos of 'validation'")
