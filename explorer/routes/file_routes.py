"""What the player of a result file fetches: payload, video, still frames.

A video is asked for by a name drawn at random when a page shows it, so no text of an
address ever becomes a path. The name goes with what the files hold: a changed file has
another, so answers may be kept for ever.
"""

import secrets
from collections.abc import Callable

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dbs_core.runtime.errors import InputError
from explorer.routes.answers import number, packed, picture
from explorer.sources.file_videos import (
    FileVideo,
    file_frame,
    file_payload,
    file_sheet,
)


@st.cache_resource
def _names() -> dict[FileVideo, str]:
    return {}


def name_of(one: FileVideo) -> str:
    """Give the name by which the browser asks for a video."""
    return _names().setdefault(one, secrets.token_urlsafe(16))


def _looked_up(handler: Callable[[FileVideo, Request], Response]) -> Callable:
    """Look the video up, then call the handler; what is missing becomes a 404."""

    def route(request: Request) -> Response:
        wanted = request.path_params["name"]
        one = next((v for v, name in _names().items() if name == wanted), None)
        if one is None:
            return PlainTextResponse("no such video is shown", 404)
        try:
            return handler(one, request)
        except InputError as error:
            return PlainTextResponse(error.without_content, 404)

    return route


def _payload(one: FileVideo, request: Request) -> Response:
    return packed(file_payload(one))


def _video(one: FileVideo, request: Request) -> Response:
    """Send the video file; FileResponse answers Range requests."""
    if one.footage is None or not one.footage.is_file():
        return PlainTextResponse("the video is not here", 404)
    return FileResponse(one.footage)


def _frame(one: FileVideo, request: Request) -> Response:
    index = number(request.path_params["index"], 10_000_000)
    return picture(file_frame(one, index) if index is not None else b"")


def _sheet(one: FileVideo, request: Request) -> Response:
    page = number(request.path_params["page"], 100_000)
    return picture(file_sheet(one, page) if page is not None else b"")


FILE_ROUTES = [
    Route("/dbs/file/{name}/payload.bin", _looked_up(_payload)),
    Route("/dbs/file/{name}/video", _looked_up(_video)),
    Route("/dbs/file/{name}/frame/{index}.jpg", _looked_up(_frame)),
    Route("/dbs/file/{name}/sheet/{page}.jpg", _looked_up(_sheet)),
]
