"""Train anew, from the page to the list of runs: what is refused, done and compared."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dbs_core.cli.sharing import SHARE
from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from dbs_core.runs.run_settings import settings_of
from dbs_core.training.library import Folders, Work, build
from explorer import sources
from explorer.own_video.jobs import JOBS
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import SETTINGS, MeanColours
from tests.shared_data import ROOT

SHORT = replace(SETTINGS, training=replace(SETTINGS.training, epochs=1), crops=False)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A trained run with results, the only one but the sample."""
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DBS_RUNS", str(tmp_path / "base"))
    data = write_dataset(tmp_path / "colours")
    assert build(Folders(data), Work(tmp_path / "base", SHORT)) == {}
    yield Run.open(tmp_path / "base")
    for job in JOBS.all():
        job.stop()
        _wait_for_all()
        JOBS.dismiss(job)


def _wait_for_all() -> None:
    end = time.monotonic() + 120
    while JOBS.active() and time.monotonic() < end:
        time.sleep(0.1)
    assert not JOBS.active()


def opened(run: Run) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=90)
    app.query_params["run"] = run_id(run.root)
    app.query_params["split"] = "test"
    app.run()
    app.switch_page("app_pages/what_if.py").run()
    assert not app.exception
    return app


def see(app: AppTest) -> None:
    next(b for b in app.button if b.label == "See what it takes").click().run()
    assert not app.exception


def test_a_trained_run_joins_the_list_and_is_compared(
    base: Run, tmp_path: Path
) -> None:
    of = run_id(base.root)
    app = opened(base)
    see(app)
    assert "no path is given" in app.error[0].value
    new = tmp_path / "elsewhere" / "new"
    app.text_input(key=f"anew_folder_{of}").set_value(str(new))
    app.selectbox(key=f"anew_head_{of}").set_value("none")
    see(app)
    assert not app.error
    assert any("Kept features are used again" in c.value for c in app.caption)
    # These settings have no option: no command says them, and the page says so.
    assert any("the button takes all settings" in i.value for i in app.info)
    app.button(key="anew_start").click().run()
    _wait_for_all()
    (job,) = JOBS.all()
    assert job.state == "done", job.error
    app.run()
    assert not app.exception
    assert settings_of(Run.open(new)) == replace(
        SHORT, head=replace(SHORT.head, kind="none")
    )
    assert run_id(new) in sources.runs()
    app.button(key=f"anew_compare_{job.number}").click().run()
    assert not app.exception
    assert app.session_state["compare_with"] == run_id(new)


def test_a_data_set_that_moved_is_named_anew(base: Run, tmp_path: Path) -> None:
    of = run_id(base.root)
    (tmp_path / "colours").rename(tmp_path / "moved")
    app = opened(base)
    assert any("name below where it lies now" in w.value for w in app.warning)
    app.text_input(key=f"anew_folder_{of}").set_value(str(tmp_path / "new"))
    app.number_input(key=f"anew_grid_{of}").set_value(24)
    see(app)
    assert "not there any more" in app.error[0].value
    app.text_input(key=f"anew_data_{of}").set_value(str(tmp_path / "moved"))
    see(app)
    assert not app.error
    assert app.button(key="anew_start")
    assert not (tmp_path / "new").exists()


def test_on_a_shared_server_only_who_has_the_token_trains(
    base: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page asks for it at both places that write."""
    monkeypatch.setenv(SHARE, "0.0.0.0")
    app = opened(base)
    app.session_state["set"] = "nms=0.6"
    app.run()
    assert not app.exception
    assert not [b for b in app.button if b.label == "See what it takes"]
    assert len([t for t in app.text_input if t.label == "Token"]) == 2
