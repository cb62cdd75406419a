"""The tables command, on a data set whose answer is known: colours are classes."""

import json
import shutil
from dataclasses import replace

import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.datasets.trimmed_clips import with_clips
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.settings import Settings, paper_settings
from dbs_core.paper.tables.ablation import changes
from dbs_core.paper.tables.makers import MAKERS, QUICK
from dbs_core.paper.tables.printed import PRINTED
from dbs_core.paper.tables.writing import read_tables
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from tests.core.as_activitynet import as_activitynet
from tests.core.colour_dataset import write_actions, write_dataset
from tests.core.small_model import MeanColours
from tests.shared_data import shared_data


@pytest.fixture(autouse=True)
def colours(monkeypatch):
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("colours"))


def tables(data, runs, *options):
    words = ["tables", "--data", data, "--runs", runs, *options]
    return main([str(word) for word in words])


def rows(runs, key):
    found = {table.key: table for table in read_tables(runs / "tables")[0]}
    return {row.name: row for row in found[key].rows}


def test_every_table_of_the_paper_has_a_maker():
    assert set(PRINTED) <= set(MAKERS)
    assert set(QUICK) <= set(MAKERS)


def test_quick_writes_what_the_paper_page_reads(data, tmp_path, capsys):
    assert tables(data, tmp_path, "--quick", "--dimensions", "4") == 0
    found, problems = read_tables(tmp_path / "tables")
    assert problems == ()
    assert {table.key for table in found} == set(QUICK)
    assert all(table.computed for table in found)
    assert {p.suffix for p in (tmp_path / "tables").iterdir()} == {
        ".csv",
        ".json",
        ".md",
    }
    # The base's run has them too, for the explorer.
    base = [path.parent.parent for path in tmp_path.glob("*/tables/table6.json")]
    assert len(base) == 1
    assert Run.open(base[0]).info.settings["epitome"]["grid"] == 24
    # Frames' true labels, through grouping and refinement, find every action.
    assert set(rows(tmp_path, "2")["perfect labels"].values) == {100.0}
    assert rows(tmp_path, "6")["DBS"].printed == PRINTED["6"].rows[-1].printed
    # Times are seconds and milliseconds of something that was done.
    timed = rows(tmp_path, "1")["Imprint generation"]
    assert timed.unit == "s"
    assert all(value > 0 for value in timed.values)
    assert "Table 5" in capsys.readouterr().out


def test_ours_stand_beside_the_paper_s(data, tmp_path):
    """Colours are found whatever the imprint is, and whatever is changed about it."""
    options = ("--quick", "--dimensions", "4", "--table", "tcg", "metric", "ablation")
    assert tables(data, tmp_path, *options) == 0
    tcg = rows(tmp_path, "tcg")
    assert tcg["perfect labels on the imprint"].values[0] > 90
    assert len(tcg["mAP"].values) == 3
    assert len(rows(tmp_path, "metric")["mAP"].values) == 2
    changed = rows(tmp_path, "ablation")
    assert next(iter(changed)) == "as it is"
    assert all(len(row.values) == 5 for row in changed.values())
    # The first needs no run of the base, which has them all in the end.
    assert len(list(tmp_path.glob("*-seed0/tables/*.json"))) == 3


def test_every_row_of_the_ablation_is_another_run():
    base = Settings()
    variants = list(changes(base).values())
    assert variants[0] == base
    assert len(set(variants)) == len(variants)


@pytest.mark.parametrize(
    "base",
    [
        paper_settings(),
        replace(Settings(), epitome=EpitomeSettings(search="fast")),
        replace(Settings(), epitome=EpitomeSettings(model="counting-grid")),
    ],
    ids=["paper", "fast", "counting grid"],
)
def test_nor_does_the_ablation_repeat_another_base(base):
    variants = list(changes(base).values())
    assert variants[0] == base
    assert len(set(variants)) == len(variants)


def test_the_command_of_a_table_asks_for_its_settings(data, tmp_path):
    options = ("--quick", "--dimensions", "4", "--targets", "eq5", "--no-whiten")
    assert tables(data, tmp_path, *options, "--table", "5") == 0
    (table,) = read_tables(tmp_path / "tables")[0]
    for words in ("--quick", "--dimensions 4", "--targets eq5", "--no-whiten"):
        assert words in table.provenance.command


def test_a_second_call_trains_nothing(data, tmp_path, monkeypatch):
    options = ("--quick", "--table", "2", "--dimensions", "4")
    assert tables(data, tmp_path, *options) == 0
    path = tmp_path / "tables" / "table2.json"
    first = json.loads(path.read_text())

    def never(*_, **__):
        raise AssertionError("trained again")

    monkeypatch.setattr("dbs_core.training.train_run.learn", never)
    monkeypatch.setattr("dbs_core.runs.detecting.detect", never)
    path.unlink()
    assert tables(data, tmp_path, *options) == 0
    assert json.loads(path.read_text()) == first


def test_a_table_without_data_is_said_and_the_rest_is_made(data, tmp_path, capsys):
    options = ("--quick", "--dimensions", "4", "--table", "7", "2")
    assert tables(data, tmp_path, *options) == 1
    said = capsys.readouterr()
    assert "no table 7" in said.err
    assert "no data in ActivityNet's layout" in said.err
    assert (tmp_path / "tables" / "table2.csv").exists()


def test_tables_7_and_8_stand_by_activitynet_s_rule_beside_the_printed(data, tmp_path):
    splits = {"validation": "training", "test": "validation"}
    path, folders = as_activitynet(data, tmp_path / "anet.json", splits)
    options = ("--quick", "--dimensions", "4", "--table", "7", "8", "--videos")
    runs = tmp_path / "runs"
    assert tables(path, runs, *options, *folders) == 0
    (run,) = (path.parent for path in runs.glob("*/model.npz"))  # one stands in both
    out = tmp_path / "figures.json"
    assert main(["evaluate", "--run", str(run), "--json", str(out)]) == 0
    told = json.loads(out.read_text())
    wanted = [told["dbs"]["map"][tiou] for tiou in ("0.5", "0.75", "0.95")]
    for key in ("7", "8"):
        found = rows(runs, key)
        assert found["DBS"].values == (*wanted, told["average"]["dbs"])
        assert found["DBS"].printed == PRINTED[key].rows[-1].printed
        assert found["perfect labels"].values[0] == 100.0
        assert found["Xiong et al. 2017"].values == (None,) * 4
    text = (runs / "tables" / "table8.md").read_text()
    assert "2 validation videos of anet, mAP by tIoU, by ActivityNet's rule" in text


@pytest.mark.parametrize(("count", "key"), [(100, "8"), (200, "7")])
def test_the_other_activitynet_has_no_table(data, tmp_path, capsys, count, key):
    names = [{"label": f"c{n}", "segment": [0, 1]} for n in range(count)]
    database = {"v_a": {"subset": "training", "annotations": names}}
    database["v_b"] = {"subset": "validation", "annotations": names}
    (tmp_path / "anet.json").write_text(json.dumps({"database": database}))
    for video in database:
        (tmp_path / f"{video}.mp4").touch()
    assert tables(tmp_path, tmp_path / "runs", "--quick", "--table", key) == 1
    assert f"no table {key}: " in (said := capsys.readouterr().err)
    assert f"wanted {300 - count} classes, got {count}" in said


def test_figures_are_of_the_paper_s_path_unless_a_head_is_asked_for(data, tmp_path):
    options = ("--quick", "--dimensions", "4", "--table", "6")
    assert tables(data, tmp_path / "a", *options) == 0
    assert "control with temporal head" not in rows(tmp_path / "a", "6")
    assert tables(data, tmp_path / "b", *options, "--head", "conv") == 0
    assert "control with temporal head" in rows(tmp_path / "b", "6")


def test_the_author_s_maps_stand_beside_ours(data, tmp_path):
    folder = shared_data("author-maps")
    options = ("--quick", "--dimensions", "4", "--table", "maps")
    assert tables(data, tmp_path, *options, "--author-maps", folder) == 0
    found = rows(tmp_path, "maps")
    assert found["Videos"].values == (200, 212, 2)
    assert 0 < found["Assigned cells, mean"].values[2] <= 100
    assert tables(data, tmp_path / "none", *options) == 1


class TestClips:
    @pytest.fixture
    def clips(self, tmp_path):
        """Two clips of a class of the data set, one of another class."""
        for name, action in (("Running", "Running"), ("Swimming", "")):
            folder = tmp_path / "clips" / name
            folder.mkdir(parents=True)
            write_actions(
                folder / f"v_{name}_g01_c01.avi", ((0.0, 8.0, action),), seed=1
            )
        shutil.copy(
            tmp_path / "clips/Running/v_Running_g01_c01.avi",
            tmp_path / "clips/Running/v_Running_g01_c02.avi",
        )
        return tmp_path / "clips"

    def test_those_of_other_classes_are_left_out(self, data, clips):
        dataset = open_dataset(data)
        both = with_clips(dataset, open_dataset(clips))
        added = [v for v in both.videos if v not in dataset.videos]
        assert [v.video_id for v in added] == ["v_Running_g01_c01", "v_Running_g01_c02"]
        for video in added:
            assert video.split == "validation"
            assert video.truth.segments.labels.tolist() == [1]

    def test_none_of_the_classes_is_named(self, data, clips):
        shutil.rmtree(clips / "Running")
        with pytest.raises(InputError, match="Swimming"):
            with_clips(open_dataset(data), open_dataset(clips))

    def test_a_run_that_learnt_from_clips_is_another_run(self, data, clips, tmp_path):
        words = [
            "train",
            data,
            "--run",
            tmp_path / "r",
            "--grid",
            "16",
            "--epochs",
            "1",
        ]
        words = [str(w) for w in (*words, "--dimensions", "4", "--head", "none")]
        assert main([*words, "--trimmed", str(clips)]) == 0
        assert main([*words, "--trimmed", str(clips)]) == 0
        assert Run.open(tmp_path / "r").info.extra == str(clips)
        assert main(words) == 2

    def test_table_3_counts_samples(self, data, clips, tmp_path):
        options = ("--quick", "--dimensions", "4", "--table", "3")
        assert tables(data, tmp_path, *options, "--trimmed", clips) == 0
        # Two videos; with their four instances; with two clips.
        assert rows(tmp_path, "3")["No. of samples"].values == (2, 6, 4)

    def test_without_whole_videos_there_is_no_column_with_a_head(
        self, data, clips, tmp_path
    ):
        options = (
            "--dimensions",
            "4",
            "--grid",
            "16",
            "--epochs",
            "1",
            "--head",
            "conv",
        )
        trimmed = ("--trimmed", clips, "--table", "3")
        assert tables(data, tmp_path, *options, *trimmed) == 0
        values = rows(tmp_path, "3")["No. of samples"].values
        assert values == (2, 6, 4, None, 8)

    def test_without_clips_their_columns_are_empty(self, data, tmp_path):
        options = ("--quick", "--dimensions", "4", "--table", "3")
        assert tables(data, tmp_path, *options) == 0
        assert rows(tmp_path, "3")["mAP"].values[2] is None

    def test_a_folder_that_is_none_is_named(self, data, tmp_path, capsys):
        assert tables(data, tmp_path, "--trimmed", data) == 2
        assert "no folder of trimmed clips" in capsys.readouterr().err
