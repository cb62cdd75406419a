"""Another method's result file: judged as the evaluation does, and shown as text."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.evaluation.result_file import read_result_file
from dbs_core.evaluation.result_rows import span_rows
from dbs_core.pictures.spans import spans_picture
from dbs_core.runtime.errors import InputError
from explorer.elements.palette import palette
from explorer.sources.file_videos import find_footage, length_s
from tests.app.conftest import Site
from tests.app.make_run import HOSTILE
from tests.app.test_pages import opened
from tests.app.watching import watched
from tests.shared_data import shared_data


def write_pair(folder: Path) -> tuple[Path, Path]:
    """Two videos: one found and one false; one with a hostile class, missed."""
    rows = {
        "a": [
            {"label": "Jump", "segment": [1.0, 3.0], "score": 0.9},
            {"label": "Jump", "segment": [7.0, 8.0], "score": 0.95},
        ],
        "b": [{"label": HOSTILE, "segment": [0.0, 1.0], "score": 0.5}],
    }
    spans = {"a": ("Jump", [1.0, 3.2]), "b": (HOSTILE, [4.0, 5.0])}
    truth = {
        key: {
            "subset": "validation",
            "duration": 10.0,
            "annotations": [{"label": label, "segment": segment}],
        }
        for key, (label, segment) in spans.items()
    }
    files = folder / "found.json", folder / "truth.json"
    files[0].write_text(json.dumps({"results": rows}))
    files[1].write_text(json.dumps({"database": truth}))
    return files


def test_each_video_is_judged_by_hand(tmp_path: Path) -> None:
    results = read_result_file(*write_pair(tmp_path), None)
    a, b = results.judge.videos_at(Judging()).values()
    assert (a.found, a.wrong, a.missed, a.precision) == (2, 1, 0, 0.5)
    assert (b.found, b.wrong, b.missed, b.precision) == (1, 1, 1, 0.0)
    assert results.mean_precision["0.5"] == 0.25
    assert not results.notes


def test_without_truth_nothing_is_judged(tmp_path: Path) -> None:
    results = read_result_file(write_pair(tmp_path)[0], None, None)
    judged = results.judge.videos_at(Judging()).values()
    assert [one.wrong for one in judged] == [None, None]
    assert results.mean_precision == {}
    table = span_rows(results.videos["a"], results.classes, None, 1000)
    assert [row["score"] for row in table] == [0.95, 0.9]


def test_published_figures_of_another_method() -> None:
    found = shared_data("detections", "rc3d_thumos14_test.txt")
    results = read_result_file(found, shared_data("thumos14"), "test")
    published = [0.4680, 0.4647, 0.4555, 0.4331, 0.3848, 0.3083, 0.1759]
    *by_tiou, average = results.mean_precision.values()
    assert results.rule is THUMOS
    assert by_tiou == pytest.approx(published, abs=5e-5)
    assert average == pytest.approx(sum(published) / 7, abs=5e-5)
    assert len(results.rows) == 213
    judged = results.judge.videos_at(Judging()).values()
    assert sum(row.found for row in judged) == 34_364
    for row in judged:
        right = row.found - (row.wrong or 0)
        assert right >= (row.instances or 0) - (row.missed or 0) >= 0


def test_times_that_are_shares_of_a_video_are_noted() -> None:
    folder = shared_data("detections")
    results = read_result_file(
        folder / "autoloc_thumos14_results.json",
        folder / "autoloc_thumos14_truth.json",
        None,
    )
    assert results.rule is ACTIVITYNET
    published = {"0.1": 46.67, "0.3": 35.77, "0.5": 21.21, "0.7": 5.80}
    figures = {tiou: 100 * results.mean_precision[tiou] for tiou in published}
    assert figures == pytest.approx(published, abs=5e-3)
    assert any("not seconds" in note for note in results.notes)
    assert any("video_test_0000270" in note for note in results.notes)


AUTOLOC = ("autoloc_thumos14_results.json", "autoloc_thumos14_truth.json")


def test_the_rule_is_that_of_the_truth_unless_another_is_chosen() -> None:
    """ActivityNet's published figure, and what THUMOS'14's rule makes of the file."""
    found, truth = (str(shared_data("detections", name)) for name in AUTOLOC)
    link = {"other_file": found, "other_truth": truth}
    app = opened("result_file.py", **link)
    assert any("mAP@0.5 21.21%" in m.value for m in app.markdown)
    assert any("ActivityNet matching" in m.value for m in app.markdown)
    app.selectbox(key="other_rule").set_value("THUMOS'14").run()
    assert any("mAP@0.5 18.4" in m.value for m in app.markdown)
    assert any("THUMOS'14 matching" in m.value for m in app.markdown)
    again = opened("result_file.py", **link, other_rule="THUMOS'14")
    assert again.selectbox(key="other_rule").value == "THUMOS'14"
    assert any("mAP@0.5 18.4" in m.value for m in again.markdown)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "no result file is given"),
        ("upload:0123456789abcdef/gone.json", "not kept on this computer"),
        ("upload:../../../etc/passwd", "not kept on this computer"),
    ],
)
def test_no_file_and_a_lost_upload_are_one_clear_line(typed: str, said: str) -> None:
    app = filled(file=typed)
    assert not app.exception
    assert said in app.error[0].value
    assert not app.dataframe


@pytest.mark.browser
def test_uploads_are_shown_and_found_again(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    """A refresh opens them again; an empty one takes nothing away."""
    found, truth = write_pair(tmp_path)
    (tmp_path / "empty.json").touch()
    with watched(browser, site) as on:
        on.open("result_file")
        on.page.locator("input[type=file]").nth(0).set_input_files(found)
        on.page.locator("input[type=file]").nth(1).set_input_files(truth)
        show = on.page.get_by_role("button", name="Show", exact=True)
        on.settled()
        show.click()
        on.page.get_by_text("mAP@0.5 25.00%").wait_for()
        assert "other_file=upload" in on.page.url
        on.page.reload()
        on.page.get_by_text("mAP@0.5 25.00%").wait_for()
        on.settled()
        on.page.get_by_text("Files: found.json").click()
        on.page.locator("input[type=file]").nth(0).set_input_files(
            tmp_path / "empty.json"
        )
        on.settled()
        show.click()
        on.page.get_by_text("empty.json: the file is empty").wait_for()
        expect(on.page.get_by_text("mAP@0.5 25.00%")).to_be_visible()
        assert on.errors == []


def test_a_long_video_is_drawn_in_part(tmp_path: Path) -> None:
    results = read_result_file(*write_pair(tmp_path), None)
    video = results.videos["b"]
    picture = spans_picture(video, results.classes, palette("light"), (0.0, 2.0), 1.0)
    text = picture("svg").decode()
    assert "&lt;img" in text
    assert "<img" not in text


def test_a_video_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "v_abc.mp4").touch()
    assert find_footage(tmp_path, "abc") == tmp_path / "deep" / "v_abc.mp4"
    assert find_footage(tmp_path, "../deep/v_abc") is None
    with pytest.raises(InputError, match="nowhere"):
        find_footage(tmp_path / "nowhere", "abc")


def filled(**given: object) -> AppTest:
    app = opened("result_file.py")
    for name, value in given.items():
        app.text_input(key=f"other_{name}").set_value(str(value))
    return app.button[0].click().run()


def test_the_page_shows_table_and_video(tmp_path: Path) -> None:
    found, truth = write_pair(tmp_path)
    app = filled(file=found, truth=truth)
    assert not app.exception
    assert app.dataframe[0].value["0.95"].tolist() == [0.0]
    assert list(app.dataframe[1].value["video"]) == ["b", "a"]  # the worst first
    assert [box.value for box in app.subheader] == ["b"]
    app.segmented_control(key="other_panel").set_value("Numbers").run()
    assert list(app.dataframe[0].value["class"]) == [HOSTILE]
    assert any("no imprint" in caption.value for caption in app.caption)
    assert not any("<img" in m.value for m in [*app.markdown, *app.caption])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"results": {"a": [{"label": "X", "segment": [1, "z"]}]}}', "bad"),
        ("", "bad"),
        ("video_1 1.0 2.0 7", "bad"),
        (None, "bad"),
    ],
    ids=["a broken span", "an empty file", "a short line", "no file"],
)
def test_a_bad_file_is_one_clear_line(
    content: str | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad"
    if content is not None:
        path.write_text(content)
    app = filled(file=path)
    assert not app.exception
    assert said in app.error[0].value
    assert "\n" not in app.error[0].value
    assert not app.dataframe


def test_a_missing_truth_or_split_is_one_clear_line(tmp_path: Path) -> None:
    found, truth = write_pair(tmp_path)
    assert "nowhere" in filled(file=found, truth=tmp_path / "nowhere").error[0].value
    app = filled(file=found, truth=truth, split="evening")
    assert "evening" in app.error[0].value


def test_a_link_opens_the_file_again(tmp_path: Path) -> None:
    found, truth = write_pair(tmp_path)
    query = {"other_file": found, "other_truth": truth, "other_split": "validation"}
    link = {name: str(value) for name, value in query.items()}
    app = opened("result_file.py", **link, other_video="a")
    assert not app.exception
    assert [box.value for box in app.subheader] == ["a"]
    assert app.text_input(key="other_truth").value == str(truth)
    assert any("ActivityNet matching" in m.value for m in app.markdown)
    wrong = opened("result_file.py", **link | {"other_split": "evening"})
    assert "evening" in wrong.error[0].value


def test_a_wrong_split_of_a_folder_is_one_clear_line() -> None:
    found = shared_data("detections", "rc3d_thumos14_test.txt")
    said = {"evening": "no such split", "validation": "no video of it is in the truth"}
    for split, words in said.items():
        app = filled(file=found, truth=shared_data("thumos14"), split=split)
        assert words in app.error[0].value
        assert not app.dataframe


def test_another_file_starts_with_all_scores_and_its_own_videos(
    tmp_path: Path,
) -> None:
    """Scores of two methods do not mean the same; a link names what is not there."""
    found, truth = write_pair(tmp_path)
    link = {"other_file": str(found), "other_truth": str(truth), "other_video": "a"}
    app = opened("result_file.py", **link, score="0.92")
    assert app.session_state["score"] == 0.92
    other = tmp_path / "other.csv"
    other.write_text("video,start_s,end_s,label,score\nc,1,2,Jump,0.5\n")
    app.text_input(key="other_file").set_value(str(other))
    app.text_input(key="other_truth").set_value("")
    app = next(b for b in app.button if b.label == "Show").click().run()
    assert not app.exception
    assert not app.toast
    assert [box.value for box in app.subheader] == ["c"]
    assert app.session_state["score"] is None
    stale = opened("result_file.py", **link | {"other_video": "z"}, t="99")
    assert "“z”" in stale.toast[0].value
    assert [box.value for box in stale.subheader] == ["b"]


def test_a_video_without_a_time_has_an_axis_all_the_same(tmp_path: Path) -> None:
    found, truth = write_pair(tmp_path)
    known = json.loads(truth.read_text())
    known["database"]["c"] = {"subset": "validation", "annotations": []}
    truth.write_text(json.dumps(known))
    app = opened(
        "result_file.py",
        other_file=str(found),
        other_truth=str(truth),
        other_video="c",
        other_panel="Export",
    )
    assert not app.exception
    assert any("Nothing to draw" in caption.value for caption in app.caption)
    assert length_s(app.session_state["subject"].one) == 1.0


def test_one_threshold_judges_table_numbers_and_player(tmp_path: Path) -> None:
    """It is that of all pages: in the address, whatever the file."""
    found, truth = write_pair(tmp_path)
    link = {"other_file": str(found), "other_truth": str(truth), "other_video": "a"}
    app = opened("result_file.py", **link, other_panel="Numbers")
    assert list(app.dataframe[0].value["score"]) == [0.95, 0.9]
    assert list(app.dataframe[0].value["verdict"]) == ["wrong", "right"]
    app = opened("result_file.py", **link, other_panel="Numbers", score="0.92")
    assert not app.exception
    videos = app.dataframe[-1].value.set_index("video")
    assert list(videos.loc["a", ["found", "right", "missed"]]) == [1, 0, 1]
    assert list(app.dataframe[0].value["verdict"]) == ["wrong"]
    assert list(app.dataframe[1].value["verdict"]) == ["missed"]
    app = opened("result_file.py", **link, other_panel="Numbers", tiou="0.95")
    assert list(app.dataframe[0].value["verdict"]) == ["wrong", "wrong"]
    assert any("mAP@0.5 25.00%" in m.value for m in app.markdown)
