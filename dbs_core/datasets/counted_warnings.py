"""Counted warnings: what a reader mended or left out, how often, and where first."""

FEW = 3
"""Places that are named of what was left out; the rest stands in `left_out`."""
BEFORE_ZERO = "start before 0 s, kept"
"""Said by the readers of every layout."""
MOST = 10_000
"""Places that are kept: a file with more is no annotation with a few slips."""


class Tally:
    """Counts each kind of oddity and remembers where it was met first."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}
        self._first: dict[str, list[str]] = {}
        self._left_out: list[str] = []

    def add(self, what: str, where: object, times: int = 1) -> None:
        """Count an oddity; `where` is kept of the first of its kind."""
        if times:
            self._count[what] = self._count.get(what, 0) + times
            self._first.setdefault(what, [str(where)])

    def leave_out(self, what: str, where: object) -> None:
        """Count what cannot be used; the first few are named, each is listed."""
        kind = f"{what}, left out"
        self._count[kind] = self._count.get(kind, 0) + 1
        first = self._first.setdefault(kind, [])
        if len(first) < FEW:
            first.append(str(where))
        if len(self._left_out) < MOST:
            self._left_out.append(f"{where}: {what}")

    def say(self, sentence: str) -> None:
        """Keep a sentence that is not counted and stands for itself."""
        self._count.setdefault(sentence, 0)

    def count(self, what: str) -> int:
        """Give how often an oddity was met."""
        return self._count.get(what, 0)

    def lines(self) -> tuple[str, ...]:
        """Give one sentence for each kind: "72 x start after end (first: f.txt:3)"."""
        return tuple(
            f"{times} x {what} (first: {', '.join(self._first[what])})"
            if times
            else what
            for what, times in self._count.items()
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """What cannot be used, one by one: "f.txt:3: no end after a start"."""
        return tuple(self._left_out)
