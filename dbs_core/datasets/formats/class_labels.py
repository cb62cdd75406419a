"""Class names and numbers of a result file, made into labels of the truth's classes.

A name counts as it is written, else in any letter case and with blanks, underscores
or none. What is no class of the list is left out and counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.label_numbers import integer, numbering
from dbs_core.datasets.formats.reading import Reading
from dbs_core.datasets.names import by_key, folded
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError

UNKNOWN = -1


def labels_of(
    texts: Sequence[str],
    classes: ClassList,
    reading: Reading,
    where: Callable[[int], str],
    tally: Tally,
    *,
    first: int = 0,
) -> list[int]:
    """Give the label of each text, -1 for what is no class.

    Args:
        texts: class names or numbers.
        classes: the classes that they may be.
        reading: how numbers are taken.
        where: names the place of a text for messages.
        tally: told what was taken for something else, and what is unknown.
        first: the number of the first class where a file of this kind counts.

    Raises:
        InputError: none of them is a class of the list.
    """
    texts = [text.strip() for text in texts]
    rows: dict[str, int] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, row)
    label_of = _meanings(rows, classes, reading, first, where, tally)
    counts = Counter(texts)
    _say_alike(rows, counts, label_of, classes, where, tally)
    for text in counts:
        if label_of[text] == UNKNOWN:
            tally.add(
                f"{_called(text)} is not in the class list, left out",
                where(rows[text]),
                counts[text],
            )
    if texts and all(label == UNKNOWN for label in label_of.values()):
        raise InputError(
            "no class of it is in the truth",
            where=where(0),
            wanted=f"classes like {classes.names[0]!r}" if len(classes) else "any",
            got=repr(texts[0][:80]),
        )
    return [label_of[text] for text in texts]


def own_classes(texts: Iterable[str]) -> ClassList:
    """Give the labels of a file without class list as classes, by alphabet."""
    names = tuple(sorted({text.strip() for text in texts}))
    return ClassList(names, tuple(range(1, len(names) + 1)))


def _meanings(
    rows: Mapping[str, int],
    classes: ClassList,
    reading: Reading,
    first: int,
    where: Callable[[int], str],
    tally: Tally,
) -> dict[str, int]:
    """Give each different text, of which the first row is known, its label."""
    exact = {name: i for i, name in enumerate(classes.names, start=1)}
    alike = by_key(classes.names, folded)
    found: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for text in rows:
        number = None if reading.numbers == "names" else integer(text)
        if text in exact:
            found[text] = exact[text]
        elif number is not None:
            numbers[text] = number
        else:
            found[text] = exact.get(alike.get(folded(text), ""), UNKNOWN)
    if numbers:
        place = where(rows[next(iter(numbers))])
        values = set(numbers.values())
        taken = numbering(values, classes, reading, first, place, tally)
        found |= {t: taken.labels.get(n, UNKNOWN) for t, n in numbers.items()}
    return found


def _say_alike(
    rows: Mapping[str, int],
    counts: Mapping[str, int],
    label_of: Mapping[str, int],
    classes: ClassList,
    where: Callable[[int], str],
    tally: Tally,
) -> None:
    """Say how many names were matched in another spelling, with one of them."""
    other = [
        text
        for text in counts
        if label_of[text] != UNKNOWN
        and integer(text) is None
        and classes.name_of(label_of[text]) != text
    ]
    if other:
        tally.add(
            f"class name in another spelling, {other[0]!r} is "
            f"{classes.name_of(label_of[other[0]])}",
            where(rows[other[0]]),
            sum(counts[text] for text in other),
        )


def _called(text: str) -> str:
    number = integer(text)
    return f"class '{text[:80]}'" if number is None else f"class id {number}"
