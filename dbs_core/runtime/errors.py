"""The one exception for input that cannot be used: a clear line, never a trace.

Every message says what is wrong and where, what was wanted, what was found, and
how to mend it. The command line prints it and goes on with the next video; the
explorer shows it in the page.
"""

from unicodedata import category


class InputError(ValueError):
    """Something the user gave (a file, a folder, a setting) cannot be used.

    Args:
        what: what is wrong, in words of ours.
        where: the file or the setting, with its line after a colon, or a place inside
            of it after a colon and a blank.
        wanted: what would do.
        got: what was found; may quote a file.
        because: the error underneath, or its words; may quote a file.
        cure: how to mend it.
    """

    def __init__(
        self,
        what: str,
        *,
        where: object = "",
        wanted: object = "",
        got: object = "",
        because: object = "",
        cure: str = "",
    ) -> None:
        self.what, self.where, self.wanted, self.got = what, where, wanted, got
        self.because, self.cure = because, cure
        super().__init__(_line(what, where, because, wanted, got, cure))

    @property
    def without_content(self) -> str:
        """The same line without a word from the file, for a page that others read.

        Keys of a JSON file are content too, so of the place its file and line stay.
        """
        inner = self.because
        below = inner.without_content if isinstance(inner, InputError) else ""
        where = str(self.where).split(": ", 1)[0]
        return _line(self.what, where, below, self.wanted, "", self.cure)


def _line(
    what: str, where: object, because: object, wanted: object, got: object, cure: str
) -> str:
    """Make one line of text, whatever a file name or a foreign message holds."""
    parts = [f"{where}: {what}" if str(where) else what]
    if why := reason(because) if isinstance(because, Exception) else str(because):
        parts[0] += f" ({why})"
    if str(wanted):
        parts.append(f"wanted {wanted}")
    if str(got):
        parts.append(f"got {got}")
    line = ", ".join(parts)
    if cure:
        line += f". {cure[0].upper()}{cure[1:].rstrip('.')}."
    return printable(" ".join(line.split()))


def reason(error: BaseException) -> str:
    """Say what an error says in words: no number of the system's, no second path."""
    words = getattr(error, "strerror", None) or error
    return str(words).strip() or type(error).__name__


def printable(text: str) -> str:
    """Give a text that any output takes and none obeys.

    What a name has beside UTF-8 is written out, as \\udce9, and so are control
    characters and those that turn the direction of writing: a terminal acts on them.
    """
    return "".join(
        c if c == "\n" or category(c) not in HIDDEN else _written_out(c) for c in text
    )


HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of what is no sign on paper."""


def _written_out(character: str) -> str:
    return character.encode("unicode_escape").decode()


class CannotWrite(InputError):
    """The disk is full, or a folder cannot be written: no other video helps."""


class NothingToLearn(InputError):
    """A data set has nothing that a model could be learnt from."""


class Cancelled(Exception):
    """The user stopped a long job; what was finished so far is kept."""
