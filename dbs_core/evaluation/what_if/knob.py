"""One knob: what it turns, from where to where, and how a value of it is written."""

import math
from dataclasses import dataclass

from dbs_core.runtime.errors import InputError

Value = float | str
ON, OFF = "on", "off"
FEW = 20
"""Most numbers of a list."""


@dataclass(frozen=True)
class Knob:
    """One knob: a number from `low` to `high`, one of `choices`, or a list.

    Of a `whole` one only whole numbers are values.

    `setting` is the path of what it turns in `Settings`, "" where it is none.
    """

    name: str
    label: str
    words: str
    group: str
    setting: str = ""
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05
    choices: tuple[str, ...] = ()
    listed: bool = False
    whole: bool = False

    def read(self, text: str) -> Value:
        """Read a value as it is written.

        Raises:
            InputError: it is none of this knob.
        """
        if self.choices:
            if text in self.choices:
                return text
            raise self._refused(" or ".join(self.choices), text)
        numbers = [
            _number(part) for part in (text.split("/") if self.listed else [text])
        ]
        inside = [n for n in numbers if n is not None and self._takes(n)]
        if len(inside) != len(numbers) or len(numbers) > FEW:
            several = ", several as 0.1/0.5" if self.listed else ""
            raise self._refused(f"{self.low:g} to {self.high:g}{several}", text)
        if self.listed:
            return "/".join(f"{n:g}" for n in inside)
        return inside[0]

    def _takes(self, number: float) -> bool:
        return self.low <= number <= self.high and (
            number.is_integer() or not self.whole
        )

    def _refused(self, wanted: str, text: str) -> InputError:
        return InputError(f"no value of {self.name}", wanted=wanted, got=text[:40])


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
