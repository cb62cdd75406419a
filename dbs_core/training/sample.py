"""The shipped sample: runs that anybody can make again, and their figures.

`assets/sample` holds rendered videos, truth and actor boxes; `assets/sample/run` and
`run-flow` what `rebuild` makes of them: trained on the validation videos, detected on
the test videos, each path relative, so that the folder works wherever it lies. The same
seed gives the same bytes on the same kind of CPU: one thread, so that sums come in one
order.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dbs_core.datasets import open_dataset
from dbs_core.datasets.actor_boxes import read_boxes
from dbs_core.evaluation.comparison import compare, scored
from dbs_core.evaluation.pointing import Pointing, point, total
from dbs_core.evaluation.rows import Row, row_of
from dbs_core.method.control import activation_maps
from dbs_core.method.model_file import save_model
from dbs_core.method.settings import Settings
from dbs_core.records import VideoEntry
from dbs_core.runs.detecting import Detector, detect_all, write_detections
from dbs_core.runs.folder import is_run, require_ours
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.threads import fixed_threads
from dbs_core.runtime.unfinished import part_folder
from dbs_core.training.sample_settings import SHIPPED_SETTINGS
from dbs_core.training.train_run import train_run

SUMS = "SHA256SUMS"
SEED = 0
SPLIT = "test"
ROWS = (
    *("dbs", "dbs_without_head", "control", "control_head"),
    *("ceiling_labels", "ceiling_imprint"),
)
WITH_HEAD = ("dbs_without_head", "control_head")
"""Rows that a run without temporal head does not have."""


@dataclass(frozen=True)
class SampleFigures:
    """All figures of the sample: the table's rows and the pointing game."""

    rows: tuple[Row, ...]
    videos: int
    found: Pointing
    every: Pointing

    def as_json(self) -> dict[str, object]:
        """Give percentages, as `evaluate --json` writes them."""
        rows = {row.name: row.as_json() for row in self.rows}
        games = {"found": self.found, "every": self.every}
        pointing = {
            name: {
                "frames": game.frames,
                "hits": dict(game.hits),
                "percent": game.shares if game.frames else {},
            }
            for name, game in games.items()
        }
        return {**rows, "videos": self.videos, "seed": SEED, "pointing": pointing}


def read_figures(run: Path = SAMPLE) -> SampleFigures:
    """Read the shipped figures.

    Raises:
        InputError: no figures there, or of another version.
    """
    path = run / "figures.json"
    value = files.read_json(path)
    try:
        games = value["pointing"]
        return SampleFigures(
            tuple(
                row_of(name, value[name])
                for name in ROWS
                if name not in WITH_HEAD or name in value
            ),
            value["videos"],
            Pointing(games["found"]["frames"], games["found"]["hits"]),
            Pointing(games["every"]["frames"], games["every"]["hits"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"no valid figures ({error})",
            where=path,
            cure="make them again with: python -m dbs_core sample --rebuild",
        ) from error


def changed_files(folder: Path = SAMPLE_DATA) -> tuple[str, ...]:
    """List the files of the set that are missing or not as they were shipped."""
    lines = (folder / SUMS).read_text().splitlines()
    listed = (line.split(maxsplit=1) for line in lines)
    return tuple(name for wanted, name in listed if _sum(folder / name) != wanted)


def _sum(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rebuild(
    out: Path = SAMPLE,
    *,
    folder: Path = SAMPLE_DATA,
    name: str = "sample",
    settings: Settings | None = None,
    cache: Path | None = None,
    progress: Progress = SILENT,
) -> SampleFigures:
    """Train, detect and evaluate on the sample, and put the run in its place.

    Args:
        out: where the run goes; what is there stays until the new one is complete.
        folder: the set.
        name: which of the shipped runs.
        settings: of the run (default: those of that name).
        cache: folder of kept features; default a temporary one.
        progress: told about every stage.

    Raises:
        InputError: a file of the set is not as shipped, what is there is no sample's
            run, or the disk is full.
        Cancelled: asked to stop; nothing has changed.
    """
    _require_sample(out)
    if changed := changed_files(folder):
        raise InputError("not as shipped", where=folder, got=", ".join(changed))
    with tempfile.TemporaryDirectory(prefix="dbs-sample-") as scratch, fixed_threads(1):
        work = Path(scratch)
        features = cache or work / "features"
        chosen = settings or SHIPPED_SETTINGS[name]()
        trained = _trained(folder, work / "run", features, chosen, progress)
        shipped = _empty_run(trained, work / "shipped", name, folder, out)
        detector = Detector.open(shipped, cache=features, progress=progress)
        entries = open_dataset(folder).split(SPLIT)
        _detected(entries, detector, out)
        figures = _figures(entries, detector, folder)
        files.write_json(detector.run.root / "figures.json", figures.as_json())
        # What can be made again does not travel.
        shutil.rmtree(detector.run.root / "cache", ignore_errors=True)
        _put(detector.run.root, out)
    return figures


def _require_sample(out: Path) -> None:
    """Check that what will be replaced, whole, is a sample's run or nothing.

    Raises:
        InputError: it is another run, or somebody's files.
    """
    require_ours(out)
    if is_run(out) and (kind := Run.open(out).info.kind) != "sample":
        raise InputError(
            "holds another run",
            where=out,
            wanted="the sample's",
            got=kind,
            cure="name another folder",
        )


def _trained(
    folder: Path,
    work: Path,
    features: Path,
    settings: Settings,
    progress: Progress,
) -> Run:
    """Train; the model's file is in half precision, and what is read of it counts."""
    dataset = open_dataset(folder)
    train_run(dataset, work, settings, seed=SEED, cache=features, progress=progress)
    trained = Run.open(work)
    save_model(trained.model_path, trained.model(), half=True)
    return trained


def _empty_run(trained: Run, root: Path, name: str, folder: Path, out: Path) -> Run:
    """Make the run to ship: the trained one's model, and paths that travel."""
    info = replace(
        trained.info, name=name, kind="sample", dataset=_relative(folder, out)
    )
    shipped = Run.create(root, info)
    shutil.copyfile(trained.model_path, shipped.model_path)
    return shipped


def _detected(entries: Sequence[VideoEntry], detector: Detector, out: Path) -> None:
    """Detect, then let each result name its video from where the run will lie."""
    if failures := detect_all(entries, detector):
        raise InputError("; ".join(failures.values()))
    for entry in entries:
        result = detector.run.result(entry.split, entry.video_id)
        detector.run.write_result(
            replace(result, video_path=_relative(entry.path, out))
        )
    write_detections(detector.run, SPLIT)


def _relative(path: Path, run: Path) -> str:
    """Write a path as seen from the run folder, the same on every system."""
    return Path(os.path.relpath(path.resolve(), run.resolve())).as_posix()


def _figures(
    entries: Sequence[VideoEntry], detector: Detector, folder: Path
) -> SampleFigures:
    settings, run = detector.model.settings, detector.run
    results = {e.video_id: run.result(e.split, e.video_id) for e in entries}
    rows = compare(
        [scored(r, settings, control=True, ceilings=True) for r in results.values()],
        run.info.classes,
        settings,
    )
    boxes = read_boxes(folder / "boxes.json")
    games: Mapping[str, list[Pointing]] = {"found": [], "every": []}
    for entry in entries:
        detector.progress("pointing", 0, 1, entry.video_id)
        sampled = detector.cache.get(
            entry.path, detector.backbone, settings.features, detector.progress
        )
        maps = {"control": activation_maps(sampled.features, detector.model.control)}
        for which in ("found", "every"):
            result, box = results[entry.video_id], boxes[entry.video_id]
            games[which].append(point(result, box, maps, which=which).pointing())
    return SampleFigures(
        rows, len(entries), total(games["found"]), total(games["every"])
    )


def _put(made: Path, out: Path) -> None:
    """Put a complete run in its place; the old one goes only when it is there."""
    try:
        with part_folder(out.parent) as beside:
            new, old = beside / "new", beside / "old"
            shutil.copytree(made, new)
            if out.exists():
                out.rename(old)
            new.rename(out)
    except OSError as error:
        raise files.cannot_write(out, error) from error
