"""From which score a detection counts, and at which tIoU it is right: for all pages."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.protocols.rules import RULES, THUMOS
from dbs_core.evaluation.video_matches import TIOU
from explorer.selection.address import number, read_score, read_tiou

ALL = "all"
_ANY = tuple(sorted({tiou for rule in RULES.values() for tiou in rule.tiou}))


def judging(own: float | None, tious: Sequence[float] = THUMOS.tiou) -> Judging:
    """Give what judges: what was chosen, else a run's own threshold.

    A tIoU that was chosen under another rule and is none of this one's is the usual one
    here; it stays chosen.
    """
    score = st.session_state.get("score")
    if score is None:
        score = own
    threshold = None if score in (None, ALL) else float(score)
    tiou = st.session_state.get("tiou", TIOU)
    return Judging(tiou if tiou in tious else TIOU, threshold)


def choose(score: float | str | None, tiou: float) -> None:
    """Choose a threshold (None: the run's own, "all": none) and a tIoU."""
    st.session_state["score"], st.session_state["tiou"] = score, tiou


def of_run(run_id: str) -> None:
    """Go back to the run's own threshold where another run is chosen.

    Scores of two runs do not mean the same.
    """
    _of("score_of", run_id)


def of_file(path: str) -> None:
    """Go back to all detections where another result file is chosen."""
    _of("score_of_file", path)


def _of(key: str, name: str) -> None:
    before, st.session_state[key] = st.session_state.get(key), name
    if before not in (None, name):
        st.session_state["score"] = None


def heard() -> None:
    """Note that the player shows what judges now."""
    st.session_state["judging_heard"] = query()


def is_news() -> bool:
    """Say whether what judges was changed since the player last heard of it."""
    return st.session_state.get("judging_heard") != query()


def query() -> dict[str, str]:
    """Give the address's part of it; what is at rest is left out."""
    found = {}
    score, tiou = st.session_state.get("score"), st.session_state.get("tiou", TIOU)
    if score is not None:
        found["score"] = score if score == ALL else number(score, places=4)
    if tiou != TIOU:
        found["tiou"] = number(tiou)
    return found


def read(query: Mapping[str, str], notes: list[str]) -> None:
    """Take over what an address says, and note what does not fit."""
    choose(
        read_score(query.get("score"), notes),
        read_tiou(query.get("tiou"), _ANY, TIOU, notes),
    )
