"""The token that a shared server asks for before it writes; drawn at its start."""

import hmac
import secrets

TOKEN = secrets.token_urlsafe(16)


def is_token(text: str) -> bool:
    """Compare what somebody gives with the token, in a time that tells nothing."""
    return hmac.compare_digest(text.strip().encode(), TOKEN.encode())
