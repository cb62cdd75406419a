"""Seconds of named stages: each its own, sums of those entered again."""

import time

import pytest

from dbs_core.runtime.stage_clock import StageClock


def test_a_stage_has_the_time_that_it_took() -> None:
    clock = StageClock()
    with clock("long"):
        time.sleep(0.05)
    with clock("short"):
        pass
    assert list(clock.seconds) == ["long", "short"]
    assert clock.seconds["long"] >= 0.05
    assert clock.seconds["short"] < 0.05


def test_a_stage_that_is_entered_again_adds_up() -> None:
    clock = StageClock()
    for _ in range(3):
        with clock("part"):
            time.sleep(0.01)
    assert clock.seconds["part"] >= 0.03


def test_a_stage_within_another_counts_in_both() -> None:
    clock = StageClock()
    with clock("all"), clock("part"):
        time.sleep(0.01)
    assert clock.seconds["all"] >= clock.seconds["part"] >= 0.01


def test_what_goes_wrong_in_a_stage_is_said() -> None:
    with pytest.raises(ValueError, match="wrong"), StageClock()("stage"):
        raise ValueError("wrong")
