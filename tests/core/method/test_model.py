"""The model file: the same scores after a round trip, another configuration named."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dbs_core.method.detection.head_input import PATH
from dbs_core.method.model_file import SCHEMA, load_model, save_model
from dbs_core.method.segmentation.fcn import segment
from dbs_core.records import Calibration, ClassList
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from tests.core.small_model import CLASSES, SETTINGS, small_model


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "model.npz"
    save_model(path, small_model())
    return path


def scores(model):
    """What a model says of some cells, by every part of it."""
    rng = np.random.default_rng(0)
    maps = torch.from_numpy(rng.random((16, 16, 6), np.float32))
    grid = segment(model.network, model.describe(maps).numpy(), np.ones((16, 16), bool))
    pooled = model.control.describe(maps[0])
    with torch.inference_mode():
        control = model.control.classifier(pooled)
    return np.concatenate(
        [model.locate(maps).ravel(), grid.probability.ravel(), control.ravel()]
    )


def test_round_trip_gives_the_same_scores_and_facts(saved):
    model, found = small_model(), load_model(saved)
    np.testing.assert_array_equal(scores(found), scores(model))
    for name in ("classes", "settings", "backbone", "seed"):
        assert getattr(found, name) == getattr(model, name)


def test_a_head_of_several_scales_is_kept_as_well(tmp_path):
    several = replace(SETTINGS, head=replace(SETTINGS.head, kind="pyramid"))
    model = small_model(settings=several)
    save_model(tmp_path / "model.npz", model)
    found = load_model(tmp_path / "model.npz")
    frames = torch.randn(9, 3 * 4 + PATH)
    with torch.inference_mode():
        for one, other in zip(
            found.head.network.tell(frames, 0.2),
            model.head.network.tell(frames, 0.2),
            strict=True,
        ):
            assert torch.equal(one, other)


def test_round_trip_gives_the_same_bytes(saved, tmp_path):
    save_model(tmp_path / "again.npz", load_model(saved))
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()


def test_half_precision_is_smaller_and_near(tmp_path, saved):
    save_model(tmp_path / "half.npz", small_model(), half=True)
    np.testing.assert_allclose(
        scores(load_model(tmp_path / "half.npz")), scores(small_model()), atol=5e-3
    )
    assert (tmp_path / "half.npz").stat().st_size < saved.stat().st_size


def test_loaded_model_is_ready_for_use(saved):
    model = load_model(saved)
    assert not model.network.training
    assert not model.control.classifier.training


def changed(path, header=None, **arrays):
    """Write a model file again with something changed."""
    kept, before = files.read_arrays(path)
    files.write_arrays(path, kept | arrays, before | (header or {}))


def test_other_version_is_named(saved):
    changed(saved, {"schema": SCHEMA + 7})
    with pytest.raises(InputError, match=f"wanted {SCHEMA}, got {SCHEMA + 7}"):
        load_model(saved)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"classes": store.to_json(ClassList(("a", "b", "c"), (1, 2, 3)))},
            id="another number of classes",
        ),
        pytest.param(
            {
                "settings": store.to_json(
                    replace(small_model().settings, architecture="C3")
                )
            },
            id="another network",
        ),
        pytest.param({"settings": {}}, id="settings missing"),
        pytest.param({"classes": 3}, id="classes of another kind"),
        pytest.param({"seed": "x"}, id="seed of another kind"),
    ],
)
def test_checkpoint_of_another_configuration_is_named(saved, change):
    changed(saved, change)
    with pytest.raises(
        InputError, match=r"model.npz: checkpoint of another configuration"
    ) as caught:
        load_model(saved)
    assert "\n" not in str(caught.value)


def test_calibration_is_read_back(tmp_path):
    calibration = Calibration(7.5, np.array([-3.0, 0.25]))
    path = tmp_path / "model.npz"
    save_model(path, replace(small_model(), calibration=calibration))
    found = load_model(path).calibration
    assert found.slope == 7.5
    np.testing.assert_array_equal(found.offsets, calibration.offsets)
    changed(path, **{"calibration.offsets": np.zeros(5)})
    with pytest.raises(InputError, match="wanted 2 offsets"):
        load_model(path)


def test_a_file_from_before_is_not_calibrated(saved):
    assert load_model(saved).calibration is None


def several(path, number=2):
    """Write a model of so many members."""
    settings = replace(small_model().settings, members=number)
    first = small_model(0, settings)
    others = (small_model(1000 * n, settings) for n in range(1, number))
    save_model(path, replace(first, others=tuple(others)))
    return path


def test_members_are_read_back_each_as_it_was(tmp_path):
    found = load_model(several(tmp_path / "model.npz", 3))
    assert [one.seed for one in found.members] == [0, 1000, 2000]
    assert [one.others for one in found.members] == [(), (), ()]
    for one in found.members:
        np.testing.assert_array_equal(scores(one), scores(small_model(one.seed)))


@pytest.mark.parametrize(
    ("members", "said"), [(3, "no member 2"), (1, "wanted 1 members, got more")]
)
def test_missing_and_surplus_members_are_named(tmp_path, members, said):
    path = several(tmp_path / "model.npz")
    _, header = files.read_arrays(path)
    changed(path, {"settings": header["settings"] | {"members": members}})
    with pytest.raises(InputError, match=f"another configuration.*{said}") as caught:
        load_model(path)
    assert "\n" not in str(caught.value)


def test_a_member_of_another_configuration_is_named(tmp_path):
    path = several(tmp_path / "model.npz")
    changed(path, **{"member1/network/layers.0.bias": np.zeros(9, np.float32)})
    with pytest.raises(InputError, match="another configuration"):
        load_model(path)


def test_weights_of_another_shape_are_named(saved):
    changed(saved, **{"network/layers.0.bias": np.zeros(9, np.float32)})
    with pytest.raises(InputError, match="another configuration"):
        load_model(saved)


@pytest.mark.parametrize("name", ["locate", "describe", "control_describe"])
def test_projection_of_another_shape_is_named(saved, name):
    """Its mean must fit its axes."""
    changed(saved, **{f"{name}.mean": np.zeros(9, np.float32)})
    with pytest.raises(InputError, match="another configuration"):
        load_model(saved)


def test_missing_and_truncated_files(saved, tmp_path):
    with pytest.raises(InputError, match=r"nowhere.npz: no such file"):
        load_model(tmp_path / "nowhere.npz")
    saved.write_bytes(saved.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"model.npz: damaged"):
        load_model(saved)


def test_classes_are_kept(saved):
    assert load_model(saved).classes == CLASSES
