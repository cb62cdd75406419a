"""Whose folder a run goes into, what a failed one leaves, and how runs change."""

from pathlib import Path

import pytest

from dbs_core.runs.folder import TAG, claim, discard, is_run, put_model, require_ours
from dbs_core.runs.run import Run
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from tests.core.runtime.test_files import full_disk
from tests.core.small_model import small_run

FEATURES = "cache/features/0123456789abcdef.npz"


def contents(root: Path) -> dict[str, bytes]:
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file()
    }


def write(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"content of {name}")
    return root


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("thesis.csv",), id="any file"),
        pytest.param(("results/2024/thesis.csv",), id="results"),
        pytest.param((FEATURES,), id="a cache of somebody"),
        pytest.param(("dataset/validation/a.mp4",), id="a data set"),
        pytest.param(("library.json",), id="a library"),
        pytest.param((".git/HEAD",), id="hidden"),
        pytest.param(("cache/CACHEDIR.TAG",), id="a tag of another program"),
    ],
)
def test_a_folder_of_others_is_refused_and_not_touched(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    before = contents(write(tmp_path / "a", *names))
    with pytest.raises(InputError, match=r"a: not empty.*got .*Name another folder"):
        claim(tmp_path / "a")
    discard(tmp_path / "a")
    assert contents(tmp_path / "a") == before


def test_long_lists_are_cut(tmp_path: Path) -> None:
    write(tmp_path, "e", "d", "c", "b", "a")
    with pytest.raises(InputError, match="got a, b, c and 2 more"):
        require_ours(tmp_path)


def test_a_link_in_an_empty_folder_is_somebodys(tmp_path: Path) -> None:
    (tmp_path / "run" / "dataset").mkdir(parents=True)
    (tmp_path / "run" / "dataset" / "validation").symlink_to(tmp_path)
    with pytest.raises(InputError, match="got dataset"):
        claim(tmp_path / "run")


def test_a_folder_that_we_began_is_taken_again(tmp_path: Path) -> None:
    """New, killed while it was marked, marked, with features: but no more than that."""
    root = tmp_path / "run"
    require_ours(root)
    assert not root.exists()
    (root / "cache").mkdir(parents=True)
    (root / "cache" / ".part-abc").write_bytes(b"half")
    claim(root)
    write(root, FEATURES)
    claim(root)
    write(root, "results/thesis.csv")
    with pytest.raises(InputError, match="got cache, results"):
        claim(root)


@pytest.mark.parametrize("schema", [1, 99])
def test_a_run_of_any_version_is_ours(tmp_path: Path, schema: int) -> None:
    run = small_run(tmp_path / "run")
    value = files.read_json(run.root / "run.json") | {"schema": schema}
    files.write_json(run.root / "run.json", value)
    write(run.root, "notes.txt")
    assert is_run(run.root)
    claim(run.root)
    assert not (run.root / TAG).exists()  # run.json says it


def test_what_came_to_nothing_goes_but_features_stay(tmp_path: Path) -> None:
    root = tmp_path / "run"
    claim(root)
    Run.create(root, small_run(tmp_path / "other").info)
    write(root, FEATURES, "library.json", "dataset/mine.txt")
    (root / "dataset" / "test").symlink_to(tmp_path)
    discard(root)
    assert contents(root).keys() == {TAG, FEATURES, "dataset/mine.txt"}
    (root / FEATURES).unlink()
    (root / "dataset/mine.txt").unlink()
    discard(root)
    assert not root.exists()


class TestPutModel:
    @pytest.fixture
    def run(self, tmp_path: Path) -> Run:
        run = small_run(tmp_path / "run")
        write(run.root, "results/test/a.npz", "detections/test.json", "notes.txt")
        return run

    def test_a_full_disk_leaves_the_old_run(self, run: Run) -> None:
        before = contents(run.root)
        with full_disk(5000), pytest.raises(InputError, match="cannot write"):
            put_model(run, lambda p: files.write_bytes(p, bytes(10_000)))
        assert contents(run.root) == before
        assert not list(run.root.glob(".part-*"))

    def test_stopped_in_between_it_does_not_pass_for_trained(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rename = Path.replace

        def stop(path: Path, target: Path) -> Path:
            if target.name == "model.npz":
                raise KeyboardInterrupt
            return rename(path, target)

        monkeypatch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            put_model(run, lambda p: files.write_bytes(p, b"new"))
        assert not (run.root / "model.npz").exists()
        assert is_run(run.root)

    def test_the_new_model_is_there_and_the_old_results_are_gone(
        self, run: Run
    ) -> None:
        put_model(run, lambda p: files.write_bytes(p, b"new"))
        assert (run.root / "model.npz").read_bytes() == b"new"
        assert contents(run.root).keys() == {"model.npz", "run.json", "notes.txt"}
