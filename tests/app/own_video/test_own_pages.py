"""The page for own videos, without a browser: questions, refusals, libraries."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dbs_core.method.settings import Settings
from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.requests import Request
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA, run_id
from dbs_core.runs.run import Run
from dbs_core.training.library import Folders, Work, remember
from explorer.own_video.card import spoken
from explorer.own_video.jobs import JOBS, Job
from tests.core.as_activitynet import as_activitynet
from tests.core.make_video import write_video
from tests.core.small_model import MeanColours, small_run
from tests.core.small_set import set_apart
from tests.shared_data import ROOT

LIBRARY = "Data set on disk"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DBS_RUNS", "")
    _forget_jobs()  # those of tests before, of other files too
    yield tmp_path / "home"
    _forget_jobs()


def _forget_jobs() -> None:
    for job in JOBS.all():
        job.stop()
    end = time.monotonic() + 30
    while JOBS.active() and time.monotonic() < end:
        time.sleep(0.05)
    for job in JOBS.all():
        JOBS.dismiss(job)


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.run()
    app.switch_page("app_pages/own_video.py").run()
    return app


def take(app: AppTest, path: Path | str) -> None:
    app.text_input(key="own_path").set_value(str(path))
    next(b for b in app.button if b.label == "Take it").click().run()


def only_request(home: Path) -> tuple[Run, Request]:
    run = requests.own_run(home / "own", Run.open(SAMPLE))
    (request,) = requests.requests(run)
    return run, request


def text(app: AppTest) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.warning, *app.caption])


def test_the_page_says_what_can_be_found(home: Path) -> None:
    app = opened()
    assert not app.exception
    assert "5 classes: CleanAndJerk" in text(app)
    assert "rendered scenes only" in text(app)
    assert not home.exists()  # looking at the page writes nothing


def test_four_hours_are_asked_about_first(home: Path, tmp_path: Path) -> None:
    times = list(range(0, 4 * 3600 * 1000, 60_000))
    video = write_video(
        tmp_path / "talk.mp4", len(times), times_ms=times, rate=Fraction(25)
    )
    app = opened()
    take(app, video)
    assert "4:00:00" in text(app)
    assert "in 16 parts of 15:00" in text(app)
    assert app.button(key="own_start").disabled
    app.checkbox(key="own_agreed").check().run()
    assert not app.button(key="own_start").disabled
    assert not JOBS.all()


def test_no_space_is_said_before_the_start(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened()
    monkeypatch.setattr("dbs_core.runtime.files.SPARE", 1 << 60)
    take(app, write_video(tmp_path / "a.mp4", 40))
    assert "not enough space" in app.error[0].value
    assert not [b for b in app.button if b.key == "own_start"]
    monkeypatch.undo()


def test_a_home_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("DBS_RUNS", "")
    app = opened()
    take(app, write_video(tmp_path / "a.mp4", 10))
    assert not app.exception
    assert "cannot write" in app.error[0].value


def test_removing_leaves_the_file_where_it_lies(home: Path, tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", 40)
    app = opened()
    take(app, video)
    run, request = only_request(home)
    app.button(key=f"own_remove_{request.video_id}").click().run()
    assert requests.requests(run) == ()
    assert video.exists()


def test_folders_of_a_library_are_checked(home: Path, tmp_path: Path) -> None:
    app = opened()
    app.segmented_control(key="own_section").set_value(LIBRARY).run()
    next(b for b in app.button if b.label == "Check the folders").click().run()
    assert "no folder is given" in app.error[0].value
    app.text_input(key="library_root").set_value(str(SAMPLE_DATA))
    next(b for b in app.button if b.label == "Check the folders").click().run()
    assert "5 classes, 24 validation, 4 test videos" in app.success[0].value
    app.text_input(key="library_root").set_value(str(tmp_path / "nowhere"))
    next(b for b in app.button if b.label == "Check the folders").click().run()
    assert "nowhere: no such folder" in app.error[0].value.replace("\\", "")
    assert not JOBS.all()


def test_an_activitynet_json_with_its_folders_is_checked(
    home: Path, tmp_path: Path
) -> None:
    path, folders = as_activitynet(SAMPLE_DATA, tmp_path / "anet.json")
    app = opened()
    app.segmented_control(key="own_section").set_value(LIBRARY).run()
    app.text_input(key="library_root").set_value(str(path))
    next(b for b in app.button if b.label == "Check the folders").click().run()
    assert "no file of any of its" in app.error[0].value
    app.text_area(key="library_videos").set_value("\n".join(map(str, folders)))
    next(b for b in app.button if b.label == "Check the folders").click().run()
    assert "5 classes, 24 validation, 4 test videos" in app.success[0].value


def test_a_library_does_not_go_into_a_folder_of_other_files(
    home: Path, tmp_path: Path
) -> None:
    papers = tmp_path / "papers"
    (papers / "results").mkdir(parents=True)
    (papers / "results" / "thesis.csv").write_text("a year")
    (papers / "model.npz").write_text("mine")
    app = opened()
    app.segmented_control(key="own_section").set_value(LIBRARY).run()
    app.text_input(key="library_root").set_value(str(SAMPLE_DATA))
    app.text_input(key="library_run").set_value(str(papers))
    for label in ("Check the folders", "Build in the background"):
        next(b for b in app.button if b.label == label).click().run()
        assert not app.exception
        assert "papers: not empty" in app.error[0].value.replace("\\", "")
    assert not JOBS.all()
    files = sorted(p.name for p in papers.rglob("*") if p.is_file())
    assert files == ["model.npz", "thesis.csv"]


def test_a_library_that_was_begun_is_listed(home: Path) -> None:
    root = home / "th"
    Run.create(root, Run.open(SAMPLE).info)
    remember(Folders(SAMPLE_DATA), Work(root, Settings()))
    app = opened()
    app.segmented_control(key="own_section").set_value(LIBRARY).run()
    assert not app.exception
    assert run_id(root) in text(app).replace("\\", "")
    assert [b for b in app.button if b.label == "Go on"]


def test_a_library_is_built_in_the_background_and_browsed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders apart, named in the page; then its results are among the runs."""
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    folders = set_apart(tmp_path)
    app = opened()
    app.segmented_control(key="own_section").set_value(LIBRARY).run()
    app.text_input(key="library_root").set_value(str(folders.root))
    app.text_input(key="library_validation").set_value(str(folders.validation))
    app.text_input(key="library_test").set_value(str(folders.test))
    next(b for b in app.button if b.label == "Build in the background").click().run()
    assert not app.exception
    (job,) = JOBS.all()
    assert app.button(key=f"job_stop_{job.number}")
    end = time.monotonic() + 120
    while job.active and time.monotonic() < end:
        time.sleep(0.1)
    JOBS.dismiss(job)
    assert job.state == "done", job.error
    app.run()
    assert "2 results so far" in text(app)
    next(
        b for b in app.button if b.key.startswith("library_open_thumos14-")
    ).click().run()
    assert not app.exception
    assert app.selectbox(key="video").options == [
        "video_test_0000001",
        "video_test_0000003",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (99.0, "99 s"), (600.0, "10 min"), (5400.0, "1.5 h")],
)
def test_lengths_are_said_roughly(seconds: float, said: str) -> None:
    assert spoken(seconds) == said


@pytest.mark.parametrize(
    "content", ["null", "[]", '{"schema": 1, "classes": null}', "", "[" * 100_000]
)
def test_a_run_that_is_none_breaks_no_page(home, tmp_path, monkeypatch, content):
    """It lies where runs are looked for; other runs are there as before."""
    known = tmp_path / "known"
    (known / "broken").mkdir(parents=True)
    (known / "broken" / "run.json").write_text(content)
    monkeypatch.setenv("DBS_RUNS", str(known))
    app = opened()
    assert not app.exception
    assert "5 classes: CleanAndJerk" in text(app)
    app.switch_page("app_pages/videos.py").run()
    assert not app.exception
    broken = next(name for name in app.selectbox(key="run").options if "broken" in name)
    app.selectbox(key="run").set_value(broken).run()
    assert not app.exception
    assert any("broken/run.json" in e.value.replace("\\", "") for e in app.error)


def test_a_trained_run_without_results_offers_to_detect(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the background, in the test videos that it was trained beside."""
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    sample = Run.open(SAMPLE)
    run = Run.create(
        tmp_path / "bare", replace(sample.info, dataset=str(SAMPLE_DATA.resolve()))
    )
    monkeypatch.setenv("DBS_RUNS", str(run.root))
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.run()
    assert app.title[-1].value == "This run is not trained yet"
    shutil.copy(sample.model_path, run.model_path)
    app.run()
    assert not app.exception
    assert app.title[-1].value == "This run has no results yet"
    assert run_id(run.root) in text(app).replace("\\", "")
    started = []
    monkeypatch.setattr(
        "dbs_core.runs.detecting.detect_all",
        lambda entries, detector: started.extend(e.video_id for e in entries) or {},
    )
    app.button(key="detect_own").click().run()
    assert not app.exception
    end = time.monotonic() + 60
    while JOBS.active() and time.monotonic() < end:
        time.sleep(0.1)
    (job,) = JOBS.all()
    JOBS.dismiss(job)
    assert job.state == "done", job.error
    assert sorted(started) == [f"video_test_000000{n}" for n in (1, 2, 3, 4)]


@pytest.fixture
def base(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A trained run that is not the sample, quick to look with."""
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    # A server keeps the network that another test had it load.
    monkeypatch.setattr("explorer.own_video.work._loaded", lambda _: MeanColours())
    run = small_run(tmp_path / "base")
    monkeypatch.setenv("DBS_RUNS", str(run.root))
    return run


def lines(app: AppTest) -> dict[str, str]:
    """Give how each video of the batch stands."""
    table = app.dataframe[-1].value
    return dict(zip(table["video"], table["state"], strict=True))


def finished(app: AppTest) -> Job:
    """Wait for the only job, then look at the page again."""
    assert not app.exception
    end = time.monotonic() + 120
    while JOBS.active() and time.monotonic() < end:
        time.sleep(0.1)
    (job,) = JOBS.all()
    JOBS.dismiss(job)
    app.run()
    return job


def test_the_page_starts_from_the_run_at_the_left(base: Run) -> None:
    app = opened()
    assert app.selectbox(key="run").value == run_id(base.root)
    assert app.selectbox(key="own_base").value == run_id(base.root)
    assert "2 classes: Running, Jumping" in text(app)
    app.selectbox(key="own_base").set_value(run_id(SAMPLE)).run()  # stays as chosen
    assert app.run().selectbox(key="own_base").value == run_id(SAMPLE)
    app.selectbox(key="run").set_value(run_id(SAMPLE)).run()
    app.selectbox(key="run").set_value(run_id(base.root)).run()
    assert app.selectbox(key="own_base").value == run_id(base.root)


def test_a_folder_is_looked_at_in_the_background(base: Run, tmp_path: Path) -> None:
    """One that is no video is listed with why; the same button goes on."""
    folder = tmp_path / "films"
    folder.mkdir()
    write_video(folder / "a.mp4", 40)
    (folder / "b.mp4").write_text("no video")
    write_video(folder / "c.mp4", 40)
    app = opened()
    take(app, folder)
    assert not app.exception
    assert set(lines(app).values()) == {"waiting"}
    go = f"batch_go_{run_id(folder)}"
    job = finished(app.button(key=go).click().run())
    assert "1 video failed, the rest is done: b" in job.error
    assert lines(app) == {"a": "✓ done", "b": "✕ failed", "c": "✓ done"}
    assert "not a video" in app.dataframe[-1].value["why"][1]
    write_video(folder / "b.mp4", 40)
    job = finished(app.button(key=go).click().run())
    assert job.state == "done", job.error
    assert set(lines(app).values()) == {"✓ done"}
    assert not [b for b in app.button if b.key == go]
    app.button(key=f"batch_videos_{run_id(folder)}").click().run()
    assert not app.exception
    assert app.selectbox(key="video").options == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "no path is given"),
        ("nowhere", "no such file"),
        ("empty", "no video file in it"),
        ("empty/\0", "zero byte"),
    ],
)
def test_what_holds_no_video_is_one_clear_line(
    base: Run, tmp_path: Path, typed: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    app = opened()
    take(app, tmp_path / typed if typed else "")
    assert not app.exception
    assert said in app.error[0].value
    assert "\n" not in app.error[0].value
    assert not JOBS.all()
