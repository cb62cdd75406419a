"""Writes docs/glossary.md from the terms that the app explains.

`python -m docs.write_glossary` from the project's top; a test says when it is stale.
"""

import textwrap

from explorer.elements.glossary import TERMS
from tests.test_layout import ROOT

PAGE = ROOT / "docs" / "glossary.md"
HEAD = """# Glossary

The words of the field and of the method, as the app explains them beside what they
name. The page is made of `explorer/elements/glossary.py` by
`python -m docs.write_glossary`; the equations are in [the method](method.md), the rules
of evaluation in [files](formats.md).
"""


def text() -> str:
    """Give the page: a paragraph a term, in order."""
    terms = (f"**{name}**: {words}" for name, words in TERMS.items())
    return "\n".join([HEAD, *(f"{textwrap.fill(one, 100)}\n" for one in terms)])


if __name__ == "__main__":
    PAGE.write_text(text())
