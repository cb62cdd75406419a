"""Counted warnings: what a reader mended or left out, how often, and where first."""


class Tally:
    """Counts each kind of oddity and remembers where it was met first."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def add(self, what: str, where: object, times: int = 1) -> None:
        """Count an oddity; `where` is kept of the first of its kind."""
        if times:
            self._count[what] = self._count.get(what, 0) + times
            self._first.setdefault(what, str(where))

    def say(self, sentence: str) -> None:
        """Keep a sentence that is not counted and stands for itself."""
        self._count.setdefault(sentence, 0)

    def count(self, what: str) -> int:
        """Give how often an oddity was met."""
        return self._count.get(what, 0)

    def lines(self) -> tuple[str, ...]:
        """Give one sentence for each kind: "72 x start after end (first: f.txt:3)"."""
        return tuple(
            f"{times} x {what} (first: {self._first[what]})" if times else what
            for what, times in self._count.items()
        )
