"""Options to settings, and what a log shows."""

import argparse
from dataclasses import replace

import pytest

from dbs_core.cli.console import Console, closing_line
from dbs_core.cli.options import add_settings, settings_of
from dbs_core.method.settings import Settings, paper_settings
from dbs_core.runtime.progress import Step


def parsed(*words):
    parser = argparse.ArgumentParser()
    add_settings(parser)
    return settings_of(parser.parse_args(words))


OURS = Settings()


class TestOptions:
    @pytest.mark.parametrize(
        ("words", "settings"),
        [
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
            (("--crops",), replace(OURS, crops=True)),
            (("--no-crops",), replace(OURS, crops=False)),
            (("--projection", "soft"), replace(OURS, projection="soft")),
        ],
    )
    def test_each_option_changes_its_setting_and_nothing_else(self, words, settings):
        assert parsed(*words) == settings

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
