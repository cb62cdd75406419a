"""A user's own videos: where they are kept, under names that harm nothing.

```
RUN/                          a run folder of its own, with the chosen run's model
  videos/<id>/request.json    what was asked for; written when the video is complete
  videos/<id>/source.mp4      the video, where it was handed over and not named
  videos/<id>/features/       while it is at work, or stopped
```

A folder is made by one `mkdir`, so two people with the same file name get two ids. A
name is shown as text and never becomes a path: `files.file_name` encodes it.
"""

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dbs_core.datasets.folders import VIDEO_SUFFIXES
from dbs_core.records.checks import LONGEST_S, require
from dbs_core.runs.folder import is_run, require_ours
from dbs_core.runs.own_videos.parts import Span, clock, parts_of
from dbs_core.runs.run import MODEL, Run
from dbs_core.runs.summaries import readable_detections
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.files import require_space
from dbs_core.runtime.given_paths import given_path
from dbs_core.runtime.progress import SILENT, Progress

SPLIT = "video"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Request:
    """A video to look at: its id, the file (relative to the run where it is kept)."""

    video_id: str
    path: str
    duration_s: float = 0.0
    """Seconds of it, once it has been opened."""
    batch: str = ""
    """The folder that it was taken in with, if any."""
    problem: str = ""
    """Why it could not be looked at, the last time."""

    def __post_init__(self) -> None:
        require(
            bool(self.video_id) and 0 <= self.duration_s <= LONGEST_S,
            f"request: wanted a name and seconds, got {self.duration_s:g}",
        )

    def file(self, run: Run) -> Path:
        """Where the video lies."""
        return run.root / self.path

    @property
    def parts(self) -> tuple[tuple[str, Span], ...]:
        """The id and span of each part: the video itself, unless it is long."""
        spans = parts_of(self.duration_s)
        if len(spans) == 1:
            return ((self.video_id, spans[0]),)
        return tuple(
            (f"{self.video_id} {clock(a)}-{clock(b)}", (a, b)) for a, b in spans
        )


def own_run(home: Path, base: Run) -> Run:
    """Name the folder for own videos of a run's classes; it is made at first use.

    The name holds a digest of the model: a run that is trained again gets a new one.

    Raises:
        InputError: the run has no model.
    """
    try:
        content = base.model_path.read_bytes()
    except OSError as error:
        raise InputError(
            "the run has no model yet", where=base.root, cure="train it to the end"
        ) from error
    slug = re.sub(r"[^A-Za-z0-9]+", "-", base.info.name).strip("-")[:40] or "run"
    root = home / f"your-videos-{slug}-{hashlib.sha256(content).hexdigest()[:6]}"
    info = replace(
        base.info,
        name=f"your videos ({base.info.name})",
        kind="video",
        dataset=str(base.root),
    )
    return Run(root, info)


def establish(run: Run) -> None:
    """Make the folder with the model of the run that it came from.

    Raises:
        InputError: the folder holds somebody's files, or the disk is full.
    """
    if is_run(run.root) and run.model_path.exists():
        return
    require_ours(run.root)
    # First what says whose the folder is: stopped in between, the next call goes on.
    Run.create(run.root, run.info)
    model = Path(run.info.dataset) / MODEL
    files.write_bytes(run.model_path, model.read_bytes())


def keep_upload(
    run: Run,
    name: str,
    read: Callable[[int], bytes],
    size: int,
    progress: Progress = SILENT,
) -> Request:
    """Copy a video that is handed over to disk, in pieces; whole or not at all.

    Args:
        run: the folder for own videos.
        name: the file's name as its owner gave it: any text.
        read: gives the next bytes of it, at most so many; none at the end.
        size: bytes of it.
        progress: told about every piece.

    Raises:
        InputError: it is empty, or there is no space for it.
        Cancelled: asked to stop; nothing stays.
    """
    if not size:
        raise InputError("the file is empty", where=name, wanted="a video")
    require_space(run.root, size)
    video_id, folder = _reserve(run, name)
    suffix = Path(name).suffix.lower()
    kept = folder / f"source{suffix if suffix in VIDEO_SUFFIXES else '.bin'}"
    try:
        with files.atomic(kept) as file:
            for done, piece in enumerate(iter(lambda: read(CHUNK), b"")):
                progress("copy", done * CHUNK, size, video_id)
                file.write(piece)
        return _write(run, Request(video_id, kept.relative_to(run.root).as_posix()))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def name_file(run: Run, path: Path) -> Request:
    """Take a video file where it lies.

    Raises:
        InputError: there is no such file.
    """
    found = given_path(path)
    if not found.is_file():
        raise InputError(
            "no such file", where=found, cure="give the whole path of a video file"
        )
    video_id, _ = _reserve(run, found.name)
    return _write(run, Request(video_id, str(found.resolve())))


def change(run: Run, request: Request, **changes: Any) -> Request:
    """Note something about a video beside all that is noted already.

    One that was taken off the list meanwhile stays off.
    """
    path = folder_of(run, request) / "request.json"
    kept = next(_read(path), None) if path.is_file() else None
    return _write(run, replace(kept, **changes)) if kept else request


def opened(run: Run, request: Request, duration_s: float) -> Request:
    """Note how long a video is: that decides its parts."""
    return _write(run, replace(request, duration_s=duration_s))


def requests(run: Run) -> tuple[Request, ...]:
    """List the videos of the folder, the newest first; damaged entries are left out."""
    found = sorted(
        (run.root / "videos").glob("*/request.json"),
        key=lambda path: (path.stat().st_mtime_ns, path.parent.name),
        reverse=True,
    )
    return tuple(request for path in found for request in _read(path))


def done(run: Run, request: Request) -> bool:
    """Say whether every part of a video has its result."""
    return request.duration_s > 0 and all(
        run.result_path(SPLIT, part).exists() for part, _ in request.parts
    )


def forget(run: Run, *gone: Request) -> None:
    """Take videos off the list, with their results and the copies that were kept here.

    A file that was only named stays where it lies.
    """
    for request in gone:
        for part, _ in request.parts:
            run.result_path(SPLIT, part).unlink(missing_ok=True)
        shutil.rmtree(folder_of(run, request), ignore_errors=True)
    if SPLIT in run.splits:
        left, _ = readable_detections(run, SPLIT)
        run.write_detections(SPLIT, left)


def clean_name(name: str) -> str:
    """Give the text of a file name without its folders and suffix.

    What cannot be seen (control characters, direction marks) goes; the rest stays,
    also brackets and quotes: it is text wherever it is shown.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    stem = seen.rsplit(".", 1)[0] if "." in seen.strip(".") else seen
    return " ".join(stem.split())[:120].strip(". ") or "video"


def _reserve(run: Run, name: str) -> tuple[str, Path]:
    """Make the folder of a new video: the first free of name, name (2), ..."""
    establish(run)
    wanted = clean_name(name)
    for number in range(1, 10_000):
        video_id = wanted if number == 1 else f"{wanted} ({number})"
        folder = _folder(run, video_id)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise files.cannot_write(folder, error) from error
        return video_id, folder
    raise InputError("too many videos of this name", where=run.root, got=wanted)


def folder_of(run: Run, request: Request) -> Path:
    """Where a video's request, its copy and its features at work are kept."""
    return _folder(run, request.video_id)


def _folder(run: Run, video_id: str) -> Path:
    return run.root / "videos" / files.file_name(video_id, "")


def _write(run: Run, request: Request) -> Request:
    path = folder_of(run, request) / "request.json"
    files.write_json(path, store.to_json(request))
    return request


def _read(path: Path) -> Iterator[Request]:
    try:
        yield store.from_json(Request, files.read_json(path))
    except store.MISFITS:
        return
