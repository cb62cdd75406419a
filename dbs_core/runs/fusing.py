"""Two runs on the same videos, one a stream, become a run of fused results.

What stands in a fused run: `fusion.json` (of what, with which weight), the first run's
model and settings, and results like any other's. A video with a result in one run only
keeps that stream's scores, and says so; two that do not belong together are named.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dbs_core.method.fusion import fuse
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.settings import FUSION_WEIGHT, Settings
from dbs_core.records import VideoResult
from dbs_core.runs.at_work import at_work
from dbs_core.runs.detecting import write_detections
from dbs_core.runs.folder import claim, is_run, require_ours
from dbs_core.runs.run import FUSION, Run, is_fusion
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime import files
from dbs_core.runtime.errors import CannotWrite, InputError
from dbs_core.runtime.progress import SILENT, Progress


@dataclass(frozen=True)
class Outcome:
    """How many videos there are, what is to be said of some, and which failed."""

    videos: int
    notes: Mapping[str, str]
    failures: Mapping[str, str]


def fuse_runs(
    first: Run,
    second: Run,
    root: Path,
    *,
    weight: float = FUSION_WEIGHT,
    split: str = "test",
    progress: Progress = SILENT,
) -> Outcome:
    """Write a run of fused results; one that is there is made anew.

    Args:
        first: the run whose imprints, model and settings the new one shows.
        second: the run of the other stream.
        root: folder of the new run.
        weight: of the first run's scores, 0 to 1.
        split: whose results to fuse.
        progress: told about each video.

    Raises:
        InputError: the runs do not belong together, neither has a result in the split,
            or the folder holds another run or somebody's files.
        CannotWrite: the disk is full; the same call does it again.
        Occupied: another process writes the run.
        Cancelled: asked to stop; the same call does it again.
    """
    settings = _require_pair(first, second, weight)
    files = _files(first, second, split)
    _require_place(first, root)
    claim(root)
    notes: dict[str, str] = {}
    failures: dict[str, str] = {}
    with at_work(root):
        run = _prepared(first, second, root, weight, split)
        for index, name in enumerate(files):
            progress("fuse", index, len(files), Path(name).stem)
            both = [_read(r, split, name, notes) for r in (first, second)]
            try:
                result = _one(both, (first, second), settings, weight, notes)
                run.write_result(result)
            except CannotWrite:
                raise
            except InputError as error:
                failures[Path(name).stem] = str(error)
                notes.pop(Path(name).stem, None)
        failures |= write_detections(run, split)
    return Outcome(len(files), notes, failures)


def _require_pair(first: Run, second: Run, weight: float) -> Settings:
    """Check that two runs can be fused; give the first's settings.

    Raises:
        InputError: they cannot.
    """
    if not 0 <= weight <= 1:
        raise InputError("weight of the first run", wanted="0 to 1", got=weight)
    if first.root.resolve() == second.root.resolve():
        raise InputError("the same run twice", where=first.root, cure="name two runs")
    if first.info.classes.names != second.info.classes.names:
        raise InputError(
            "run of other classes",
            where=second.root,
            wanted=", ".join(first.info.classes.names),
            got=", ".join(second.info.classes.names),
            cure="fuse runs that were trained on the same classes",
        )
    ours, theirs = settings_of(first), settings_of(second)
    if ours.features.rate_hz != theirs.features.rate_hz:
        raise InputError(
            "run of another sampling rate",
            where=second.root,
            wanted=f"{ours.features.rate_hz:g} Hz",
            got=f"{theirs.features.rate_hz:g} Hz",
        )
    return ours


def _files(first: Run, second: Run, split: str) -> list[str]:
    """Name the result files that either run has."""
    found = {path.name for run in (first, second) for path in run.result_files(split)}
    if not found:
        raise InputError(
            f"no results of the {split} split in either run",
            where=first.root,
            cure=f"python -m dbs_core detect DATASET --run {first.root}, "
            "and the same for the other",
        )
    return sorted(found)


def _require_place(first: Run, root: Path) -> None:
    """Check that the fused run may be made; nothing is touched."""
    require_ours(root)
    if is_run(root) and not is_fusion(Run.open(root)):
        raise InputError(
            "holds a run that is no fusion", where=root, cure="name another folder"
        )
    if not first.model_path.is_file():
        raise InputError("no model in the run", where=first.root, cure="train it")


def _prepared(first: Run, second: Run, root: Path, weight: float, split: str) -> Run:
    """Make the folder of the fused run, without results of that split."""
    _write_fusion(first, second, root, weight)
    info = replace(
        first.info,
        streams=tuple(settings_of(run).features.stream for run in (first, second)),
        name=root.resolve().name,
        dataset=str((first.root / first.info.dataset).resolve()),
    )
    run = Run.create(root, info)
    files.write_bytes(run.model_path, first.model_path.read_bytes())
    shutil.rmtree(run.result_path(split, "v").parent, ignore_errors=True)
    return run


def _write_fusion(first: Run, second: Run, root: Path, weight: float) -> None:
    """Note what is fused; with another pair or weight nothing old may stay."""
    value = {
        "runs": [str(run.root.resolve()) for run in (first, second)],
        "streams": [settings_of(run).features.stream for run in (first, second)],
        "weight": weight,
    }
    path = root / FUSION
    if path.is_file() and files.read_json(path) != value:
        for stale in ("results", "detections"):
            shutil.rmtree(root / stale, ignore_errors=True)
    files.write_json(path, value)


def _read(run: Run, split: str, name: str, notes: dict[str, str]) -> VideoResult | None:
    """Read a result; None, and a note, where there is none that can be read."""
    path = run.root / "results" / files.file_name(split, "") / name
    try:
        return run.read_result(path)
    except InputError as error:
        reason = str(error) if path.exists() else "no result"
        notes[Path(name).stem] = f"{reason} in {run.root}; the other stream alone"
        return None


def _one(
    both: list[VideoResult | None],
    runs: tuple[Run, Run],
    settings: Settings,
    weight: float,
    notes: dict[str, str],
) -> VideoResult:
    """Fuse the results of one video, or take the only one there is."""
    placed = [
        replace(result, video_path=str(run.video_file(result)))
        for result, run in zip(both, runs, strict=True)
        if result is not None
    ]
    if not placed:
        raise InputError("neither run has a result that can be read")
    if len(placed) == 1:
        return _alone(placed[0], settings)
    fused = fuse(placed[0], placed[1], settings, weight)
    if added := fused.info.problems[len(placed[0].info.problems) :]:
        notes[fused.video_id] = "; ".join(added)
    return fused


def _alone(result: VideoResult, settings: Settings) -> VideoResult:
    """Keep a single stream's scores, localised as the others are."""
    proposals, candidates = localise(
        result.frames, settings, result.reach_s, result.calibration
    )
    info = replace(
        result.info, problems=(*result.info.problems, "one stream only, not fused")
    )
    return replace(result, info=info, proposals=proposals, candidates=candidates)
