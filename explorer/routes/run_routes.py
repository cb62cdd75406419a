"""What the browser fetches beside the page: videos, frames, pictures, arrays.

Every route but the last few names a run and a video by their ids; both are looked up
among the known runs, so no text of an address ever becomes part of a path. Addresses
carry the stamp of the result file (`?s=`), so answers may be kept for ever.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dbs_core.records import VideoResult
from dbs_core.runs.catalogue import VideoEntry
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.routes.answers import KEEP, number, packed, picture
from explorer.routes.file_routes import FILE_ROUTES
from explorer.routes.shown_files import SHOWN_ROUTE

Found = tuple[Run, VideoEntry, VideoResult]


def _looked_up(handler: Callable[[Found, Request], Response]) -> Callable:
    """Look run and video up, then call the handler; what is missing becomes a 404.

    The result is a plain function, so the server runs it on a thread of its pool and
    decoding does not hold up the page.
    """

    def route(request: Request) -> Response:
        names = request.path_params
        try:
            found = sources.find_video(names["run"], names["key"])
            if found is None:
                return PlainTextResponse("no such video", 404)
            return handler((*found, sources.result(*found)), request)
        except InputError as error:
            return PlainTextResponse(error.without_content, 404)

    return route


def _video(found: Found, request: Request) -> Response:
    """Send the video file; FileResponse answers Range requests."""
    path = sources.playable_file(found[0], found[2])
    if path is None:
        return PlainTextResponse("no video that a browser plays", 404)
    return FileResponse(path)


def _payload(found: Found, request: Request) -> Response:
    """Send the player's data for the class in `?c=`."""
    run, entry, _ = found
    return packed(sources.payload(run, entry, _class_in(request, run)))


def _painted(found: Found, request: Request) -> Response:
    """Send the player's data as they are with the cells of `?paint=` painted."""
    run, entry, _ = found
    text = request.query_params.get("paint", "")
    label = _class_in(request, run)
    return packed(sources.painted_payload(run, entry, label, text))


def _class_in(request: Request, run: Run) -> int | None:
    return number(request.query_params.get("c"), len(run.info.classes) + 1)


def _mosaic(found: Found, request: Request) -> Response:
    return Response(
        sources.mosaic_jpeg(*found[:2]), media_type="image/jpeg", headers=KEEP
    )


def _sheet(found: Found, request: Request) -> Response:
    """Send a sheet of a hundred small frames."""
    page = number(request.path_params["page"], 100_000)
    body = sources.sheet_jpeg(*found[:2], page) if page is not None else b""
    return picture(body)


def _frame(found: Found, request: Request) -> Response:
    """Send the sampled frame of an index, at most 640 pixels wide."""
    index = number(request.path_params["index"], len(found[2].placement))
    body = sources.frame_jpeg(*found[:2], index) if index is not None else b""
    return picture(body)


def _thumb(found: Found, request: Request) -> Response:
    """Send the sampled frame of an index, small."""
    index = number(request.path_params["index"], len(found[2].placement))
    body = sources.thumb_jpeg(*found[:2], index) if index is not None else b""
    return picture(body)


ROUTES = [
    Route("/dbs/video/{run}/{key}", _looked_up(_video)),
    Route("/dbs/payload/{run}/{key}.bin", _looked_up(_payload)),
    Route("/dbs/painted/{run}/{key}.bin", _looked_up(_painted)),
    Route("/dbs/mosaic/{run}/{key}.jpg", _looked_up(_mosaic)),
    Route("/dbs/sheet/{run}/{key}/{page}.jpg", _looked_up(_sheet)),
    Route("/dbs/thumb/{run}/{key}/{index}.jpg", _looked_up(_thumb)),
    Route("/dbs/frame/{run}/{key}/{index}.jpg", _looked_up(_frame)),
    *FILE_ROUTES,
    SHOWN_ROUTE,
]
