"""A tIoU that one rule has and another has not: no page falls over it."""

import pytest
from streamlit.testing.v1 import AppTest

from dbs_core.runs.places import SAMPLE, run_id
from tests.shared_data import ROOT, shared_data


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.query_params.update(query)
    app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    return " ".join(one.value for one in app.markdown)


@pytest.mark.parametrize("page", ["videos", "errors", "explore"])
def test_a_run_is_judged_at_what_its_rule_has(page: str) -> None:
    """THUMOS'14's has no 0.75; ActivityNet's has."""
    app = opened(page, run=run_id(SAMPLE), split="test", tiou="0.75")
    if page != "explore":
        assert "mAP@0.5 " in said(app)
        assert app.selectbox(key="judging_tiou").value == 0.5
    assert app.session_state["tiou"] == 0.75  # for the file that it was chosen for


def test_a_file_of_the_other_rule_is_judged_at_it() -> None:
    names = ("autoloc_thumos14_results.json", "autoloc_thumos14_truth.json")
    found, truth = (str(shared_data("detections", name)) for name in names)
    link = {"other_file": found, "other_truth": truth, "tiou": "0.75"}
    app = opened("errors", err_source="the result file", **link)
    assert "mAP@0.75 " in said(app)
