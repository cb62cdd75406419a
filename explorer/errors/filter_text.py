"""The filters of the list as one word of the address, and back."""

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

from dbs_core.evaluation.diagnosis.picked import Picked


def to_text(picked: Picked) -> str:
    """Write filters, "" where there are none."""
    parts: list[tuple[str, object]] = [
        *(("kind", kind) for kind in picked.kinds),
        *(("class", name) for name in picked.classes),
        *(("stage", name) for name in picked.stages),
    ]
    if picked.step is not None:
        parts.append(("step", picked.step))
    if picked.bin is not None:
        parts.append(("bin", f"{picked.bin[0]}-{picked.bin[1]}"))
    if picked.cell is not None:
        parts += [("truth", picked.cell[0]), ("as", picked.cell[1])]
    for name, limits in (("score", picked.score), ("length", picked.length_s)):
        if limits is not None:
            parts.append((name, "-".join(map(_number, limits))))
    return urlencode(parts)


def from_text(text: str) -> Picked:
    """Read filters; what does not parse is no filter."""
    pairs = parse_qsl(text, keep_blank_values=True)
    many = {name: [v for k, v in pairs if k == name] for name, _ in pairs}
    one: Mapping[str, str] = dict(pairs)
    name, _, number = one.get("bin", "").rpartition("-")
    step = one.get("step", "")
    return Picked(
        kinds=tuple(many.get("kind", ())),
        classes=tuple(many.get("class", ())),
        stages=tuple(many.get("stage", ())),
        step=int(step) if step.isdecimal() and len(step) < 3 else None,
        bin=(name, int(number)) if number.isdecimal() and len(number) < 3 else None,
        cell=(one["truth"], one["as"]) if {"truth", "as"} <= one.keys() else None,
        score=_limits(one.get("score")),
        length_s=_limits(one.get("length")),
    )


def _number(value: float) -> str:
    """Write a number whole and without exponent: a limit must not cut what it is of."""
    return format(Decimal(repr(value)).normalize(), "f").replace("Infinity", "inf")


def _limits(text: str | None) -> tuple[float, float] | None:
    low, _, high = (text or "").partition("-")
    try:
        limits = float(low), float(high)
    except ValueError:
        return None
    return limits if 0 <= limits[0] <= limits[1] else None
