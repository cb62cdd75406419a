"""Names from files as text: Streamlit reads Markdown in most of its labels."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


def escape(text: str) -> str:
    """Make a name safe inside Markdown: every sign of its syntax is a plain sign."""
    return _SPECIAL.sub(r"\\\1", text)
