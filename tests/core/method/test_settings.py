"""Settings: the paper's, and there and back through JSON."""

import dataclasses
import json

import pytest

from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.imprint.settings import EpitomeSettings, MetricSettings
from dbs_core.method.settings import Settings, paper_settings
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError

LABELS = MetricSettings(kind="labels")
HEADLESS = HeadSettings(kind="none")
COUNTING = EpitomeSettings(model="counting-grid")


@pytest.mark.parametrize("settings", [Settings(), paper_settings()])
def test_survive_json(settings):
    text = json.dumps(store.to_json(settings))
    assert store.from_json(Settings, json.loads(text)) == settings


def test_json_of_settings_is_what_a_file_gives_back():
    """A second training compares them: tuples must not differ from lists."""
    value = store.to_json(Settings())
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ({"untrimmed": False}, "--head none"),
        ({"untrimmed": False, "metric": LABELS, "head": HEADLESS}, "--metric pca"),
        ({"metric": LABELS, "epitome": COUNTING}, "--metric pca"),
    ],
)
def test_what_does_not_go_together_is_refused(change, cure):
    with pytest.raises(InputError, match=cure):
        dataclasses.replace(Settings(), **change)


def test_the_papers_choices():
    """METHOD section 0, and where our defaults differ from it."""
    paper = paper_settings()
    assert paper.features.rate_hz == 5
    assert (paper.epitome.grid, paper.epitome.locate_dimensions) == (48, 128)
    assert (paper.epitome.start, paper.epitome.variance) == ("noise", 0.1)
    assert (paper.descriptor.dimensions, paper.descriptor.power) == (512, 0.5)
    assert paper.descriptor.whiten
    assert (paper.target.kind, paper.target.tau, paper.target.mask_tau) == ("eq5", 4, 4)
    assert (paper.training.epochs, paper.training.batch) == (10, 16)
    assert paper.training.learning_rate == 1e-3
    assert paper.training.loss == "cells"
    assert not paper.training.augment
    assert (paper.architecture, paper.dropout, paper.projection) == ("C3", 0, "argmax")
    assert paper.refinement.extension == 1 / 8
    assert (paper.refinement.score, paper.refinement.overlap) == ("mean", 0.4)
    assert (paper.proposals.smoothing, paper.proposals.per_class) == (3, False)
    assert len(paper.proposals.thresholds) == 12
    assert len(paper.proposals.tolerances) == 9


def test_a_setting_newer_than_the_file_has_its_default():
    value = store.to_json(Settings())
    del value["epitome"]["keep"]
    assert store.from_json(Settings, value) == Settings()


def test_a_wrong_setting_is_named():
    value = store.to_json(Settings())
    value["epitome"]["grid"] = 12
    with pytest.raises(InputError, match="got 12"):
        store.from_json(Settings, value)


def test_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().crops = False
