"""What is on show, at all times: whose data, and what is not the paper's."""

from dataclasses import dataclass

import streamlit as st

from dbs_core.datasets.thumos_classes import NAME, is_thumos14, shared_classes
from dbs_core.runs.provenance import features_of
from dbs_core.runs.run import RunInfo
from dbs_core.runtime.amounts import many
from explorer.elements.escaping import escape

WEIGHTS = {
    "short": "weights (trained here)",
    "long": "Weights: trained here, seed {seed}. The authors never published theirs.",
}


LAYOUTS = {
    "ucf101": "UCF101",
    "activitynet": "ActivityNet layout",
    "table": "annotation in a table",
}


@dataclass(frozen=True)
class Badge:
    """A word for the data with its colour, and what differs from the paper."""

    text: str
    icon: str
    colour: str
    short: str
    long: str


def badge_of(info: RunInfo) -> Badge:
    """Say what a run shows; whatever comes from a file is escaped."""
    text, icon, colour, short, long = _data(info)
    made = escape(features_of(info))
    features = (
        f"Features: {made}. The paper: BN-Inception, in the author's code with "
        "Kinetics weights, RGB and optical flow, 5 fps."
    )
    parts = [short, f"features ({made})", WEIGHTS["short"]]
    parts = [part for part in parts if part]
    weights = WEIGHTS["long"].format(seed=info.seed)
    details = [part for part in (long, features, weights) if part]
    return Badge(text, icon, colour, ", ".join(parts), "\n\n".join(details))


def _data(info: RunInfo) -> tuple[str, str, str, str, str]:
    count = len(info.classes)
    if info.kind == "sample":
        return (
            "rendered sample",
            "science",
            "orange",
            "data (rendered)",
            f"Data: computer graphics, {many(count, 'class')}, "
            f"{shared_classes(info.classes)} of them THUMOS'14's. Results say that the "
            "software works, not how well the method does on real video.",
        )
    if info.kind == "video":
        return (
            "your video",
            "movie",
            "green",
            "data (yours)",
            f"Data: a video of yours. Only the {many(count, 'class')} of the model can "
            "be found in it.",
        )
    if is_thumos14(info.kind, info.classes):
        return NAME, "dataset", "blue", "", ""
    name = LAYOUTS.get(info.kind, "THUMOS'14 layout, other data")
    long = f"Data: {name}, {many(count, 'class')}. The paper's tables are on THUMOS'14."
    return name, "dataset", "blue", "data", long


def show_badge(info: RunInfo) -> None:
    """Draw the badge and, below it, what is not the paper's."""
    badge = badge_of(info)
    st.badge(escape(badge.text), icon=f":material/{badge.icon}:", color=badge.colour)
    st.caption(f"Not the paper's: {badge.short}", help=badge.long)
