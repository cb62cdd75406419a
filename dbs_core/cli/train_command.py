"""The commands of a training anew: words to copy, as `train` and `detect` take them."""

import shlex
from collections.abc import Mapping

from dbs_core.cli.setting_options import OPTIONS
from dbs_core.method.pooled import POOLED
from dbs_core.method.setting_paths import changed, value_at
from dbs_core.method.settings import Settings
from dbs_core.runs.own_data import named_beside
from dbs_core.runtime import store
from dbs_core.training.anew import Anew, leaves_out


def option_words(settings: Settings) -> list[str]:
    """Give the options by which settings differ from the defaults."""
    words: list[str] = []
    for name, value in _given(settings).items():
        if isinstance(value, bool):
            words.append(f"--{name}" if value else f"--no-{name}")
        else:
            words += [f"--{name}", str(value)]
    return words


def unsaid(settings: Settings) -> tuple[str, ...]:
    """Name the settings that differ from the defaults and have no option."""
    paths = {option.name: option.setting for option in OPTIONS}
    said = {paths[name]: value for name, value in _given(settings).items()}
    best = changed(Settings(), said)
    return tuple(_different(store.to_json(settings), store.to_json(best)))


def commands(wanted: Anew) -> str:
    """Write the commands that train it and look at its split, quoted for a shell."""
    info, beside = wanted.base.info, named_beside(wanted.base.info)
    elsewhere: list[str] = []
    if beside.videos:
        elsewhere += ["--videos", *map(str, beside.videos)]
    if beside.split_file:
        elsewhere += ["--split-file", str(beside.split_file)]
    places = ["--run", str(wanted.root), "--cache", str(wanted.cache)]
    options = ["--seed", str(wanted.seed), *option_words(wanted.settings)]
    if info.extra:
        options += ["--trimmed", info.extra]
    if leaves_out(wanted.base):
        options.append("--leave-out")
    data, split = str(wanted.data), ["--split", wanted.split]
    lines = (
        ["train", data, *places, *options, *elsewhere],
        ["detect", data, *places, *split, *elsewhere],
    )
    return "\n".join(shlex.join(["python", "-m", "dbs_core", *line]) for line in lines)


def _given(settings: Settings) -> dict[str, object]:
    """Give the options whose setting is not the default, by name.

    Of features made elsewhere also those that they would decide.
    """
    values = {o.name: value_at(settings, o.setting) for o in OPTIONS}
    default, said = Settings(), POOLED if settings.features.maps else ()
    return {
        option.name: values[option.name]
        for option in OPTIONS
        if option.setting in said
        or values[option.name] != value_at(default, option.setting)
    }


def _different(one: object, other: object, lead: str = "") -> list[str]:
    """Name the leaves in which two settings differ, by their paths."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return [
            path
            for name in one
            for path in _different(one[name], other.get(name), f"{lead}.{name}")
        ]
    return [] if one == other else [lead[1:]]
