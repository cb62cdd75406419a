"""The glossary: in order, used where its terms stand, and the page made of it."""

import ast
from html.parser import HTMLParser

from docs.write_glossary import PAGE, text
from explorer.elements.glossary import TERMS, listed, tip
from explorer.explore.player import page
from tests.shared_data import ROOT


def test_terms_stand_in_order_and_are_short() -> None:
    assert list(TERMS) == sorted(TERMS, key=str.lower)
    for name, words in TERMS.items():
        assert words.endswith("."), name
        assert 20 < len(words) < 260, name


def test_a_tip_explains_what_it_names() -> None:
    both = tip("tIoU", "AP")
    assert TERMS["tIoU"] in both
    assert TERMS["AP"] in both
    assert both.index("**tIoU**") < both.index("**AP**")
    assert all(f"* **{name}**: " in listed() for name in TERMS)


def asked() -> set[str]:
    """Name the terms that pages explain beside what they name."""
    found: set[str] = set()
    for path in (ROOT / "explorer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "tip":
                found |= {ast.literal_eval(argument) for argument in node.args}
    return found


def test_pages_explain_terms_where_they_stand() -> None:
    """Each that the glossary knows; the few others are explained by those."""
    assert asked() <= set(TERMS)
    assert {
        *("imprint", "window", "location", "posterior", "segmentation map", "tIoU"),
        *("AP", "mAP", "control", "head", "calibration", "proposal", "member"),
        "ceiling",
    } <= asked()


class Titles(HTMLParser):
    """The tooltips of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [str(value) for name, value in attrs if name == "title"]
        assert "data-terms" not in dict(attrs), tag


def test_the_player_explains_terms_by_the_same_words() -> None:
    titles = Titles()
    titles.feed(page())
    for name in ("tIoU", "precision", "recall", "truth", "heat map"):
        whole = f"{name}: {TERMS[name]}"
        assert any(whole in title.split("\n") for title in titles.found), name


def test_the_page_is_made_of_the_terms() -> None:
    """Stale? `python -m docs.write_glossary`."""
    assert PAGE.read_text() == text()
