"""Videos that are handed over: any name, twice the same name, no space, a stop."""

import io
import json
import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dbs_core.runs.own_videos import requests
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress, Step
from tests.core.small_model import small_run

HTML = "<img src=x onerror=alert(1)>.mp4"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return requests.own_run(tmp_path / "own", small_run(tmp_path / "base"))


def keep(run: Run, name: str, content: bytes = b"video") -> requests.Request:
    return requests.keep_upload(run, name, io.BytesIO(content).read, len(content))


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_the_folder_is_made_at_first_use_with_the_model(run: Run) -> None:
    assert not run.root.exists()
    keep(run, "a.mp4")
    base = Path(run.info.dataset)
    assert Run.open(run.root).info.kind == "video"
    assert (run.root / "model.npz").read_bytes() == (base / "model.npz").read_bytes()


def test_a_folder_of_other_files_in_its_place_is_refused(run: Run) -> None:
    run.root.mkdir(parents=True)
    (run.root / "model.npz").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"not empty.*got model\.npz\. Name another"):
        keep(run, "a.mp4")
    assert (run.root / "model.npz").read_bytes() == b"mine"
    assert files(run.root) == {"model.npz"}


def test_a_folder_whose_model_was_not_copied_yet_gets_it(run: Run) -> None:
    """Stopped between the two files."""
    Run.create(run.root, run.info)
    keep(run, "a.mp4")
    base = Path(run.info.dataset)
    assert (run.root / "model.npz").read_bytes() == (base / "model.npz").read_bytes()


def test_another_model_has_another_folder(run: Run, tmp_path: Path) -> None:
    base = Run.open(Path(run.info.dataset))
    (base.root / "model.npz").write_bytes(b"trained again")
    assert requests.own_run(tmp_path / "own", base).root != run.root


def test_a_run_without_model_is_one_line(tmp_path: Path) -> None:
    base = small_run(tmp_path / "base")
    (base.root / "model.npz").unlink()
    with pytest.raises(InputError, match="no model yet"):
        requests.own_run(tmp_path, base)


def test_content_is_copied_in_pieces_and_whole(run: Run) -> None:
    content = bytes(range(256)) * 10_000  # three pieces
    steps: list[Step] = []
    request = requests.keep_upload(
        run, "a.mp4", io.BytesIO(content).read, len(content), Progress(steps.append)
    )
    assert request.file(run).read_bytes() == content
    assert [step.done for step in steps] == [0, 1 << 20, 2 << 20]
    assert requests.requests(run) == (request,)
    assert not requests.done(run, request)


def test_the_same_name_from_two_people_at_once_gives_two_videos(run: Run) -> None:
    together = threading.Barrier(8)
    found: list[tuple[requests.Request, bytes]] = []

    def hand_over(number: int) -> None:
        content = f"video {number}".encode()
        together.wait()
        found.append((keep(run, "match.mp4", content), content))

    threads = [threading.Thread(target=hand_over, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({request.video_id for request, _ in found}) == 8
    assert {r.video_id for r, _ in found} >= {"match", "match (2)", "match (8)"}
    for request, content in found:
        assert request.file(run).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "video_id"),
    [
        pytest.param("../../../etc/passwd", "passwd", id="upward"),
        pytest.param("..\\..\\boot.mp4", "boot", id="upward with backslashes"),
        pytest.param("/abs/olute.mp4", "olute", id="absolute"),
        pytest.param("..", "video", id="parent"),
        pytest.param(".mp4", "mp4", id="hidden"),
        pytest.param("", "video", id="nothing"),
        pytest.param("a\0b\n\r‮c.mp4", "abc", id="control and direction signs"),
        pytest.param("goal.tar.mp4", "goal.tar", id="two suffixes"),
        pytest.param("x" * 5000 + ".mp4", "x" * 120, id="long"),
        pytest.param("Größe 跳.MP4", "Größe 跳", id="any script"),
    ],
)
def test_a_name_is_text_and_stays_in_its_folder(
    run: Run, name: str, video_id: str
) -> None:
    request = keep(run, name)
    assert request.video_id == video_id
    inside = (run.root / "videos").resolve()
    assert request.file(run).resolve().is_relative_to(inside)
    assert files(run.root.parent.parent) == {
        "base/model.npz",
        "base/run.json",
        *(f"own/{run.root.name}/{name}" for name in files(run.root)),
    }


def test_html_in_a_name_is_kept_as_text(run: Run) -> None:
    request = keep(run, HTML)
    assert request.video_id == HTML.removesuffix(".mp4")
    assert "<" not in request.path
    assert requests.requests(run)[0].video_id == request.video_id


@given(st.text(max_size=300))
@example("a/../b")
@example("CON")
@example("x" * 119 + ". .mp4")
def test_any_name_gives_a_visible_one_without_folders(name: str) -> None:
    found = requests.clean_name(name)
    assert found
    assert len(found) <= 120
    assert not set(found) & set("/\\\0\n")
    assert found == requests.clean_name(f"{found}.mp4")


def test_an_odd_suffix_does_not_travel(run: Run) -> None:
    assert keep(run, "page.html").path.endswith("source.bin")
    assert keep(run, "clip.MP4").path.endswith("source.mp4")


def test_an_empty_file_is_not_taken_in(run: Run) -> None:
    with pytest.raises(InputError, match="the file is empty"):
        keep(run, "a.mp4", b"")
    assert requests.requests(run) == ()


def test_no_space_is_one_line_and_leaves_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(run.root.parent.parent)
    monkeypatch.setattr(
        "dbs_core.runs.own_videos.requests.shutil.disk_usage",
        lambda _: usage._replace(free=250 << 20),
    )
    with pytest.raises(
        InputError, match=r"not enough space.*wanted 734 MB, got 262 MB"
    ):
        requests.keep_upload(run, "big.mp4", io.BytesIO(b"").read, 500 << 20)
    assert not (run.root / "videos").exists()
    assert keep(run, "small.mp4")


def test_a_disk_that_fills_half_way_leaves_nothing(run: Run) -> None:
    class Filling(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(28, "No space left on device")
            return super().read(size)

    keep(run, "before.mp4")
    before = files(run.root)
    with pytest.raises(InputError, match="No space left"):
        requests.keep_upload(run, "a.mp4", Filling(b"x" * (3 << 20)).read, 3 << 20)
    assert files(run.root) == before
    assert not list((run.root / "videos").glob("a*"))


def test_a_stop_half_way_leaves_nothing(run: Run) -> None:
    steps: list[Step] = []
    progress = Progress(steps.append, lambda: len(steps) == 2)
    with pytest.raises(Cancelled):
        requests.keep_upload(
            run, "a.mp4", io.BytesIO(b"x" * (3 << 20)).read, 3 << 20, progress
        )
    assert requests.requests(run) == ()
    assert not list((run.root / "videos").iterdir())


def test_a_file_may_stay_where_it_lies(run: Run, tmp_path: Path) -> None:
    video = tmp_path / "mine.mp4"
    video.write_bytes(b"video")
    request = requests.name_file(run, video)
    assert request.file(run) == video
    requests.forget(run, request)
    assert video.exists()
    assert requests.requests(run) == ()
    with pytest.raises(InputError, match=r"none\.mp4: no such file"):
        requests.name_file(run, tmp_path / "none.mp4")
    with pytest.raises(InputError, match="no such file"):
        requests.name_file(run, tmp_path)


def test_forgetting_takes_the_copy_and_a_new_one_may_have_the_name(run: Run) -> None:
    request, other = keep(run, "a.mp4"), keep(run, "b.mp4")
    requests.forget(run, request)
    assert not request.file(run).exists()
    assert other.file(run).exists()
    assert keep(run, "a.mp4").video_id == "a"


def test_damaged_entries_are_passed_over(run: Run) -> None:
    request = keep(run, "a.mp4")
    bad = run.root / "videos" / "bad"
    bad.mkdir()
    (bad / "request.json").write_text(json.dumps({"video_id": "bad"}))
    (run.root / "videos" / "half").mkdir()
    assert requests.requests(run) == (request,)
