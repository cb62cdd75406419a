"""A model as one file of arrays, read without running any code.

`model.npz` holds the projections, the weights of FCN, control and temporal heads, the
class list and the settings they belong to, and the detections' calibration; of a run of
several members those of every member, the further ones under `member1/` and so on.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from dbs_core.method.control import Control
from dbs_core.method.detection.head_input import ReadBack
from dbs_core.method.detection.sharpening import HeadNetwork
from dbs_core.method.features.projection import Projection
from dbs_core.method.model import Head, Model, new_classifier, new_head, new_network
from dbs_core.method.settings import Settings, member_seeds
from dbs_core.records import Calibration, ClassList
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError

SCHEMA = 2


def save_model(path: Path, model: Model, *, half: bool = False) -> None:
    """Write a model as one file, whole or not at all.

    Args:
        path: the file.
        model: what to write.
        half: keep float16, half the size; what is read back is rounded to it.
    """
    arrays = _member_arrays(model)
    for number, other in enumerate(model.others, start=1):
        own = _member_arrays(other).items()
        arrays |= {f"{_member(number)}{name}": value for name, value in own}
    if model.calibration is not None:
        arrays["calibration.slope"] = np.array(model.calibration.slope)
        arrays["calibration.offsets"] = model.calibration.offsets
    header = {
        "schema": SCHEMA,
        "backbone": model.backbone,
        "seed": model.seed,
        "classes": store.to_json(model.classes),
        "settings": store.to_json(model.settings),
    }
    if half:
        arrays = {name: value.astype(np.float16) for name, value in arrays.items()}
    files.write_arrays(path, arrays, header)


def _member_arrays(model: Model) -> dict[str, np.ndarray]:
    """Give the arrays of one member."""
    arrays = {
        **_projection_arrays("locate", model.locate),
        **_projection_arrays("describe", model.describe),
        **_projection_arrays("control_describe", model.control.describe),
        **_weights("network", model.network),
        **_weights("classifier", model.control.classifier),
    }
    if model.head is not None:
        arrays |= _projection_arrays("head_mean", model.head.readback.mean)
        arrays |= _projection_arrays("head_spread", model.head.readback.spread)
        arrays |= _weights("head", model.head.network)
    if model.control.head is not None:
        arrays |= _weights("control_head", model.control.head)
    return arrays


def _member(number: int) -> str:
    """Name what the arrays of a further member begin with."""
    return f"member{number}/"


def load_model(path: Path) -> Model:
    """Read a model.

    Raises:
        InputError: missing, damaged, or of another version or shape.
    """
    arrays, header = files.read_arrays(path)
    schema = header.get("schema") if isinstance(header, dict) else None
    if schema != SCHEMA:
        raise InputError(
            "model of another version",
            where=path,
            wanted=SCHEMA,
            got=repr(schema)[:40],
            cure="train the run again with --force",
        )
    try:
        _require_finite(arrays)
        return _assemble(arrays, header)
    except (*store.MISFITS, AttributeError, RuntimeError) as error:
        raise InputError(
            "checkpoint of another configuration",
            where=path,
            because=error,
            cure="train the run again",
        ) from error


def _require_finite(arrays: Mapping[str, np.ndarray]) -> None:
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            raise ValueError(f"{name[:60]}: wanted finite numbers")


def _assemble(arrays: dict[str, np.ndarray], header: dict[str, object]) -> Model:
    """Put the members together.

    Raises:
        KeyError: the file lacks a member that the settings ask for.
        ValueError: it holds more than they ask for.
    """
    settings = store.from_json(Settings, header["settings"])
    seeds = member_seeds(int(str(header["seed"])), settings.members)
    if any(name.startswith(_member(len(seeds))) for name in arrays):
        raise ValueError(f"wanted {len(seeds)} members, got more")
    first, *others = (
        _assemble_one(_arrays_of(arrays, number), header, settings, seed)
        for number, seed in enumerate(seeds)
    )
    calibration = _calibration(arrays, len(first.classes))
    return replace(first, others=tuple(others), calibration=calibration)


def _calibration(arrays: dict[str, np.ndarray], actions: int) -> Calibration | None:
    """Give the calibration; a file from before there was one has none."""
    if "calibration.slope" not in arrays:
        return None
    offsets = arrays["calibration.offsets"].astype(np.float64)
    if offsets.shape != (actions,):
        raise ValueError(f"calibration: wanted {actions} offsets, got {offsets.shape}")
    return Calibration(float(arrays["calibration.slope"]), offsets)


def _arrays_of(arrays: dict[str, np.ndarray], number: int) -> dict[str, np.ndarray]:
    """Give one member's arrays, by their names in it."""
    if not number:
        return arrays
    lead = _member(number)
    own = {
        name.removeprefix(lead): value
        for name, value in arrays.items()
        if name.startswith(lead)
    }
    if not own:
        raise KeyError(f"no member {number}")
    return own


def _assemble_one(
    arrays: dict[str, np.ndarray],
    header: dict[str, object],
    settings: Settings,
    seed: int,
) -> Model:
    classes = store.from_json(ClassList, header["classes"])
    describe = _projection(arrays, "describe")
    control = _projection(arrays, "control_describe")
    # Built without memory: how wide they are is for the weights to say.
    with torch.device("meta"):
        network = new_network(settings, classes, describe.axes.shape[1])
        classifier = new_classifier(settings, classes, control.axes.shape[1])
    _load_weights(network, arrays, "network")
    _load_weights(classifier, arrays, "classifier")
    control_head = _head_network(arrays, "control_head", settings, classes)
    return Model(
        classes,
        settings,
        str(header["backbone"]),
        seed,
        _projection(arrays, "locate"),
        describe,
        network,
        Control(control, classifier, control_head),
        _head(arrays, settings, classes),
    )


def _head(
    arrays: dict[str, np.ndarray], settings: Settings, classes: ClassList
) -> Head | None:
    network = _head_network(arrays, "head", settings, classes)
    if network is None:
        return None
    mean, spread = (_projection(arrays, f"head_{part}") for part in ("mean", "spread"))
    return Head(ReadBack(mean, spread), network)


def _head_network(
    arrays: dict[str, np.ndarray], name: str, settings: Settings, classes: ClassList
) -> HeadNetwork | None:
    """Build a head as wide as its first layer was written; None without one."""
    if settings.head.kind == "none":
        return None
    with torch.device("meta"):
        width = arrays[f"{name}/entry.1.weight"].shape[1]
        network = new_head(settings, classes, width)
    _load_weights(network, arrays, name)
    return network


def _projection_arrays(name: str, projection: Projection) -> dict[str, np.ndarray]:
    return {
        f"{name}.mean": projection.mean,
        f"{name}.axes": projection.axes,
        f"{name}.power": np.array(projection.power),
    }


def _projection(arrays: dict[str, np.ndarray], name: str) -> Projection:
    return Projection(
        arrays[f"{name}.mean"].astype(np.float32),
        arrays[f"{name}.axes"].astype(np.float32),
        float(arrays[f"{name}.power"]),
    )


def _weights(name: str, module: torch.nn.Module) -> dict[str, np.ndarray]:
    state = module.state_dict()
    return {f"{name}/{key}": value.cpu().numpy() for key, value in state.items()}


def _load_weights(
    module: torch.nn.Module, arrays: dict[str, np.ndarray], name: str
) -> None:
    prefix = f"{name}/"
    kinds = {key: value.dtype for key, value in module.state_dict().items()}
    given = {
        key.removeprefix(prefix): torch.from_numpy(value)
        for key, value in arrays.items()
        if key.startswith(prefix)
    }
    module.load_state_dict(
        {key: value.to(kinds.get(key)) for key, value in given.items()}, assign=True
    )
    module.eval()
