"""Mounts the linked player for a video of a result file, and what is below it."""

import streamlit as st

from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.elements.errors import show_error
from explorer.explore.error_step import asked, look_elsewhere, on_step
from explorer.explore.player import player
from explorer.result_file.choice import FileChoice
from explorer.result_file.panels import PANELS
from explorer.routes.file_routes import name_of
from explorer.selection import steps
from explorer.selection.address import OF_PAGES
from explorer.selection.notes import show_notes
from explorer.selection.orders import FILE
from explorer.selection.page_change import choose_in_file
from explorer.selection.view import current_view, on_commit, told
from explorer.sources.jpegs import SHEET, tile_size

OF_FILE = ("other_file", "other_truth", "other_videos", "other_split", "other_rule")
OF_FILE += ("other_video", "other_panel")
"""What of the address a link of the player's own says too."""


def show_player(choice: FileChoice) -> None:
    """Draw the player, and the panel that is chosen below it."""
    seen, view, state = choice.seen(), current_view(FILE), st.session_state
    show_notes()
    _go_on(choice)
    if isinstance(choice.problem, InputError):
        show_error(choice.problem)
    rest = OF_PAGES["result_file"]
    data = addresses(choice) | {
        "layers": {},
        "order": state.get(f"{FILE.view}_order", 0),
        "heard": state.get(FILE.heard, 0),
        "view": told(seen, view, None, choice.how),
        "ownThreshold": None,
        "classKey": FILE.cls,
        "address": {
            key: state[key]
            for key in OF_FILE
            if state.get(key, rest[key]) not in (rest[key], None)
        },
    }
    player(data, key=FILE.player, on_view=on_commit(seen), on_step=on_step(seen))
    steps.hold("result_file", "other_panel", PANELS)
    panel = st.segmented_control(
        "More about this video",
        list(PANELS),
        key="other_panel",
        persist_state="session",
        on_change=steps.write_alone,
    )
    if panel:
        PANELS[panel](choice)


def _go_on(choice: FileChoice) -> None:
    """Go to the video that has the next error of a class, where that is asked for."""
    results = choice.results
    if step := asked(results.classes):
        here, videos = choice.video.video_id, list(results.videos)
        place = look_elsewhere(
            results.judge, choice.how, results.classes, videos, here, step
        )
        if place is not None:
            choose_in_file(
                place.video_id,
                step[0],
                place.start_s,
                detection=place.detection,
                truth=place.truth,
            )
            st.rerun()


def addresses(choice: FileChoice) -> dict[str, object]:
    """Give the addresses of a video's data, relative to the page, and what lacks."""
    key, footage = name_of(choice.one), choice.one.footage
    place = f"dbs/file/{key}"
    found = {"videoKey": key, "payload": f"{place}/payload.bin"}
    if footage is None:
        said = (
            "No picture." if isinstance(choice.problem, InputError) else choice.problem
        )
        return found | {"stageNote": said}
    info = sources.footage_info(footage)
    width, height = tile_size(info.width, info.height)
    convert = f"ffmpeg -i {footage.name} -c:v libx264 -pix_fmt yuv420p out.mp4"
    found |= {
        "frames": f"{place}/frame/{{i}}.jpg",
        "sheets": {
            "url": f"{place}/sheet/{{page}}.jpg",
            "frames": SHEET,
            "width": width,
            "height": height,
        },
        "unplayableNote": f"This browser cannot play {footage.name} ({info.codec}): "
        f"still frames. To convert: {convert}",
    }
    if sources.plays(footage):
        return found | {"video": f"{place}/video", "stageNote": ""}
    note = f"Browsers do not play {footage.name} ({info.codec}): still frames. "
    return found | {"stageNote": f"{note}To convert: {convert}"}
