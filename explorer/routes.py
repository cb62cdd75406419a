"""What the browser fetches beside the page: videos, frames, pictures, arrays.

Every route names a run and a video by their ids; both are looked up among the known
runs, so no text of an address ever becomes part of a path.
"""

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dbs_core.errors import InputError
from explorer import sources


def video_file(request: Request) -> Response:
    """Send the video file; FileResponse answers Range requests."""
    found = sources.find_video(request.path_params["run"], request.path_params["key"])
    if found is None:
        return PlainTextResponse("no such video", 404)
    try:
        path = found[0].video_file(sources.result(*found))
    except InputError as error:
        return PlainTextResponse(str(error), 404)
    if not path.is_file():
        return PlainTextResponse("the video file is gone", 404)
    return FileResponse(path)


ROUTES = [Route("/dbs/video/{run}/{key}", video_file)]
