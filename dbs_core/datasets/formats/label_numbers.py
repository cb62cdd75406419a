"""What numbers as labels mean: one class list is numbered in several ways.

THUMOS'14 has official ids (7, 9, 12, ...), its evaluation kits renumber them from 1,
ActionFormer and what stands on it count from 0 and keep that as `label_id` in the
annotation. The truth's own ids come first; another numbering is taken only where all
numbers fit it, and then it is said.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.reading import Reading
from dbs_core.datasets.names import folded
from dbs_core.datasets.thumos_classes import OFFICIAL
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True)
class Numbering:
    """One way to number the classes; `option` is its name for --labels."""

    option: str
    what: str
    labels: Mapping[int, int]


def integer(text: str) -> int | None:
    """Read "7", and the "7.0" that some scripts write; None for anything else."""
    try:
        number = float(text)
        return int(number) if number.is_integer() else None
    except ValueError:
        return None


def numbering(
    numbers: Collection[int],
    classes: ClassList,
    reading: Reading,
    first: int,
    where: str,
    tally: Tally,
) -> Numbering:
    """Choose what the numbers of a file mean, and say so where that is not plain.

    Args:
        numbers: all numbers that stand for a class.
        classes: the classes, with the truth's own ids.
        reading: which numbering was asked for.
        first: the number of the first class where a file of this kind counts.
        where: the place of a number, for messages.
        tally: told which numbering was taken, where another would do too.

    Raises:
        InputError: no numbering fits.
    """
    known = {one.option: one for one in _numberings(classes, reading)}
    if reading.numbers in known:
        return known[reading.numbers]
    if reading.numbers != "auto":
        raise InputError(
            f"the classes have no numbers of the kind --labels {reading.numbers}",
            where=where,
            wanted="--labels " + " or ".join(("names", *known)),
        )
    fitting = [one for one in _tried(known, reading, first) if _fits(one, numbers)]
    if fitting:
        _say(fitting, numbers, classes, tally)
        return fitting[0]
    own = known.get("ids")
    if own is None or 2 * len(own.labels.keys() & set(numbers)) < len(numbers):
        raise _unfit(where, numbers, classes, known)
    return own


def _numberings(classes: ClassList, reading: Reading) -> list[Numbering]:
    """List the ways to number the classes, the truth's own first."""
    labels = range(1, len(classes) + 1)
    found = []
    if reading.ids:
        own = dict(zip(classes.official_ids, labels, strict=True))
        found.append(Numbering("ids", reading.ids, own))
    official = {folded(name): number for number, name in OFFICIAL.items()}
    numbers = [official.get(folded(name)) for name in classes.names]
    if None not in numbers:
        of_thumos = {n: i for n, i in zip(numbers, labels, strict=True) if n}
        found.append(Numbering("thumos14", "THUMOS'14's official ids", of_thumos))
    for start in (0, 1):
        places = {i - 1 + start: i for i in labels}
        what = f"places in the class list counted from {start}"
        found.append(Numbering(f"order-{start}", what, places))
    return found


def _tried(
    known: Mapping[str, Numbering], reading: Reading, first: int
) -> list[Numbering]:
    """Give what is tried by itself, in this order.

    Without a list in a file, the order of the classes is our alphabet: no one counts
    by it.
    """
    options = ["ids", "thumos14"]
    if reading.ids.startswith("official"):
        options += [f"order-{first}", f"order-{1 - first}"]
    return [known[option] for option in options if option in known]


def _fits(one: Numbering, numbers: Collection[int]) -> bool:
    return set(numbers) <= one.labels.keys()


def _say(
    fitting: list[Numbering], numbers: Collection[int], classes: ClassList, tally: Tally
) -> None:
    """Say which numbering was taken, unless it is the truth's own and the only one."""
    taken = fitting[0]
    meant = _meaning(taken, numbers)
    others = [one for one in fitting[1:] if _meaning(one, numbers) != meant]
    if taken.option == "ids" and not others:
        return
    lowest = min(numbers)
    name = classes.name_of(taken.labels[lowest])
    alike = " or ".join(f"{one.what} (--labels {one.option})" for one in others)
    tally.say(
        f"numbers as labels are taken as {taken.what}, {lowest} is {name}; "
        + (f"they could be {alike}" if alike else "--labels chooses another numbering")
    )


def _meaning(one: Numbering, numbers: Collection[int]) -> dict[int, int]:
    return {number: one.labels[number] for number in numbers}


def _unfit(
    where: str,
    numbers: Collection[int],
    classes: ClassList,
    known: Mapping[str, Numbering],
) -> InputError:
    own = known.get("ids")
    listed = ", ".join(str(number) for number in sorted(numbers)[:5])
    more = ", ..." if len(numbers) > 5 else ""
    if own is None:
        wanted = f"names like {classes.names[0]!r}: the truth has no 'label_id'"
    else:
        ids = sorted(own.labels)
        wanted = f"{own.what}, {ids[0]} to {ids[-1]}, or names like {classes.names[0]}"
    orders = [option for option in known if option.startswith(("order", "thumos"))]
    return InputError(
        "numbers as labels that do not fit the truth",
        where=where,
        wanted=wanted,
        got=listed + more,
        cure="say what they are: --labels " + ", ".join(orders),
    )
