"""Knobs by name: every one turns its setting, and what is no value is refused."""

import pytest

from dbs_core.evaluation.what_if.knob_values import (
    path_of,
    read_values,
    turned,
    value_in,
    written,
)
from dbs_core.evaluation.what_if.knobs import KNOBS, NAMED
from dbs_core.method.setting_paths import value_at
from dbs_core.method.settings import Settings
from dbs_core.runtime.errors import InputError

OTHER = {
    "head": "off",
    "projection": "soft",
    "tag-classes": "off",
    "tag-thresholds": "0.1/0.5",
    "tag-tolerances": "0.3",
    "classes": "best",
    "ranking": "mean",
    "targets": "eq5",
}


@pytest.mark.parametrize("knob", [k for k in KNOBS if k.setting], ids=lambda k: k.name)
@pytest.mark.parametrize("head", [True, False])
def test_a_knob_turns_one_setting_and_no_other(knob, head):
    value = knob.read(OTHER.get(knob.name, "0.65"))
    before, after = Settings(), turned(Settings(), {knob.name: value}, head=head)
    assert value_in(after, knob, head=head) == value
    path = path_of(knob, head=head)
    assert value_at(before, path) != value_at(after, path)
    back = {knob.name: value_in(before, knob, head=head)}
    if knob.name != "head":  # an on switch makes no head
        assert turned(after, back, head=head) == before


def test_what_is_written_is_read_again():
    text = "score=0.1,nms=0.45,head=off,tag-thresholds=0.1/0.5,ranking=mean"
    assert written(read_values(text)) == text
    assert read_values(" nms = 0.4 , ") == {"nms": 0.4}
    assert read_values("") == {}
    assert len(NAMED) == len(KNOBS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nms", "no such knob"),
        ("grid=32", "no such knob.*score, length, nms"),
        ("nms=1.5", "no value of nms, wanted 0 to 1, got 1.5"),
        ("nms=nan", "no value of nms"),
        ("nms=", "no value of nms"),
        ("nms=0.1/0.2", "no value of nms"),
        ("projection=Eq. 6", "wanted argmax or soft"),
        ("tag-thresholds=0.1/2", "several as 0.1/0.5"),
        ("tag-thresholds=" + "/".join(["0.1"] * 30), "no value of tag-thresholds"),
    ],
)
def test_what_is_no_value_is_refused_in_a_line(text, said):
    with pytest.raises(InputError, match=said) as error:
        read_values(text)
    assert "\n" not in str(error.value)
