"""How the app looks before its first answer: the page that the server sends has it.

Streamlit's page starts narrow and without a sidebar, and jumps when the script has
said otherwise. So our rules (page.css) are in that page from the start, and it keeps
the sidebar's room free where one will come.
"""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STYLE = (Path(__file__).resolve().parent.parent / "page.css").read_text()
WITHOUT_SIDEBAR = "result_file"


class FirstLook:
    """Puts our style into every page of HTML that is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; all but pages pass as they are."""
        asked = dict(scope.get("headers", ()))
        page = scope["type"] == "http" and scope["method"] == "GET"
        if not page or b"text/html" not in asked.get(b"accept", b""):
            await self.app(scope, receive, send)
            return
        # As plain text: a packed page could not be written into.
        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        held: list[Message] = []

        async def styled(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                held.append(message)
            elif held and message["type"] == "http.response.body":
                held.append(message)
                if not message.get("more_body"):
                    for one in _with_style(held, scope["path"]):
                        await send(one)
            else:
                await send(message)

        await self.app({**scope, "headers": headers}, receive, styled)


def _is_page(start: Message) -> bool:
    kind = MutableHeaders(scope=start).get("content-type", "")
    return start["status"] == 200 and kind.startswith("text/html")


def _with_style(held: list[Message], path: str) -> tuple[Message, Message]:
    """Give the head and the whole body of a page with our style in it."""
    start, *pieces = held
    page = b"".join(piece.get("body", b"") for piece in pieces)
    page = page.replace(b"</head>", f"<style>{STYLE}</style></head>".encode(), 1)
    if not path.rstrip("/").endswith(WITHOUT_SIDEBAR):
        page = page.replace(b"<html ", b'<html class="sidebar-comes" ', 1)
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(len(page))
    for name in ("etag", "last-modified"):
        if name in headers:
            del headers[name]
    return start, {"type": "http.response.body", "body": page}
