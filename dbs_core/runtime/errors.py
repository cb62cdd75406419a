"""The one exception for input that cannot be used: a clear line, never a trace.

Every message says what is wrong and where, what was wanted, what was found, and
how to mend it. The command line prints it and goes on with the next video; the
explorer shows it in the page.
"""


class InputError(ValueError):
    """Something the user gave (a file, a folder, a setting) cannot be used."""

    def __init__(
        self,
        what: str,
        *,
        where: object = "",
        wanted: object = "",
        got: object = "",
        cure: str = "",
    ) -> None:
        parts = [f"{where}: {what}" if str(where) else what]
        if str(wanted):
            parts.append(f"wanted {wanted}")
        if str(got):
            parts.append(f"got {got}")
        line = ", ".join(parts)
        if cure:
            line += f". {cure[0].upper()}{cure[1:].rstrip('.')}."
        # One line of text whatever a file name or a foreign message holds.
        super().__init__(printable(" ".join(line.split())))


def printable(text: str) -> str:
    """Give a text that any output takes; what a name has beside UTF-8 as \\udce9."""
    return text.encode(errors="backslashreplace").decode()


class CannotWrite(InputError):
    """The disk is full, or a folder cannot be written: no other video helps."""


class NothingToLearn(InputError):
    """A data set has nothing that a model could be learnt from."""


class Cancelled(Exception):
    """The user stopped a long job; what was finished so far is kept."""
