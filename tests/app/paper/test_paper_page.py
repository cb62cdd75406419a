"""The Paper page: figures that can be taken along, tables beside the printed ones."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from streamlit.testing.v1 import AppTest

from dbs_core.paper.tables.printed import PRINTED, all_tables
from dbs_core.paper.tables.table import PaperTable, Provenance, TableRow
from dbs_core.paper.tables.writing import write_table
from dbs_core.runs.run import Run
from explorer.elements.palette import palette
from explorer.paper.table_html import table_html
from tests.app.conftest import Site
from tests.app.make_run import HOSTILE
from tests.app.test_pages import opened
from tests.app.watching import Watched, watched

MADE = Provenance("small set (6 classes)", "Net, RGB, 5 fps", "trained here", (0, 1))
OURS = PaperTable(
    "4",
    "Appearance, motion, and both",
    ("0.1", "0.5"),
    (TableRow("RGB", (61.26, 42.0)), TableRow(HOSTILE, (50.0, None))),
    provenance=MADE,
)


@pytest.fixture
def runs(made_run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))
    return made_run


def tables_of(app: AppTest) -> list[str]:
    return [h.value for h in app.html if "dbs-table" in h.value]


def on_tables(**state: str) -> AppTest:
    app = opened("paper.py", split="test")
    app.session_state["paper_part"] = "Tables"
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_each_figure_is_drawn_with_the_line(number: int, runs: Run) -> None:
    app = opened("paper.py", split="test")
    app.session_state["paper_figure"] = number
    app.run()
    assert not app.exception
    said = " ".join(c.value for c in app.caption).replace("\\", "")
    assert "This run: made scenes (4 classes)" in said
    assert "The paper: THUMOS'14 (20 classes)" in said
    assert len(app.get("download_button")) == 3


def test_a_figure_that_cannot_be_drawn_says_why(runs: Run) -> None:
    app = opened("paper.py", split="test")
    app.session_state["paper_figure"] = 2
    app.run()
    app.selectbox(key="paper_video").set_value("no_truth").run()
    assert not app.exception
    assert "truth" in app.info[0].value


def test_without_computed_tables_the_printed_ones_stand(runs: Run) -> None:
    app = on_tables()
    assert not app.exception
    assert len(tables_of(app)) == len(PRINTED)
    assert "31.5" in tables_of(app)[0]
    assert "this run" not in "".join(tables_of(app))
    assert "python -m dbs_core tables" in app.info[0].value


def test_a_folder_of_tables_stands_beside_the_printed(
    runs: Run, tmp_path: Path
) -> None:
    write_table(tmp_path, OURS)
    (tmp_path / "table7.json").write_text("broken")
    app = on_tables(paper_folder=str(tmp_path))
    assert not app.exception
    shown = tables_of(app)[3]
    assert "61.3" in shown
    assert "31.5" in shown
    assert shown.count("this run") == 2
    assert "<img" not in shown
    assert "table7" in app.warning[0].value
    said = " ".join(c.value for c in app.caption).replace("\\", "")
    assert "Net, RGB, 5 fps; trained here, seeds 0, 1. The paper:" in said


def test_a_folder_that_is_not_there_is_one_line(runs: Run, tmp_path: Path) -> None:
    app = on_tables(paper_folder=str(tmp_path / "nowhere"))
    assert not app.exception
    assert "nowhere" in app.error[0].value


def test_every_value_has_its_cell() -> None:
    (table,) = (t for t in all_tables([OURS]) if t.key == "4")
    html = table_html(table, palette("dark"))
    cells = html.count("<td>")
    # RGB and the rows of the paper have printed cells, the rows of ours have ours.
    assert cells == 2 * (2 + 3)
    assert html.count('rowspan="2"') == 1
    assert "&lt;img" in html


def test_a_table_of_ours_follows_the_paper_s() -> None:
    control = PaperTable("control", "Control", ("a",), (TableRow("x", (1.0,)),))
    keys = [table.key for table in all_tables([control])]
    assert keys == [*PRINTED, "control"]


def ready(on: Watched, number: int) -> None:
    on.page.locator(f"img[alt^='Figure {number}']").wait_for()
    on.settled()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(
    scheme: str, browser: Browser, site: Site, artefacts: Path
) -> None:
    with watched(browser, site, scheme=scheme, size=(1440, 1100)) as on:
        on.open("", split="test")
        on.page.get_by_role("link", name="Paper").click()
        ready(on, 1)
        on.page.wait_for_timeout(600)
        on.page.screenshot(path=artefacts / f"paper-figure-{scheme}.png")
        on.page.get_by_role("radio", name="Figure 3").click()
        ready(on, 3)
        for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<?xml"), ("PDF", b"%PDF")):
            with on.page.expect_download() as waiting:
                on.page.get_by_role("button", name=kind).click()
            path = waiting.value.path()
            assert waiting.value.suggested_filename == f"figure3.{kind.lower()}"
            assert path.read_bytes().startswith(start)
        on.page.get_by_role("radio", name="Tables").click()
        on.page.get_by_label("Table 8: ActivityNet v1.3").wait_for()
        on.settled()
        on.page.wait_for_timeout(400)
        on.page.screenshot(path=artefacts / f"paper-tables-{scheme}.png")
        with on.page.expect_download() as waiting:
            on.page.get_by_role("button", name="CSV").first.click()
        assert "27.8" in waiting.value.path().read_text()
        wide = on.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        assert on.errors == []


@pytest.mark.browser
def test_a_link_opens_the_part_that_it_names(browser: Browser, site: Site) -> None:
    """And the address follows what is chosen, also after a look at another page."""
    with watched(browser, site) as on:
        on.open("paper", paper_part="Tables")
        on.page.get_by_label("Table 8: ActivityNet v1.3").wait_for()
        on.open("paper", split="test", paper_figure="2")
        ready(on, 2)
        on.page.get_by_role("radio", name="Figure 3").click()
        ready(on, 3)
        assert "paper_figure=3" in on.page.url
        on.page.get_by_role("link", name="Videos", exact=True).click()
        on.settled()
        on.page.get_by_role("link", name="Paper").click()
        ready(on, 3)
        assert on.errors == []
