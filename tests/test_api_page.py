"""docs/api.md does what it says: its blocks run in order, as one script."""

import re
from pathlib import Path

import pytest

from dbs_core import Run
from dbs_core.runs.places import SAMPLE_DATA
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import MeanColours
from tests.shared_data import ROOT, shared_data

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "api.md"
NETWORK = "dbs_core.method.features.backbones.opening.EfficientNetLite0"
CHEAP = "## Train"
"""From this section to the next the network costs nothing: a training takes minutes."""


def blocks() -> list[tuple[str, str]]:
    """Every block of Python with the heading above it."""
    found, heading = [], ""
    pattern = re.compile(r"^(## .*?)$|^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
    for title, code in pattern.findall(PAGE.read_text()):
        heading = title or heading
        if code:
            found.append((heading, code))
    return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that the page names: the sample, a video, a data set."""
    clip = shared_data("clips", "women_long_jump.mp4")
    (tmp_path / "match.mp4").symlink_to(clip)
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "sample").symlink_to(SAMPLE_DATA)
    write_dataset(tmp_path / "my_dataset")
    monkeypatch.setenv("DBS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stamps(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*")}


def test_every_block_of_the_page_runs(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, names = stamps(SAMPLE_DATA), {}
    for heading, code in blocks():
        with monkeypatch.context() as patched:
            if heading == CHEAP:
                patched.setattr(NETWORK, lambda device: MeanColours())
            exec(compile(code, f"{PAGE.name}, {heading}", "exec"), names)
    printed = capsys.readouterr().out
    assert re.search(r"29\.\d to 32\.\d s: JavelinThrow, 0\.9", printed)
    assert "gone.mp4: no such file or folder" in printed
    assert names["table"].columns.tolist() == ["start_s", "end_s", "label", "score"]
    assert len(names["table"]) == len(names["result"].detections) > 0
    assert len(names["found"].to_rows()) == 6
    assert (place / "heat.png").read_bytes().startswith(b"\x89PNG")
    assert "JavelinThrow" in (place / "timeline.svg").read_text()
    assert Run.open(place / "runs" / "mine").info.settings["training"]["epochs"] == 5
    assert stamps(SAMPLE_DATA) == before
    assert not list((place / "home").rglob("results"))
