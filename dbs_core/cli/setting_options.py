"""Options that decide a run: one table; parser, settings and command line follow it.

What an option may be given is the type of the setting that it names.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from dbs_core.cli.option_values import Parser, clips, not_negative, positive, whole
from dbs_core.method.features.settings import NAMES
from dbs_core.method.pooled import pooled_choices
from dbs_core.method.setting_paths import changed
from dbs_core.method.settings import Settings, paper_settings
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True)
class Option:
    """An option `--name` of a setting, named by its path in `Settings`."""

    name: str
    setting: str
    help: str
    metavar: str | None = None
    read: Callable[[str], object] | None = None
    """How a value is read, where its setting's type says too little."""

    @property
    def key(self) -> str:
        """Its name among parsed arguments."""
        return self.name.replace("-", "_")


OPTIONS = (
    Option("backbone", "features.backbone", f"network: {NAMES}", "NAME"),
    Option(
        "stream",
        "features.stream",
        "what the network sees: frames, or the motion from each on",
    ),
    Option(
        "flow-method",
        "features.flow",
        "how motion is found (tvl1: only with opencv-contrib-python-headless)",
    ),
    Option(
        "flow-input",
        "features.flow_input",
        "motion as ten channels of a changed first layer, or as one picture",
    ),
    Option(
        "precision",
        "features.precision",
        "of the network: bfloat16 is faster, on CPUs that have it, and gives other "
        "features",
    ),
    Option(
        "rate",
        "features.rate_hz",
        "sampled frames a second; maps made elsewhere: how many a second they are",
        "HZ",
        positive,
    ),
    Option(
        "offset",
        "features.offset_s",
        "maps made elsewhere: time of the first, the middle of its clip (default: 0)",
        "S",
        not_negative,
    ),
    Option(
        "channels",
        "features.channels",
        "maps made elsewhere: how many, where files do not tell them from times",
        "D",
        whole(1),
    ),
    Option(
        "mirrored",
        "features.mirrored",
        "train on each video's mirror image too: twice the features",
    ),
    Option("grid", "epitome.grid", "cells along each side, 16 to 64"),
    Option(
        "imprint",
        "epitome.model",
        "epitome as in the paper, or the counting grid before it",
    ),
    Option("start", "epitome.start", "first imprint"),
    Option("search", "epitome.search", "full or fast EM"),
    Option(
        "metric",
        "metric.kind",
        "axes of the EM: principal ones, or trained end to end with the labels",
    ),
    Option("targets", "target.kind", "label maps"),
    Option("architecture", "architecture", "FCN of PAPER Table 2"),
    Option("dimensions", "descriptor.dimensions", "channels of the descriptors"),
    Option("whiten", "descriptor.whiten", "whiten descriptors"),
    Option("epochs", "training.epochs", "training epochs of the FCN"),
    Option(
        "held-out",
        "training.held_out",
        "calibrate scores and choose the score threshold on videos held out of a "
        "second, shorter training",
    ),
    Option("crops", "crops", "train on each instance as a video of its own too"),
    Option(
        "untrimmed",
        "untrimmed",
        "learn labels from videos with background; without, from instances "
        "(--crops) and clips (--trimmed) alone, with --head none",
    ),
    Option("projection", "projection", "Eq. 7 or Eq. 6"),
    Option(
        "head",
        "head.kind",
        "after back-projection: none as in the paper, or a network over time, of one "
        "scale (conv) or of several (pyramid)",
    ),
    Option(
        "members",
        "members",
        "imprints, FCNs, controls and heads of a run, of seeds 1000 apart, whose "
        "scores are averaged (default: 1)",
        "N",
        whole(1),
    ),
)
"""In the order of the help; one that is not given keeps the base's value."""


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add what decides a run; unset options keep the base's value."""
    group = parser.add_argument_group(
        "settings", "unset ones keep the default, or the paper's with --paper"
    )
    group.add_argument(
        "--paper",
        action="store_true",
        help="start from the paper's own choices (noise start, Eq. 5 targets, "
        "whitened 512 dimensions, plain TAG and CDC) instead of ours",
    )
    for option in OPTIONS:
        group.add_argument(f"--{option.name}", help=option.help, **_accepted(option))
    group.add_argument(
        "--clips",
        type=clips,
        metavar="LENGTH:STRIDE:FPS",
        help="maps made elsewhere are of clips of so many frames, one every STRIDE, "
        "of a video of FPS (16:4:25): says --rate and --offset",
    )


def settings_of(args: argparse.Namespace) -> Settings:
    """Build the settings that the options ask for.

    Raises:
        InputError: they do not go together.
    """
    base = paper_settings() if args.paper else Settings()
    return changed(base, {**unasked(args), **_given(args)})


def tried_settings(text: str, args: argparse.Namespace) -> Settings:
    """Build the settings asked for, with "name=value,..." of options changed.

    Raises:
        InputError: no such option, not one of its values, or they do not go together.
    """
    parser = Parser(prog="", add_help=False, exit_on_error=False, allow_abbrev=False)
    add_settings(parser)
    words = []
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        known = {option.name: option for option in OPTIONS}
        if name not in known or not value:
            raise InputError(
                "no setting to try",
                wanted="NAME=VALUE with NAME one of " + ", ".join(known),
                got=repr(part),
            )
        if "action" in _accepted(known[name]):
            words.append(_switch(name, value))
        else:
            words += [f"--{name}", value]
    try:
        changes = parser.parse_args(words)
    except argparse.ArgumentError as error:
        raise InputError(f"no setting to try: {error.message}", got=text) from error
    keys = {option.key for option in OPTIONS}
    given = {k: v for k, v in vars(changes).items() if k in keys and v is not None}
    return settings_of(argparse.Namespace(**{**vars(args), **given}))


def _switch(name: str, value: str) -> str:
    """Give the word that turns an option on or off.

    Raises:
        InputError: neither yes nor no.
    """
    if value not in ("yes", "no"):
        raise InputError(f"{name}=", wanted="yes or no", got=repr(value))
    return f"--{name}" if value == "yes" else f"--no-{name}"


def unasked(args: argparse.Namespace) -> dict[str, object]:
    """Give the settings that the features decide, as none were asked for.

    Raises:
        InputError: no features are where they are said to be.
    """
    given = _given(args)
    features = changed(Settings(), given).features
    chosen = {} if args.paper else pooled_choices(features)
    return {path: value for path, value in chosen.items() if path not in given}


def unasked_note(args: argparse.Namespace) -> str:
    """Say which options stand for what the features decide; "" where none does."""
    chosen = unasked(args)
    words = [f"--{o.name} {chosen[o.setting]}" for o in OPTIONS if o.setting in chosen]
    return f"pooled features, so {' '.join(words)}" if words else ""


def settings_words(args: argparse.Namespace) -> list[str]:
    """Give the options that ask for these settings; of a file or folder its name."""
    words = ["--paper"] if args.paper else []
    given = _given(args)
    for option in OPTIONS:
        if option.setting in given:
            words += _words(option.name, given[option.setting])
    return words


def _words(name: str, value: object) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    kind, colon, where = str(value).partition(":")
    return [f"--{name}", f"{kind}{colon}{Path(where).name}"]


def _given(args: argparse.Namespace) -> dict[str, object]:
    """Give the settings that were asked for, by their path."""
    values = {option.setting: getattr(args, option.key) for option in OPTIONS}
    given = {path: value for path, value in values.items() if value is not None}
    if args.clips is not None:
        if {"features.rate_hz", "features.offset_s"} & set(given):
            raise InputError(
                "--clips says --rate and --offset", cure="give one or the other"
            )
        given["features.rate_hz"], given["features.offset_s"] = args.clips
    return given


def _accepted(option: Option) -> dict[str, Any]:
    """Say what `add_argument` needs to take values of the setting's type."""
    if option.read is not None:
        return {"type": option.read, "metavar": option.metavar}
    kind: Any = Settings
    for name in option.setting.split("."):
        kind = get_type_hints(kind)[name]
    if get_origin(kind) is Literal:
        return {"choices": get_args(kind)}
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    return {"type": kind, "metavar": option.metavar}
