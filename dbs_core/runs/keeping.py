"""What was turned, kept as a run of its own: settings, model and all its results.

The new run looks at other videos with the knobs as they are. It stands in its folder
when all of it is written: run.json comes last, and what was begun before goes again.
"""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from dbs_core.evaluation.what_if.knob_values import Values, written
from dbs_core.evaluation.what_if.subject import Subject, lengths
from dbs_core.method.settings import FUSION_WEIGHT, Settings
from dbs_core.records import Candidates, Segments, VideoResult
from dbs_core.runs.at_work import at_work
from dbs_core.runs.folder import claim, discard, is_run, require_ours
from dbs_core.runs.run import FUSION, Run
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress

NOTE = "what_if.json"
"""In the folder of a kept run: of which run, with what turned."""
OF_HEADS = re.compile(r"(member\d+/)?(control_)?head")
"""How the names of the heads' arrays in a model's file begin."""
SCALE = "calibration."
"""How those begin that make scores with a head probabilities."""
ONLY_THINNED = {"score", "length", "nms"}
"""Knobs that leave scores what they are, so that a score threshold still holds."""


def keep(
    run: Run,
    subject: Subject,
    values: Values,
    root: Path,
    *,
    second: Run | None = None,
    progress: Progress = SILENT,
) -> dict[str, str]:
    """Write a run with knobs turned: the results of every split, with truth or not.

    Args:
        run: whose results they are turned on.
        subject: the same, as `run_subject` reads it.
        values: what is turned; the least score becomes the run's own threshold.
        root: a new or empty folder.
        second: the run that it is fused with, if any.
        progress: told about each video.

    Returns:
        for each result that cannot be read and is left out, by its file's name, why.

    Raises:
        InputError: the folder holds something, or a knob cannot be turned here.
        CannotWrite: the disk is full; nothing of it stays.
        Cancelled: asked to stop; nothing of it stays.
    """
    wanted = require_keepable(subject, values, root)
    claim(root)
    with at_work(root):
        try:
            return _write(run, subject, values, wanted, root, second, progress)
        except BaseException:
            for part in ("results", "detections"):
                shutil.rmtree(root / part, ignore_errors=True)
            for name in ("model.npz", FUSION, NOTE):
                (root / name).unlink(missing_ok=True)
            discard(root)
            raise


def require_keepable(subject: Subject, values: Values, root: Path) -> Settings:
    """Check that a run can be written; give its settings.

    Raises:
        InputError: the folder holds something, or a knob cannot be turned here.
    """
    wanted = subject.settings(values)
    if wanted is None or subject.ceiling:
        raise InputError("only a run's own detections are kept as a run")
    subject.require(values)
    require_ours(root)
    if is_run(root):
        raise InputError("holds a run", where=root, cure="name another folder")
    return wanted


def _write(
    run: Run,
    subject: Subject,
    values: Values,
    wanted: Settings,
    root: Path,
    second: Run | None,
    progress: Progress,
) -> dict[str, str]:
    settings = store.to_json(wanted)
    assert isinstance(settings, dict)  # a record is an object in JSON
    info = replace(
        run.info,
        name=root.resolve().name,
        dataset=str((run.root / run.info.dataset).resolve()),
        settings=settings,
        score_threshold=_threshold(run, values, second),
    )
    new, left_out = Run(root, info), {}
    whole = [(split, path) for split in run.splits for path in run.result_files(split)]
    found: dict[str, dict[str, Segments]] = {split: {} for split in run.splits}
    for index, (split, path) in enumerate(whole):
        progress("keep", index, len(whole), path.stem)
        try:
            result = run.read_result(path)
        except InputError as error:
            left_out[path.stem] = str(error)
            continue
        kept = _turned(result, _other(second, result), subject, values)
        new.write_result(kept)
        found[split][kept.video_id] = kept.detections
    for split, detections in found.items():
        new.write_detections(split, detections)
    _write_model(run, new, wanted)
    if second is not None:
        info = replace(info, streams=_write_fusion(run, second, root, values))
    of = [str(one.root.resolve()) for one in (run, second) if one is not None]
    files.write_json(root / NOTE, {"of": of, "set": written(values)})
    progress("keep", len(whole), len(whole), "")
    Run.create(root, info)
    return left_out


def _other(second: Run | None, result: VideoResult) -> VideoResult | None:
    """Give the second run's result of the same video, where it has one."""
    if second is None or not second.result_path(result.split, result.video_id).exists():
        return None
    return second.result(result.split, result.video_id)


def _turned(
    result: VideoResult, other: VideoResult | None, subject: Subject, values: Values
) -> VideoResult:
    result = replace(result, video_path=str(result.video_file.resolve()))
    return _long_enough(subject.result(result, values, other), values)


def _threshold(run: Run, values: Values, second: Run | None) -> float | None:
    """Give the score from which detections are best shown, as far as it is known."""
    if "score" in values:
        return float(values["score"])
    same = second is None and set(values) <= ONLY_THINNED
    return run.info.score_threshold if same else None


def _long_enough(result: VideoResult, values: Values) -> VideoResult:
    """Leave out detections that last too little, and what they had suppressed."""
    if "length" not in values:
        return result
    old = result.candidates
    own = np.arange(len(old.proposal))
    winner = np.where(old.suppressed_by < 0, own, old.suppressed_by)
    long = lengths(old.segments.as_written()) >= float(values["length"])
    stays = np.flatnonzero(long[winner])
    place = np.full(len(long), -1)
    place[stays] = np.arange(len(stays))
    beaten = old.suppressed_by[stays]
    candidates = Candidates(
        old.segments.select(stays),
        old.proposal[stays],
        old.level[stays],
        np.where(beaten < 0, -1, place[beaten]),
    )
    return replace(result, candidates=candidates)


def _write_model(run: Run, new: Run, wanted: Settings) -> None:
    """Write the run's model, where it has one, with the settings that are wanted.

    Its numbers stay as they are, so nothing of a network is built.
    """
    if not run.model_path.is_file():
        return
    arrays, header = files.read_arrays(run.model_path)
    if not isinstance(header, dict):
        raise InputError("no valid model", where=run.model_path)
    if wanted.head.kind == "none":
        arrays = {n: one for n, one in arrays.items() if not OF_HEADS.match(n)}
        if settings_of(run).head.kind != "none":
            arrays = {n: one for n, one in arrays.items() if not n.startswith(SCALE)}
    header["settings"] = store.to_json(wanted)
    files.write_arrays(new.model_path, arrays, header)


def _write_fusion(run: Run, second: Run, root: Path, values: Values) -> tuple[str, ...]:
    """Note what is fused, as fusing two runs does; gives the streams."""
    streams = [settings_of(one).features.stream for one in (run, second)]
    value = {
        "runs": [str(one.root.resolve()) for one in (run, second)],
        "streams": streams,
        "weight": float(values.get("weight", FUSION_WEIGHT)),
    }
    files.write_json(root / FUSION, value)
    return tuple(streams)
