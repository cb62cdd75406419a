"""The first start: the sample is there at once; nothing is trained or decoded first."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from tests.app.conftest import serve
from tests.app.watching import watched

pytestmark = pytest.mark.browser

LIMIT_S = 12.0
TRIES = 3
"""Others may use the machine meanwhile: the best of a few cold starts counts."""


def stamps(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*")}


def cold_start(browser: Browser, folder: Path) -> float:
    """Start a new server and a new browser profile; give the seconds to the sample."""
    folder.mkdir()
    with (
        serve(Run.open(SAMPLE), folder, DBS_RUNS="") as site,
        watched(browser, site) as on,
    ):
        begun = time.perf_counter()
        on.page.goto(site.address)
        on.page.get_by_text("rendered sample").first.wait_for()
        expect(on.page.get_by_text("From sample: video_test")).to_be_visible()
        took = time.perf_counter() - begun
        on.settled()
        assert on.errors == []
        return took


def test_the_app_opens_on_the_sample_at_once(browser: Browser, tmp_path: Path) -> None:
    before = stamps(SAMPLE_DATA)
    took = []
    while len(took) < TRIES and (not took or min(took) > LIMIT_S):
        took.append(cold_start(browser, tmp_path / f"start {len(took)}"))
    sys.stderr.write(f"\ncold starts: {', '.join(f'{t:.2f} s' for t in took)}\n")
    assert min(took) < LIMIT_S
    assert stamps(SAMPLE_DATA) == before


def test_the_first_page_does_without_pytorch(tmp_path: Path) -> None:
    """What a page imports is imported by the server: the engine's stages are not."""
    script = (
        "import sys; from streamlit.testing.v1 import AppTest;"
        "app = AppTest.from_file('explorer/app.py', default_timeout=60).run();"
        "assert not app.exception, app.exception;"
        "app.switch_page('app_pages/own_video.py').run();"
        "assert not app.exception, app.exception;"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=SAMPLE_DATA.parent.parent,
        env={"DBS_HOME": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == "False"
