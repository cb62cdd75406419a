"""Mounts the player for a video: what it is told, and what it tells back."""

from pathlib import Path

import streamlit as st

from dbs_core.method.video.browser_copy import write_proxy
from dbs_core.records import VideoResult
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress
from explorer import sources
from explorer.access.writing import may_write
from explorer.elements.errors import show_error
from explorer.explore.error_step import on_step
from explorer.explore.player import player
from explorer.selection.address import LAYERS, View
from explorer.selection.judging import judging
from explorer.selection.orders import EXPLORE
from explorer.selection.sidebar import Choice
from explorer.selection.view import on_commit, seen_of, told
from explorer.sources.jpegs import SHEET, tile_size
from explorer.sources.player_payload import shown_classes


def addresses(choice: Choice, result: VideoResult, label: int) -> dict[str, object]:
    """Give the addresses of a video's data, relative to the page."""
    entry = choice.entry
    place, stamp = f"{choice.run_id}/{entry.key}", f"s={entry.stamp}"
    extra = "" if label in shown_classes(result, None) else f"&c={label}"
    found: dict[str, object] = {
        "videoKey": place,
        "payload": f"dbs/payload/{place}.bin?{stamp}{extra}",
        "painted": f"dbs/painted/{place}.bin?{stamp}{extra}",
        "mosaic": f"dbs/mosaic/{place}.jpg?{stamp}",
    }
    if not choice.run.video_file(result).is_file():
        return found
    width, height = tile_size(result.info.width, result.info.height)
    if sources.playable_file(choice.run, result) is not None:
        found["video"] = f"dbs/video/{place}?{stamp}"
    return found | {
        "frames": f"dbs/frame/{place}/{{i}}.jpg?{stamp}",
        "sheets": {
            "url": f"dbs/sheet/{place}/{{page}}.jpg?{stamp}",
            "frames": SHEET,
            "width": width,
            "height": height,
        },
    }


def show_player(choice: Choice, result: VideoResult, label: int, view: View) -> None:
    """Draw the linked player."""
    seen, own = seen_of(choice, result, label), choice.run.info.score_threshold
    data = addresses(choice, result, label) | {
        **_layers(result),
        "order": st.session_state.get("view_order", 0),
        "heard": st.session_state.get(EXPLORE.heard, 0),
        "view": told(seen, view, own, judging(own, rule_of_run(choice.run).tiou)),
        "ownThreshold": own,
        "tour": st.session_state.get("tour", 0),
        "offerTour": choice.run.info.kind == "sample",
        "classKey": EXPLORE.cls,
        "address": {
            "run": choice.name,
            "split": choice.split,
            "video": result.video_id,
            **({"panel": panel} if (panel := st.session_state.get("panel")) else {}),
        },
        "stageNote": _stage_note(choice.run, result),
        "unplayableNote": _unplayable_note(choice.run, result),
    }
    player(
        data,
        key=EXPLORE.player,
        on_view=on_commit(seen),
        on_step=on_step(seen),
    )


def _layers(result: VideoResult) -> dict[str, object]:
    """Name the layers; without frames no picture can be the mean of some."""
    if result.info.seen:
        return {"layers": LAYERS}
    words = "colour of the strongest class of each cell"
    return {
        "layers": LAYERS | {"mosaic": "Class colours"},
        "layerWords": {"mosaic": words},
    }


def _stage_note(run: Run, result: VideoResult) -> str:
    path = run.video_file(result)
    if not path.is_file() and not result.info.seen:
        return (
            "No video, features alone. In its place: the colour of the class where "
            "each frame lies on the imprint."
        )
    if not path.is_file():
        return (
            f"The video file is not at {path} any more. In its place: the mean image "
            "of the imprint where each frame lies."
        )
    if sources.playable_file(run, result) is None:
        return f"Browsers do not play {_named(path, result)}: still frames."
    return ""


def _unplayable_note(run: Run, result: VideoResult) -> str:
    path = run.video_file(result)
    name = path.name
    return (
        f"This browser cannot play {_named(path, result)}: still frames. "
        f"To convert: ffmpeg -i {name} -c:v libx264 -pix_fmt yuv420p out.mp4"
    )


def _named(path: Path, result: VideoResult) -> str:
    """Name a file with its codec, which is not known of one that came later."""
    codec = result.info.codec
    return f"{path.name} ({codec})" if codec else path.name


def offer_copy(run: Run, result: VideoResult) -> None:
    """Offer a copy that browsers play, where the video is there and they do not."""
    path = run.video_file(result)
    if not path.is_file() or sources.playable_file(run, result) is not None:
        return
    if not may_write():
        return
    if not st.button(
        "Make a copy that plays here",
        key="make_copy",
        icon=":material/movie_edit:",
        help="H.264, at most 640 pixels wide, with the same times; kept in the cache "
        "folder of the run.",
    ):
        return
    bar = st.progress(0.0, "Making a copy for the browser")
    try:
        write_proxy(
            path,
            sources.copy_path(run, result),
            Progress(lambda step: bar.progress(step.share, step.stage)),
        )
    except InputError as error:
        bar.empty()
        show_error(error)
        return
    st.rerun()
