"""What every answer of the app has in common: for its own pages, and no others.

A web page that somebody has open beside the app can ask this computer for anything.
It is refused by the name it calls the server (Host), by its own name (Origin), and by
headers with which the browser keeps from it what was answered.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.server_util import is_allowed_origin
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from explorer.access.serving import is_loopback, shared

KEPT_TO_US = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
}


class LocalOnly:
    """Refuses foreign requests before any route sees them, WebSockets too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):  # the server's own start and end
            await self.app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in KEPT_TO_US.items():
                    headers.setdefault(name, value)
            await send(message)

        if is_ours(scope):
            await self.app(scope, receive, marked)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("refused", 403)(scope, receive, marked)


def is_ours(scope: Scope) -> bool:
    """Say whether a request comes by a name of this server, and from its own page.

    A server that is not shared also answers no connection from outside, however it
    was started: such a client may call it what it likes.
    """
    headers, here = Headers(scope=scope), scope.get("server")
    host, origin = headers.get("host"), headers.get("origin")
    if not is_host_allowed(host):
        return False
    if not shared() and here is not None and not is_loopback(here[0]):
        return False
    if origin is None or is_allowed_origin(origin):  # server.corsAllowedOrigins
        return True
    return urlsplit(origin).netloc == host
