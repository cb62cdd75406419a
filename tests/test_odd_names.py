"""Names and paths of every kind: one line each, and what is beside goes on."""

import os
import shutil
from pathlib import Path

import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError, printable
from dbs_core.runtime.given_paths import given_path
from tests.core.make_video import write_video
from tests.core.small_model import MeanColours, small_run

LONG = "x" * 300


@pytest.fixture(autouse=True)
def colours(monkeypatch):
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return small_run(tmp_path / "run").root


def called(capsys, *words: object) -> tuple[int, str]:
    capsys.readouterr()
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, said.err + said.out


def errors(said: str) -> list[str]:
    return [x for x in said.splitlines() if x.startswith("error: ")]


@pytest.mark.parametrize("folder", [False, True])
def test_what_is_no_file_fails_alone(capsys, run, tmp_path, folder):
    """A pipe and a loop of links among good videos; a loop of folders beside them."""
    videos = tmp_path / "videos"
    videos.mkdir()
    write_video(videos / "good.mp4", 50)
    os.mkfifo(videos / "pipe.mp4")
    (videos / "loop.mp4").symlink_to(videos / "loop.mp4")
    (videos / "gone.mp4").symlink_to(videos / "nothing")
    if folder:
        (videos / "round").symlink_to(videos)
        (videos / "self").symlink_to(videos / "self")
    code, said = called(capsys, "detect", videos, "--run", run)
    assert code == 1
    assert "failed pipe: " in said
    assert "got a pipe" in said
    assert "failed loop: " in said
    assert "gone" not in said
    assert [p.stem for p in Run.open(run).result_files("video")] == ["good"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("detect", "/tmp/{LONG}.mp4", "--run", "{run}"), "File name too long"),
        (("detect", "{video}", "--run", "/tmp/{LONG}"), "File name too long"),
        (("detect", "{loop}", "--run", "{run}"), "symbolic links"),
        (("detect", "~nobody-of-this-name/x.mp4", "--run", "{run}"), "no such user"),
        (("train", "{data}", "--run", "/tmp/{LONG}"), "File name too long"),
        (("train", "{data}", "--run", "{video}/x", "--grid", "16"), "a directory"),
        (("train", "{data}", "--run", "/" + "y/" * 1900), "path is too long"),
        (("figures", "--run", "{run}", "--to", "{loop}"), "symbolic links"),
        (("train", "{data}", "--run", "{run}2", "--cache", "{loop}"), "symbolic"),
    ],
)
def test_odd_paths_are_one_line(capsys, run, tmp_path, words, why):
    video = write_video(tmp_path / "v.mp4", 20)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    data = Path(__file__).parents[1] / "assets" / "sample"
    given = {"LONG": LONG, "run": run, "video": video, "loop": loop, "data": data}
    code, said = called(capsys, *(word.format(**given) for word in words))
    assert code == 2
    (line,) = errors(said)
    assert why in line


@pytest.mark.parametrize("seed", ["-1", "-99999999999999999999"])
def test_odd_seeds_are_refused(capsys, run, seed):
    code, said = called(capsys, "train", "data", "--run", run, "--seed", seed)
    assert code == 2
    assert "--seed" in errors(said)[0]


WITHOUT_TRUTH = ("--figure", "1", "3", "4")
ODD = {
    "control characters": "a\x1b[31mred\x07",
    "direction": "a\u202e4pm.b",
    "line": "a\u2028b",
    "mathematics": "a$\\frac$b_{x}^2",
    "markup": "<script>alert(1)</script>",
    "formula": "=1+1",
    "not UTF-8": os.fsdecode(b"caf\xe9"),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_names_are_text_everywhere(capsys, run, tmp_path, kind):
    """Detected, listed, drawn; a terminal is told nothing but signs."""
    name = ODD[kind].replace("/", "")
    folder = tmp_path / "videos"
    folder.mkdir()
    write_video(folder / "made.mp4", 50).rename(folder / f"{name}.mp4")
    write_video(folder / "plain.mp4", 50)
    code, said = called(capsys, "detect", folder, "--run", run)
    assert code == 0
    assert not {"\x1b", "\x07", "\u202e", "\u2028"} & set(said)
    assert len(Run.open(run).result_files("video")) == 2
    to = tmp_path / "figures"
    words = ("figures", "--run", run, "--split", "video", *WITHOUT_TRUTH)
    code, said = called(capsys, *words, "--to", to, "--video", name)
    assert "failed" not in said
    assert code == 0
    assert len(list(to.iterdir())) == 9


def test_figures_replace_figures_only(capsys, run, tmp_path):
    write_video(tmp_path / "v.mp4", 50)
    assert called(capsys, "detect", tmp_path / "v.mp4", "--run", run)[0] == 0
    to = tmp_path / "to"
    words = ("figures", "--run", run, "--split", "video", "--to", to, *WITHOUT_TRUTH)
    assert called(capsys, *words)[0] == 0
    assert called(capsys, *words)[0] == 0
    foreign = sorted((tmp_path / "to").glob("*.png"))[0]
    foreign.write_bytes(b"my own drawing")
    code, said = called(capsys, *words)
    assert code == 1
    assert "a file that this command did not write" in said
    assert foreign.read_bytes() == b"my own drawing"


def test_printable_keeps_signs_and_shows_the_rest():
    assert printable("Zürich 東京 a\nb") == "Zürich 東京 a\nb"
    assert printable("a\x1b[0m\r\u202e\udce9") == "a\\x1b[0m\\r\\u202e\\udce9"


def test_a_path_that_is_to_be_made_is_taken(tmp_path):
    assert given_path(str(tmp_path / "new")) == tmp_path / "new"
    with pytest.raises(InputError, match="null byte"):
        given_path("a\0b")


def test_the_same_stem_in_two_folders_gives_two_results(capsys, run, tmp_path):
    for place in ("one", "two"):
        (tmp_path / "videos" / place).mkdir(parents=True)
        write_video(tmp_path / "videos" / place / "same.mp4", 50)
    shutil.copy(tmp_path / "videos/one/same.mp4", tmp_path / "videos/one/other.mp4")
    assert called(capsys, "detect", tmp_path / "videos", "--run", run)[0] == 0
    found = {p.stem for p in Run.open(run).result_files("video")}
    assert found == {"one-same", "two-same", "other"}
    assert len(open_dataset(tmp_path / "videos" / "one").videos) == 2
