"""Dear knobs: what is written is read again, and becomes settings of a training."""

import pytest

from dbs_core.evaluation.what_if.dear_knobs import DEAR, dear_settings, dear_values
from dbs_core.evaluation.what_if.knob_values import read_values, written
from dbs_core.method.setting_paths import changed
from dbs_core.method.settings import Settings
from dbs_core.runtime.errors import InputError


def test_what_is_asked_for_becomes_the_settings():
    text = "grid=24,fcn=C3,start=noise,head=none,members=3,seed=2147483647"
    values = read_values(text, DEAR)
    assert written(values, DEAR) == text
    settings = changed(Settings(), dear_settings(values))
    assert settings.epitome.grid == 24
    assert isinstance(settings.epitome.grid, int)
    assert settings.members == 3
    assert (settings.architecture, settings.head.kind) == ("C3", "none")
    assert dear_values(settings, 2**31 - 1) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nms=0.4", "no such knob.*grid, fcn, start, head, members, seed"),
        ("grid=20.5", "no value of grid, wanted 16 to 64"),
        ("grid=8", "no value of grid"),
        ("members=0", "no value of members, wanted 1 to 16"),
        ("seed=-1", "no value of seed"),
        ("fcn=C9", "wanted C1 or C2"),
    ],
)
def test_what_is_no_value_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        read_values(text, DEAR)
