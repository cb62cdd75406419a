"""The package: what `pip install .` installs is whole, and leaves its own place alone.

The wheel is built of a copy of the project, unpacked, and used from another folder, as
an installed copy is, with the packages of this environment.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from dbs_core.runs.places import SAMPLE_DATA
from tests.app.conftest import free_port, wait_for
from tests.core.make_video import write_video
from tests.shared_data import ROOT

pytest.importorskip("setuptools", minversion="77")
pytestmark = pytest.mark.slow

PARTS = ("dbs_core", "explorer", "assets", ".streamlit")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "requirements.txt", "run_app.py")
UNSHIPPED = shutil.ignore_patterns("__pycache__", "cache", "own")
USED = """
from dbs_core import open_run, detect, heat_map
run = open_run()
result = detect("match.mp4", run)
print(result.detections)
heat_map(result, at_s=1.5).save("heat.png")

from dbs_core.cli.main import main
assert main(["detect", "match.mp4", "--run", "sample"]) == 0
assert main(["evaluate", "--run", "sample"]) == 0
assert main(["sample"]) == 0
assert main(["sample", "--rebuild"]) == 2
"""


def relative(folder: Path) -> set[str]:
    """Name the files below a folder, but for what Python compiles."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", "cache"} & set(path.parts)
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel."""
    root = tmp_path_factory.mktemp("package")
    project, site = root / "project", root / "site"
    for part in PARTS:
        shutil.copytree(ROOT / part, project / part, ignore=UNSHIPPED)
    for name in (*FILES, "README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    (project / "build" / "lib" / "dbs_core").mkdir(parents=True)
    (project / "build" / "lib" / "dbs_core" / "of_old.py").write_text("")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", str(project), *options],
        cwd=root,
        check=True,
    )
    (wheel,) = root.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)
    return site


@pytest.fixture
def elsewhere(site: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who uses that copy, in a folder of their own."""
    kept = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("DBS_", "PYTEST"))
    }
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}
    return clean | kept | quiet | {"PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}


def test_the_wheel_holds_the_two_packages_and_the_sample(site: Path) -> None:
    packed = relative(site)
    for part in ("dbs_core", "explorer"):
        wanted = {f"{part}/{name}" for name in relative(ROOT / part)}
        assert wanted <= packed
    sample = {f"dbs_core/shipped/assets/sample/{n}" for n in relative(SAMPLE_DATA)}
    way_in = {"run_app.py", ".streamlit/config.toml", "assets/em_from_noise.npz"}
    assert sample | {f"dbs_core/shipped/{name}" for name in way_in} <= packed
    tops = {name.split("/")[0] for name in packed}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        *("dbs_core", "explorer")
    }
    assert "dbs_core/of_old.py" not in packed


def test_it_needs_what_requirements_name_and_gives_the_command(site: Path) -> None:
    (info,) = site.glob("*.dist-info")
    found = PathDistribution(info)
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert [r for r in found.requires or () if "extra" not in r] == wanted
    (command,) = found.entry_points
    assert (command.name, command.value) == ("dbs", "dbs_core.cli.main:main")


def test_used_from_another_folder_it_writes_into_the_users(
    site: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    write_video(tmp_path / "match.mp4", 50)
    command = [sys.executable, "-c", USED]
    done = subprocess.run(
        command, cwd=tmp_path, env=elsewhere, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Name --out FOLDER" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before
    assert (tmp_path / "heat.png").read_bytes().startswith(b"\x89PNG")
    (own,) = (tmp_path / "data" / "dbs-explorer" / "own").iterdir()
    assert (own / "results" / "video" / "match.npz").is_file()


def test_its_app_answers(site: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    words = ["-m", "dbs_core", "explore", "--no-browser", "--port", str(port)]
    with (tmp_path / "server.txt").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=tmp_path,
            env=elsewhere,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in (tmp_path / "server.txt").read_text()
