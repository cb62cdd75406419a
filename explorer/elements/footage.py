"""What a small player can show of a video: the file, still frames, or why neither."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from explorer import sources
from explorer.access.paths import typed_path
from explorer.routes.shown_files import address_of
from explorer.sources.file_videos import find_footage

NOT_HERE = "The video is not here: times alone."


@dataclass(frozen=True)
class Stills:
    """Where still frames are fetched (`{i}`), and the moments from a number on."""

    url: str
    first: int
    times_s: list[float]


@dataclass(frozen=True)
class Footage:
    """The address of a video, or of still frames in its place, and why."""

    video: str | None = None
    stills: Stills | None = None
    note: str = ""


def of_runs(
    runs: Sequence[Run], split: str, video_id: str, between_s: tuple[float, float]
) -> Footage:
    """Give the video of the first run that has it; still frames where none plays.

    Of those, the ones between two times.

    Raises:
        InputError: a result that cannot be read.
    """
    found = [one for run in runs if (one := _of_run(run, split, video_id, between_s))]
    found.sort(key=lambda one: one.video is None)
    return found[0] if found else Footage(note=NOT_HERE)


def _of_run(
    run: Run, split: str, video_id: str, between_s: tuple[float, float]
) -> Footage | None:
    entries = sources.videos(run, split).values()
    entry = next((one for one in entries if one.video_id == video_id), None)
    if entry is None:
        return None
    result = sources.result(run, entry)
    path = run.video_file(result)
    if playable := sources.playable_file(run, result):
        return Footage(address_of(playable))
    if not path.is_file():
        return None
    times_s = result.placement.times_s.tolist()
    first = max(0, bisect_right(times_s, between_s[0]) - 1)
    place = f"{run_id(run.root)}/{entry.key}"
    return Footage(
        stills=Stills(
            f"dbs/frame/{place}/{{i}}.jpg?s={entry.stamp}",
            first,
            times_s[first : bisect_right(times_s, between_s[1])],
        ),
        note=_unplayable(path),
    )


def of_folder(video_id: str) -> Footage:
    """Give the video from the folder that Result file names.

    Raises:
        InputError: no such folder, or the file cannot be read.
    """
    folder = st.session_state.get("other_videos")
    path = find_footage(typed_path(folder), video_id) if folder else None
    if path is None:
        return Footage(note=NOT_HERE)
    if not sources.plays(path):
        return Footage(note=_unplayable(path))
    return Footage(address_of(path))


def _unplayable(path: Path) -> str:
    return f"Browsers do not play {path.name}."
