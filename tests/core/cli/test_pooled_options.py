"""What pooled features decide of a run where nobody asks for anything else."""

import argparse
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.cli.setting_options import add_settings, settings_of, unasked_note
from dbs_core.cli.train_command import option_words
from dbs_core.method.settings import Settings, paper_settings


def arguments(*words):
    parser = argparse.ArgumentParser()
    add_settings(parser)
    return parser.parse_args([str(word) for word in words])


def folder_of(folder, *shapes):
    """One file of each shape; the last axis is of 8 channels."""
    for number, shape in enumerate(shapes):
        np.save(folder / f"v{number}.npy", np.ones((*shape, 8), np.float16))
    return f"maps:{folder}"


@pytest.mark.parametrize(
    ("rows", "side"),
    [((60, 90, 100), 16), ((30, 900, 901), 30), ((9_000, 8_000, 10_000), 48)],
)
def test_as_many_cells_as_the_usual_file_has_rows(tmp_path, rows, side):
    """30 x 30 are 900 cells; 16 to 48 along a side."""
    args = arguments("--backbone", folder_of(tmp_path, *((t,) for t in rows)))
    settings = settings_of(args)
    assert settings.epitome.grid == side
    assert settings.epitome.start == "snake"
    assert settings.architecture == "C3"
    assert f"--grid {side} --start snake --architecture C3" in unasked_note(args)


def test_what_is_asked_for_stays(tmp_path):
    features = folder_of(tmp_path, (60,), (90,))
    args = arguments("--backbone", features, "--grid", 64, "--start", "tiled")
    settings = settings_of(args)
    assert settings.epitome == replace(Settings().epitome, grid=64)
    assert unasked_note(args) == "pooled features, so --architecture C3"


def test_maps_with_room_in_them_and_the_paper_stay(tmp_path):
    args = arguments("--backbone", folder_of(tmp_path, (60, 7, 7), (90, 7, 7)))
    assert settings_of(args).epitome == Settings().epitome
    assert unasked_note(args) == ""
    pooled = tmp_path / "pooled"
    pooled.mkdir()
    args = arguments("--paper", "--backbone", folder_of(pooled, (60,), (90,)))
    assert settings_of(args).epitome == paper_settings().epitome


def test_a_command_for_a_run_says_what_features_would_decide(tmp_path):
    """A run of pooled features on the default grid is trained on that again."""
    features = replace(Settings().features, backbone=folder_of(tmp_path, (60,), (90,)))
    settings = replace(Settings(), features=features)
    assert settings_of(arguments(*option_words(settings))) == settings
