"""The action classes; label 0 is background."""

from dataclasses import dataclass

from dbs_core.records.checks import require
from dbs_core.records.one_line import cut

BACKGROUND = 0
SHOWN = 6
"""Classes that a list shows of itself by name."""


@dataclass(frozen=True)
class ClassList:
    """The action classes of a data set, in the order of its class-list file.

    Label 0 is background; label i >= 1 is `names[i - 1]`. `official_ids` are the
    data set's own numbers (THUMOS'14: 7, 9, 12, ...), used only in its files.
    """

    names: tuple[str, ...]
    official_ids: tuple[int, ...]

    def __post_init__(self) -> None:
        require(
            len(self.names) == len(self.official_ids),
            f"official_ids: wanted {len(self.names)}, got {len(self.official_ids)}",
        )
        require(
            len(set(self.names)) == len(self.names),
            f"names: wanted each class once, got {sorted(self.names)}",
        )

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        names = [cut(name) for name in self.names[:SHOWN]]
        rest = ["..."] if len(self) > SHOWN else []
        return f"ClassList({len(self)}: {', '.join([*names, *rest])})"

    @property
    def channels(self) -> int:
        """Number of score channels: the classes and background."""
        return len(self.names) + 1

    def label_of(self, name: str) -> int:
        """Give the label of a class name; KeyError when it is not in the list."""
        try:
            return self.names.index(name) + 1
        except ValueError:
            raise KeyError(name) from None

    def name_of(self, label: int) -> str:
        """Give the name of a label, "background" for 0."""
        return "background" if label == BACKGROUND else self.names[label - 1]
