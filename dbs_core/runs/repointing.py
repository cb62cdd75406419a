"""Find a run's videos again after their folder moved."""

from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets.folders import videos_below
from dbs_core.method.features.map_times import slack_s
from dbs_core.method.video import probe
from dbs_core.records import VideoInfo, VideoResult
from dbs_core.runs.moved_videos import candidates, write_moved
from dbs_core.runs.run import Run
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress

DEPTH = 4
"""Folders below the new one that are looked into."""
SAME_S = 0.5
"""Seconds by which two readings of one video's length may differ."""


@dataclass(frozen=True)
class Repointed:
    """What became of a run's videos, by their ids.

    `there` are where they were recorded (or said to be) before; `found` are noted now;
    `others` have a file of their name that is another video; `unclear` have several
    that fit alike; `damaged` are results that cannot be read, with why.
    """

    there: tuple[str, ...]
    found: tuple[str, ...]
    missing: tuple[str, ...]
    others: tuple[str, ...]
    unclear: tuple[str, ...]
    damaged: dict[str, str]

    @property
    def not_found(self) -> dict[str, tuple[str, ...]]:
        """The videos that are still missing, by why."""
        groups = {
            "not found": self.missing,
            "the file of this name is another video": self.others,
            "several files fit alike": self.unclear,
        }
        return {why: videos for why, videos in groups.items() if videos}

    @property
    def counts(self) -> str:
        """One line: what became of how many."""
        missing = sum(map(len, self.not_found.values()))
        return (
            f"{many(len(self.found), 'video')} found, {missing} still missing, "
            f"{len(self.there)} where they were"
        )


def repoint(run: Run, root: Path, progress: Progress = SILENT) -> Repointed:
    """Look for a run's missing videos below a folder, and note where they are.

    Raises:
        InputError: no such folder, or a damaged list of moved videos.
        CannotWrite: the run cannot be written.
        Cancelled: asked to stop; nothing is noted.
    """
    if not root.is_dir():
        raise InputError("no such folder", where=root)
    gone, there, damaged = _missing(run)
    below = [path.absolute() for path in videos_below(root, DEPTH)]
    may_be = candidates((run.video_file(result) for result in gone), below)
    noted: dict[str, Path] = {}
    videos: dict[str, list[str]] = {
        k: [] for k in ("found", "missing", "other", "many")
    }
    for index, result in enumerate(gone):
        progress("videos", index, len(gone), result.video_id)
        named = may_be[run.video_file(result)] or _of_features(result, below)
        alike = (path for path in named if _is_same(path, result.info))
        same = list({path.resolve(): path for path in alike}.values())
        kind = "many" if len(same) > 1 else "other" if named else "missing"
        if len(same) == 1:
            noted[result.video_path], kind = same[0], "found"
        videos[kind].append(result.video_id)
    if noted:
        write_moved(run.root, noted)
    return Repointed(
        there=there,
        found=tuple(videos["found"]),
        missing=tuple(videos["missing"]),
        others=tuple(videos["other"]),
        unclear=tuple(videos["many"]),
        damaged=damaged,
    )


def _missing(run: Run) -> tuple[list[VideoResult], tuple[str, ...], dict[str, str]]:
    """Give the results whose video is gone, the videos that are there, and faults."""
    gone: list[VideoResult] = []
    there: list[str] = []
    damaged: dict[str, str] = {}
    for split in run.splits:
        for path in run.result_files(split):
            try:
                result = run.read_result(path)
            except InputError as error:
                damaged[path.stem] = str(error)
                continue
            if run.video_file(result).is_file():
                there.append(result.video_id)
            else:
                gone.append(result)
    return gone, tuple(there), damaged


def _of_features(result: VideoResult, below: list[Path]) -> list[Path]:
    """Give the files that may be a video of which there were features alone.

    Its name is known, with ActivityNet's `v_` or without; the ending is not.
    """
    if result.info.seen:
        return []
    plain = result.video_id.removeprefix("v_")
    return [path for path in below if path.stem.removeprefix("v_") == plain]


def _is_same(path: Path, info: VideoInfo) -> bool:
    """Say whether a file is the video that a result is about, by size and length.

    Of features alone the size is not known, and the length as far as they reach.
    """
    try:
        found = probe(path)
    except InputError:
        return False
    if not info.seen:
        apart_s = abs(found.duration_s - info.duration_s)
        return apart_s <= slack_s(found.duration_s)
    return (found.width, found.height) == (info.width, info.height) and (
        abs(found.duration_s - info.duration_s) <= SAME_S
    )
