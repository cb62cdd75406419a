"""What is an imprint? The frames of the sample find their places, to be played."""

import streamlit as st

from dbs_core.runs.catalogue import VideoEntry
from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.recorded_em import RecordedEM, read_recorded_em
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.elements.errors import show_error
from explorer.elements.glossary import tip
from explorer.sources.jpegs import SHEET, tile_size
from explorer.start.em_player import em_player

SPLIT = "test"


def show_em_replay() -> None:
    """Draw it; nothing where the sample is not built."""
    if not (SAMPLE / "run.json").is_file():
        return
    st.subheader(
        "What is an imprint?", anchor=False, help=tip("imprint", "location", "EM")
    )
    try:
        recorded = read_recorded_em()
        data = _told(recorded, _entry_of(recorded))
    except InputError as error:
        show_error(error)
        return
    em_player(data, key="em_player")


def _entry_of(recorded: RecordedEM) -> VideoEntry:
    """Find the recorded video among those of the sample.

    Raises:
        InputError: it is not there.
    """
    entries = sources.videos(sources.open_run(SAMPLE), SPLIT).values()
    for entry in entries:
        if entry.video_id == recorded.video_id:
            return entry
    raise InputError(
        "the recorded EM is of a video that the sample does not have",
        where=SAMPLE,
        wanted=recorded.video_id,
        cure="make the recording again with: python -m docs.record_em",
    )


def _told(recorded: RecordedEM, entry: VideoEntry) -> dict[str, object]:
    """Say everything that em.js draws.

    Raises:
        InputError: the recording is of other frames than the sample's result.
    """
    result = sources.result(sources.open_run(SAMPLE), entry)
    times, frames = result.placement.starts_s.tolist(), recorded.trace.shape[1]
    if len(times) != frames:
        raise InputError(
            "the recorded EM is of other frames than the result",
            where=entry.path,
            wanted=f"{len(times)} frames",
            got=frames,
            cure="make the recording again with: python -m docs.record_em",
        )
    width, height = tile_size(result.info.width, result.info.height)
    place = f"{run_id(SAMPLE)}/{entry.key}"
    first, second = recorded.spans_s.tolist()
    return {
        "grid": recorded.grid,
        "window": recorded.window,
        "trace": recorded.trace.tolist(),
        "likelihood": recorded.log_likelihood.tolist(),
        "times": times,
        "spans": (first, second),
        "names": [_called(recorded.name, span) for span in (first, second)],
        "sheets": {
            "url": f"dbs/sheet/{place}/{{page}}.jpg?s={entry.stamp}",
            "frames": SHEET,
            "width": width,
            "height": height,
        },
        "words": (
            "Every frame looks for the place on one small map where it fits best, and "
            "each cell of the map becomes the mean of the frames that lie on it: "
            "repeated, this is EM (expectation-maximisation). Frames that look alike "
            "end on the same places, whenever they were: so do many of the two actions "
            f"outlined, both {recorded.name}, {second[0] - first[0]:.0f} s apart."
        ),
        "note": (
            f"Of the sample's {recorded.video_id}, from a start of noise so that all "
            "of the way is seen. A run starts from the video's own frames, and its EM "
            "settles in 3 to 6 iterations (in Explore: EM replay)."
        ),
    }


def _called(name: str, span: list[float]) -> str:
    return f"{name}, {span[0]:.1f} to {span[1]:.1f} s"
