"""THUMOS'14's twenty classes, and the one rule by which data is called THUMOS'14.

Any set of twenty classes may lie in THUMOS'14's layout, and copies of the class list
number the classes anew (METHOD section 8.1). Files are read by the ids they bring;
data is called THUMOS'14 only where every name stands beside its official number.
"""

from dbs_core.records import ClassList

NAME = "THUMOS'14"
OFFICIAL = {
    7: "BaseballPitch",
    9: "BasketballDunk",
    12: "Billiards",
    21: "CleanAndJerk",
    22: "CliffDiving",
    23: "CricketBowling",
    24: "CricketShot",
    26: "Diving",
    31: "FrisbeeCatch",
    33: "GolfSwing",
    36: "HammerThrow",
    40: "HighJump",
    45: "JavelinThrow",
    51: "LongJump",
    68: "PoleVault",
    79: "Shotput",
    85: "SoccerPenalty",
    92: "TennisSwing",
    93: "ThrowDiscus",
    97: "VolleyballSpiking",
}
"""Names by official id, as in the `detclasslist.txt` of the data set."""


def is_thumos14(kind: str, classes: ClassList) -> bool:
    """Say whether data is THUMOS'14: its layout and its twenty classes, no other.

    Args:
        kind: a data set's layout, one of `dataset.KINDS`, or the kind of a run.
        classes: the data's classes; their order does not matter.
    """
    return kind == "thumos14" and _numbered(classes) == sorted(OFFICIAL.items())


def data_name(kind: str, folder: str, classes: ClassList) -> str:
    """Name data: THUMOS'14 where it is that, else by its folder's name."""
    return NAME if is_thumos14(kind, classes) else folder


def shared_classes(classes: ClassList) -> int:
    """Count the classes that are THUMOS'14's, by official id and name."""
    return len({*OFFICIAL.items()} & {*_numbered(classes)})


def _numbered(classes: ClassList) -> list[tuple[int, str]]:
    return sorted(zip(classes.official_ids, classes.names, strict=True))
