"""What the rows of a comparison are called, wherever they are shown."""

NAMES = {
    "dbs": "DBS",
    "dbs_without_head": "DBS without temporal head",
    "control": "control (no imprint)",
    "control_head": "control with temporal head",
    "ceiling_labels": "perfect labels",
    "ceiling_imprint": "perfect labels on the imprint",
}
SHORT = {
    "dbs": "DBS",
    "dbs_without_head": "no head",
    "control": "control",
    "control_head": "control+head",
    "ceiling_labels": "labels",
    "ceiling_imprint": "on imprint",
}
"""For narrow columns."""
