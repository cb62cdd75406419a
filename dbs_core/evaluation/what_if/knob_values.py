"""Which knobs are turned, and how far: as text, and as settings.

The page's address and the command's option name them alike: `nms=0.4,length=1`.
"""

from collections.abc import Mapping

from dbs_core.evaluation.what_if.knob import OFF, ON, Knob, Value
from dbs_core.evaluation.what_if.knobs import NAMED
from dbs_core.method.setting_paths import changed, value_at
from dbs_core.method.settings import Settings
from dbs_core.runtime.errors import InputError

Values = Mapping[str, Value]
"""What is turned, by the names of knobs."""


def read_values(text: str, named: Mapping[str, Knob] = NAMED) -> dict[str, Value]:
    """Read `name=value,name=value`; nothing is nothing turned.

    `named`: the knobs that there are.

    Raises:
        InputError: no such knob, or no value of it.
    """
    found: dict[str, Value] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, equals, value = part.partition("=")
        knob = named.get(name.strip())
        if knob is None or not equals:
            raise InputError(
                "no such knob",
                wanted="name=value of " + ", ".join(named),
                got=part[:40],
            )
        found[knob.name] = knob.read(value.strip())
    return found


def written(values: Values, named: Mapping[str, Knob] = NAMED) -> str:
    """Write what is turned as `read_values` reads it, in the order of the knobs."""
    return ",".join(
        f"{name}={as_text(values[name])}" for name in named if name in values
    )


def as_text(value: Value) -> str:
    """Write one value: whole numbers to the last digit, others to six."""
    if isinstance(value, str):
        return value
    return f"{value:.0f}" if value.is_integer() else f"{value:.6g}"


def path_of(knob: Knob, *, head: bool) -> str:
    """Name the setting that a knob turns: two have one with a head, one without."""
    if knob.setting == "nms":
        return "head.overlap" if head else "refinement.overlap"
    if knob.setting == "floor":
        return "head.floor" if head else "refinement.floor"
    return knob.setting


def value_in(settings: Settings, knob: Knob, *, head: bool) -> Value:
    """Give the value that a knob has in a run's settings."""
    value = value_at(settings, path_of(knob, head=head))
    if knob.setting == "head.kind":
        return OFF if value == "none" else ON
    if isinstance(value, bool):
        return ON if value else OFF
    if isinstance(value, tuple):
        return "/".join(f"{n:g}" for n in value)
    return value if isinstance(value, str) else float(str(value))


def turned(settings: Settings, values: Values, *, head: bool) -> Settings:
    """Give settings with knobs turned; filters leave them alone.

    Raises:
        InputError: a value that the settings do not take.
    """
    given: dict[str, object] = {}
    for name, value in values.items():
        knob = NAMED[name]
        if knob.setting and not (knob.setting == "head.kind" and value == ON):
            given[path_of(knob, head=head)] = _as_setting(knob, value)
    return changed(settings, given)


def _as_setting(knob: Knob, value: Value) -> object:
    """Give a knob's value as its setting holds it."""
    if knob.setting == "head.kind":
        return "none"
    if knob.listed:
        return tuple(float(part) for part in str(value).split("/"))
    return value == ON if knob.choices == (ON, OFF) else value
