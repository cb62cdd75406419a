"""Options to settings, and what a log shows."""

import argparse
from dataclasses import replace

import pytest

from dbs_core.cli.console import Console, closing_line
from dbs_core.cli.setting_options import (
    OPTIONS,
    add_settings,
    settings_of,
    settings_words,
)
from dbs_core.method.settings import Settings, paper_settings
from dbs_core.runtime.progress import Step


def parsed(*words):
    parser = argparse.ArgumentParser()
    add_settings(parser)
    return settings_of(parser.parse_args(words))


OURS = Settings()

CASES = (
    ((), OURS),
    (("--paper",), paper_settings()),
    (("--grid", "32"), replace(OURS, epitome=replace(OURS.epitome, grid=32))),
    (
        ("--start", "noise"),
        replace(OURS, epitome=replace(OURS.epitome, start="noise")),
    ),
    (
        ("--targets", "eq5"),
        replace(OURS, target=replace(OURS.target, kind="eq5")),
    ),
    (
        ("--dimensions", "64", "--whiten"),
        replace(
            OURS,
            descriptor=replace(OURS.descriptor, dimensions=64, whiten=True),
        ),
    ),
    (
        ("--epochs", "3"),
        replace(OURS, training=replace(OURS.training, epochs=3)),
    ),
    (("--architecture", "F3"), replace(OURS, architecture="F3")),
    (("--members", "3"), replace(OURS, members=3)),
    (
        ("--no-held-out",),
        replace(OURS, training=replace(OURS.training, held_out=False)),
    ),
    (
        ("--stream", "flow", "--flow-method", "farneback"),
        replace(
            OURS,
            features=replace(OURS.features, stream="flow", flow="farneback"),
        ),
    ),
    (
        ("--flow-input", "stack", "--mirrored"),
        replace(
            OURS,
            features=replace(OURS.features, flow_input="stack", mirrored=True),
        ),
    ),
    (
        ("--precision", "bfloat16"),
        replace(OURS, features=replace(OURS.features, precision="bfloat16")),
    ),
    (
        ("--rate", "7.5"),
        replace(OURS, features=replace(OURS.features, rate_hz=7.5)),
    ),
    (
        ("--offset", "0.32", "--channels", "2048"),
        replace(OURS, features=replace(OURS.features, offset_s=0.32, channels=2048)),
    ),
    (
        ("--clips", "16:4:25"),
        replace(OURS, features=replace(OURS.features, rate_hz=6.25, offset_s=0.32)),
    ),
    (
        ("--no-held-out",),
        replace(OURS, training=replace(OURS.training, held_out=False)),
    ),
    (("--crops",), replace(OURS, crops=True)),
    (("--no-crops",), replace(OURS, crops=False)),
    (("--projection", "soft"), replace(OURS, projection="soft")),
    (
        ("--imprint", "counting-grid", "--search", "fast"),
        replace(
            OURS,
            epitome=replace(OURS.epitome, model="counting-grid", search="fast"),
        ),
    ),
    (
        ("--metric", "labels"),
        replace(OURS, metric=replace(OURS.metric, kind="labels")),
    ),
    (
        # Neither without the other: a head learns from untrimmed videos.
        ("--no-untrimmed", "--head", "none"),
        replace(OURS, untrimmed=False, head=replace(OURS.head, kind="none")),
    ),
    (
        ("--backbone", "timm:resnet18"),
        replace(OURS, features=replace(OURS.features, backbone="timm:resnet18")),
    ),
)
"""Words, and the settings that they ask for."""


class TestOptions:
    @pytest.mark.parametrize(("words", "settings"), CASES)
    def test_each_option_changes_its_setting_and_nothing_else(self, words, settings):
        assert parsed(*words) == settings

    def test_every_option_is_among_those_tried_above(self):
        tried = {word for words, _ in CASES for word in words}
        names = {option.name for option in OPTIONS}
        assert {n for n in names if not {f"--{n}", f"--no-{n}"} & tried} == set()

    def test_options_change_the_papers_choices_too(self):
        """Also back to what ours would be."""
        found = parsed("--paper", "--no-whiten", "--no-crops", "--start", "tiled")
        paper = paper_settings()
        assert found == replace(
            paper,
            descriptor=replace(paper.descriptor, whiten=False),
            crops=False,
            epitome=replace(paper.epitome, start="tiled"),
        )


class TestWords:
    """The command that a table says it was made with."""

    @pytest.mark.parametrize(
        "words",
        [
            (),
            ("--paper",),
            ("--paper", "--no-whiten", "--crops", "--head", "conv"),
            ("--stream", "flow", "--flow-method", "farneback", "--mirrored"),
            ("--grid", "24", "--imprint", "counting-grid", "--epochs", "3"),
        ],
    )
    def test_ask_for_the_same_again(self, words):
        parser = argparse.ArgumentParser()
        add_settings(parser)
        found = settings_words(parser.parse_args(words))
        assert found == list(words)
        assert parsed(*found) == parsed(*words)

    def test_leave_out_where_a_backbone_lies(self):
        parser = argparse.ArgumentParser()
        add_settings(parser)
        args = parser.parse_args(["--backbone", "maps:/home/somebody/maps"])
        assert settings_words(args) == ["--backbone", "maps:maps"]


class TestConsole:
    def test_a_log_gets_a_line_a_stage_and_few_between(self, capsys):
        console = Console()
        for done in range(1000):
            console(Step("features", done, 1000, "a.mp4"))
        console(Step("train", 1, 10, "epoch 1"))
        console.done("trained")
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) < 10
        assert "features" in lines[0]
        assert "0/1000 a.mp4" in lines[0]
        assert "1/10 epoch 1" in lines[-2]
        assert lines[-1] == "trained"

    def test_is_the_engines_progress(self, capsys):
        Console().progress("imprint", 0, 1, "v")
        assert "imprint" in capsys.readouterr().err

    def test_closing_line_says_time_and_memory(self):
        line = closing_line(0.0)
        assert " s, peak memory " in line
        assert line.endswith(" MB")
