"""Names from files as text: Streamlit reads Markdown in most of its labels."""

import re

from dbs_core.runtime.errors import printable

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


def escape(text: str) -> str:
    """Make a name safe inside Markdown: every sign of its syntax is a plain sign.

    What is no sign (control characters, turns of direction) is written out first.
    """
    return _SPECIAL.sub(r"\\\1", printable(text))
