"""Addresses of video files that belong to no run.

Streamlit gives a file an address that ends with the script run that named it: a rerun
cut short by the next one leaves the browser asking for nothing. These stay as long as
the server does. A file is asked for by a name drawn at random when a page shows it,
so no text of an address ever becomes a path.
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route


@st.cache_resource
def _names() -> dict[Path, str]:
    return {}


def address_of(path: Path) -> str | None:
    """Give a file's address; None where there is no browser to fetch it."""
    page = st.context.url
    if not page:
        return None
    name = _names().setdefault(path.resolve(), secrets.token_urlsafe(16))
    # The page's own last part is its name; the app may live below a path.
    place = urlsplit(page)
    root = place.path.rsplit("/", 1)[0]
    return f"{place.scheme}://{place.netloc}{root}/dbs/shown/{name}"


def _shown(request: Request) -> Response:
    """Send a file; FileResponse answers Range requests."""
    wanted = request.path_params["name"]
    path = next((p for p, name in _names().items() if name == wanted), None)
    if path is None or not path.is_file():
        return PlainTextResponse("no such file is shown", 404)
    return FileResponse(path)


SHOWN_ROUTE = Route("/dbs/shown/{name}", _shown)
