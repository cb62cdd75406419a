"""Every page with every kind of run: no trace, the right words."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.error_table import error_table
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.places import SAMPLE_DATA, run_id
from dbs_core.runs.run import Run
from dbs_core.runtime.amounts import many
from explorer.explore.panels import PANELS
from explorer.explore.panels.downloads import PICTURES
from tests.app.make_run import CLASSES, HOSTILE
from tests.shared_data import ROOT

ENTRY = ROOT / "explorer" / "app.py"
PAGES = sorted(p.name for p in (ROOT / "explorer" / "app_pages").glob("*.py"))
WITHOUT_RUN = ("own_video.py", "result_file.py")
DRAWING = [name for name in PAGES if name not in WITHOUT_RUN]


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ENTRY), default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "start.py":
        app.switch_page(f"app_pages/{page}").run()
    return app


def class_of(app: AppTest) -> str:
    """What the selector of the class says, whatever its key."""
    return next(box.value for box in app.selectbox if box.label == "Class")


@pytest.fixture
def runs(made_run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))
    return made_run


@pytest.mark.parametrize("page", ["start.py", "videos.py", "paper.py"])
def test_a_damaged_result_hides_no_other_page(
    page: str, made_run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first video is the one that cannot be read; the others are listed."""
    root = Path(shutil.copytree(made_run.root, tmp_path / "bad"))
    (first, *_) = Run.open(root).result_files("test")
    first.write_bytes(b"no result")
    monkeypatch.setenv("DBS_RUNS", str(root))
    app = opened(page, run=run_id(root), split="test", video=first.stem)
    assert not app.exception
    assert first.stem in app.error[0].value.replace("\\", "")
    if page == "videos.py":
        rows = app.dataframe[0].value
        assert len(rows) == len(Run.open(root).result_files("test"))
        assert sum(bool(problem) for problem in rows["problem"]) == 1
    else:
        assert app.main.children


@pytest.mark.parametrize("page", PAGES)
def test_pages_show_a_run(page: str, runs: Run) -> None:
    app = opened(page)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", DRAWING)
def test_without_a_run_the_page_says_how_to_make_one(
    page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBS_RUNS", str(tmp_path))
    monkeypatch.setattr("dbs_core.runs.places.SHIPPED_RUNS", {})
    monkeypatch.setattr("dbs_core.runs.places.ROOT", tmp_path)
    app = opened(page)
    assert not app.exception
    assert "python -m dbs_core train DATASET" in app.code[-1].value


@pytest.mark.parametrize("page", DRAWING)
def test_a_run_without_results_is_no_error(
    page: str, monkeypatch: pytest.MonkeyPatch, runs: Run, tmp_path: Path
) -> None:
    Run.create(tmp_path / "bare", runs.info)
    monkeypatch.setenv("DBS_RUNS", str(tmp_path / "bare"))
    monkeypatch.setattr("dbs_core.runs.places.ROOT", tmp_path)
    app = opened(page)
    assert not app.exception
    assert "python -m dbs_core detect" in app.code[-1].value


@pytest.mark.parametrize("page", DRAWING)
@pytest.mark.parametrize("video", ["no_truth", "nothing_found", "gone", "odd_codec"])
def test_odd_videos_are_shown(page: str, video: str, runs: Run) -> None:
    app = opened(page, split="test", video=video)
    assert not app.exception
    assert app.selectbox(key="video").value == video


def test_a_hostile_name_stays_text(runs: Run) -> None:
    app = opened("explore.py", split="validation", video=HOSTILE, cls=HOSTILE)
    assert not app.exception
    assert class_of(app) == HOSTILE
    assert not any("<img" in m.value for m in [*app.markdown, *app.html])


def test_a_damaged_result_is_one_line(
    made_run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = Run.create(tmp_path / "bad", made_run.info)
    path = run.result_path("test", "broken")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no result")
    monkeypatch.setenv("DBS_RUNS", str(run.root))
    app = opened("explore.py", run=run_id(run.root))
    assert not app.exception
    assert "broken" in app.error[0].value


def test_a_stale_link_lands_near_with_a_note(runs: Run) -> None:
    query = {"video": "two_jumps", "cls": "Nothing", "t": "900", "split": "tests"}
    app = opened("explore.py", **query)
    assert app.selectbox(key="split").value == "test"
    assert app.selectbox(key="video").value == "two_jumps"
    assert class_of(app) in CLASSES.names
    said = app.toast[0].value
    assert "tests" in said
    assert "Nothing" in said
    assert "900" in said


@pytest.mark.parametrize("panel", list(PANELS))
def test_panels_open_without_error(panel: str, runs: Run) -> None:
    app = opened("explore.py", split="test", video="two_jumps")
    before = len(app.main.children)
    app.session_state["panel"] = panel
    app.run()
    assert not app.exception
    assert not app.error
    assert len(app.main.children) >= before


@pytest.mark.parametrize("name", list(PICTURES))
def test_pictures_are_previewed_or_said_to_be_missing(name: str, runs: Run) -> None:
    for video in ("two_jumps", "gone"):
        app = opened("explore.py", split="test", video=video)
        app.session_state["panel"] = "Export"
        app.run()
        app.selectbox(key="export_picture").set_value(name).run()
        assert not app.exception


def test_a_folder_named_in_the_page_is_opened(
    made_run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBS_RUNS", "")
    app = opened("start.py")
    app.text_input(key="folder_path_start").set_value(str(tmp_path))
    app.form_submit_button[0].click().run()
    assert str(tmp_path).replace("/", "") in app.error[0].value.replace(
        "\\", ""
    ).replace("/", "")
    app.text_input(key="folder_path_start").set_value(str(made_run.root))
    app.form_submit_button[0].click().run()
    assert not app.exception
    assert app.selectbox(key="run").value == run_id(made_run.root)


def test_next_video_takes_its_own_class(runs: Run) -> None:
    app = opened("explore.py", split="test", video="no_truth")
    assert class_of(app) == "Diving"
    app.button(key="step_Next").click().run()
    assert app.selectbox(key="video").value == "nothing_found"
    assert class_of(app) == "GolfSwing"


def test_search_and_filters_narrow_the_table(runs: Run) -> None:
    app = opened("videos.py", split="test")
    assert len(app.dataframe[0].value) == 5
    app.text_input(key="video_search").set_value("JUMPS").run()
    assert list(app.dataframe[0].value["video"]) == ["two_jumps"]
    app.text_input(key="video_search").set_value("").run()
    app.multiselect(key="video_classes").set_value(["Diving"]).run()
    assert list(app.dataframe[0].value["video"]) == ["no_truth"]


def test_the_videos_page_names_annotated_videos_without_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Path(shutil.copytree(SAMPLE_DATA, tmp_path / "data"))
    (data / "run" / "results" / "test" / "video_test_0000004.npz").unlink()
    monkeypatch.setenv("DBS_RUNS", str(data / "run"))
    app = opened("videos.py", run=run_id(data / "run"), split="test")
    assert not app.exception
    said = " ".join(caption.value for caption in app.caption).replace("\\", "")
    assert "1 annotated video has no result" in said
    assert "video_test_0000004" in said


def test_start_says_how_good_the_split_is(runs: Run) -> None:
    """In the figures of Errors, by another way of counting."""
    found = diagnose(judged_run(runs), tiou=(0.5,))
    errors = error_table(found, 0.5).errors.to_rows()
    missed = sum(row["kind"] == "missed" for row in errors)
    app = opened("start.py", run=run_id(runs.root), split="test")
    assert not app.exception
    (line,) = (one.value for one in app.markdown if one.value.startswith("**mAP@"))
    assert f"mAP@0.5 {float(found.report.mean[0]):.1%}**" in line
    assert f"{many(len(errors) - missed, 'detection')} wrong" in line
    assert f"{many(missed, 'truth')} missed" in line
