"""How the routes answer: packed data and pictures, kept for ever by the browser."""

import gzip

from starlette.responses import PlainTextResponse, Response

KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}


def packed(body: bytes) -> Response:
    """Answer with the player's data."""
    return Response(
        gzip.compress(body, 5),
        media_type="application/octet-stream",
        headers=KEEP | {"Content-Encoding": "gzip"},
    )


def picture(body: bytes) -> Response:
    """Answer with a JPEG; empty is none."""
    if not body:
        return PlainTextResponse("no such frame", 404)
    return Response(body, media_type="image/jpeg", headers=KEEP)


def number(text: str | None, limit: int) -> int | None:
    """Read a whole number below the limit; None for anything else."""
    if text is None or not text.isdecimal() or len(text) > 9 or int(text) >= limit:
        return None
    return int(text)
