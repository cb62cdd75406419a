"""Values of options, checked where they are read: before any work.

A function here is an argparse type. A value out of its range ends the command with one
line (`OutOfRange`, see `Parser`); a word that is no value at all gets the usage too.
"""

import argparse
import math
import sys
from collections.abc import Callable
from typing import NoReturn

import numpy as np

from dbs_core.runtime.errors import InputError

REACHED = 1e-6
"""How far, in steps, the end of start:step:stop may lie from a step."""


class OutOfRange(argparse.ArgumentTypeError):
    """A value that reads well and makes no sense."""


class Parser(argparse.ArgumentParser):
    """Says a value out of its range in one line, like any input that cannot be used."""

    def error(self, message: str) -> NoReturn:
        """End with the usage, or raise the one line (InputError)."""
        reason = getattr(sys.exception(), "__context__", None)
        if isinstance(reason, OutOfRange):
            raise InputError(message.removeprefix("argument "))
        if isinstance(reason, InputError):  # the value's type says what is wrong
            raise reason
        super().error(message)


def whole(
    least: int, most: int | None = None, *, odd: bool = False
) -> Callable[[str], int]:
    """Give the type of whole numbers in a range; with `odd` also 0 or odd ones only."""
    wanted = f"{least} or more" if most is None else f"{least} to {most}"
    wanted = "0 or an odd number" if odd else f"a whole number, {wanted}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"wanted {wanted}, got {text!r}") from None
        if number < least or (most is not None and number > most):
            raise OutOfRange(f"wanted {wanted}, got {number}")
        if odd and number and number % 2 == 0:
            raise OutOfRange(f"wanted {wanted}, got {number}")
        return number

    return read


def share(text: str) -> float:
    """Read a number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"wanted 0 to 1, got {text!r}") from None
    if not 0 <= number <= 1:
        raise OutOfRange(f"wanted 0 to 1, got {text}")
    return number


def positive(text: str) -> float:
    """Read a finite number above 0."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"wanted a number above 0, got {text!r}"
        ) from None
    if not 0 < number < math.inf:
        raise OutOfRange(f"wanted a number above 0, got {text}")
    return number


def not_negative(text: str) -> float:
    """Read a finite number from 0 on."""
    number = finite(text)
    if number < 0:
        raise OutOfRange(f"wanted 0 or more, got {text}")
    return number


def clips(text: str) -> tuple[float, float]:
    """Read "length:stride:fps" of clips as how many a second, and the first's middle.

    Raises:
        InputError: not three numbers above 0.
    """
    try:
        length, stride, fps = (float(part) for part in text.split(":"))
        if min(length, stride, fps) > 0 and max(length, stride, fps) < math.inf:
            return fps / stride, length / 2 / fps
    except ValueError:
        pass
    raise InputError(
        "no clips",
        wanted="frames of a clip, frames from one to the next, frames a second: "
        "16:4:25",
        got=repr(text),
    )


def finite(text: str) -> float:
    """Read any finite number."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"wanted a number, got {text!r}") from None
    if not math.isfinite(number):
        raise OutOfRange(f"wanted a finite number, got {text}")
    return number


seed = whole(0)
"""What every generator of random numbers takes."""

port = whole(1, 65535)
"""Where a server may listen."""

filter_width = whole(0, odd=True)
"""Frames that a running maximum looks at, the one in the middle among them."""


def thresholds(text: str) -> np.ndarray:
    """Read tIoU thresholds: "0.5", "0.5,0.3" in any order, or "0.5:0.05:0.95".

    They come rising, each once.

    Raises:
        InputError: none of them; with a hint where step and stop are exchanged.
    """
    parts = text.replace(",", " ").split()
    try:
        values = np.unique(np.concatenate([_values(part) for part in parts]))
        if (values >= 0).all() and (values <= 1).all():
            return values
    except (ValueError, TypeError, OverflowError):
        pass
    raise InputError(
        "no thresholds",
        wanted="0.5 or 0.3,0.5,0.7 or 0.5:0.05:0.95 (start:step:stop), from 0 to 1",
        got=repr(text),
        cure=_cure(text),
    )


def _values(part: str) -> np.ndarray:
    numbers = [float(number) for number in part.split(":")]
    return np.array(numbers) if len(numbers) == 1 else _steps(*numbers)


def _steps(start: float, step: float, stop: float) -> np.ndarray:
    """Give start, start + step, ..., stop (ValueError where no step ends there).

    linspace, as the kits have it: 0.5:0.05:0.95 ends exactly at 0.95.
    """
    steps = (stop - start) / step if step > 0 else 0.0
    if not 1 - REACHED <= steps <= 1e4 or abs(steps - round(steps)) > REACHED:
        raise ValueError(f"{start}:{step}:{stop}")
    return np.linspace(start, stop, round(steps) + 1)


def _cure(text: str) -> str:
    """Say what would be right where three numbers are no start:step:stop."""
    try:
        start, step, stop = (float(part) for part in text.split(":"))
    except ValueError:
        return ""
    try:
        _steps(start, stop, step)
    except ValueError:
        return f"steps of {step:g} from {start:g} do not reach {stop:g}"
    return f"the step stands in the middle: {start:g}:{stop:g}:{step:g}"
