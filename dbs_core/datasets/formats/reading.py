"""How a result file is read: against which videos and classes, by which rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dbs_core.datasets.formats.mended_spans import Reversed

LabelNumbers = Literal["auto", "names", "ids", "thumos14", "order-0", "order-1"]
"""What numbers as labels are: nothing but names, the truth's own ids, THUMOS'14's
official ids, or places in the class list counted from 0 or from 1."""


@dataclass(frozen=True)
class Reading:
    """How to take the ids, labels and spans of a result file.

    `videos` are the truth's; without them every id stays as it is written and nothing
    has to fit. `ids` says what the class list's own numbers are called in the truth,
    "" where it has none. `subsets` names the subset of videos that the truth has
    beside these. `when_reversed` is the protocol's rule for a start after its end.
    """

    videos: Collection[str] = ()
    ids: str = "official ids of the class list"
    numbers: LabelNumbers = "auto"
    subsets: Mapping[str, str] = field(default_factory=dict)
    when_reversed: Reversed = "exchange"


AS_WRITTEN = Reading()
