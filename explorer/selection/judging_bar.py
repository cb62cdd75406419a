"""The score threshold and the tIoU of a data set's table, and what they give in all."""

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from dbs_core.evaluation.judge import THRESHOLDS, Judge, Judging
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.report import threshold_name
from dbs_core.records import ClassList
from explorer.elements.escaping import escape
from explorer.elements.glossary import tip
from explorer.selection import judging as chosen

SCORE, TIOU = "judging_score", "judging_tiou"


def show_judging(judging: Judging, own: float | None, tious: Sequence[float]) -> None:
    """Draw the two, as the player has them; a change holds for all pages."""
    levels: list[float | str] = [chosen.ALL, *THRESHOLDS[1:]]
    state = st.session_state
    state[SCORE] = _nearest(judging.threshold)
    state[TIOU] = judging.tiou
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.select_slider(
            "Scores from",
            levels,
            key=SCORE,
            format_func=lambda level: level if level == chosen.ALL else f"{level:.2f}",
            width=260,
            help="Detections that score less are left out, here and in Explore: as if "
            "they had not been made.",
            on_change=_take,
        )
        st.button(
            "All", key="judging_all", on_click=_choose, args=(chosen.ALL,), width=64
        )
        if own is not None:
            st.button(
                "Run's own",
                key="judging_own",
                on_click=_choose,
                args=(None,),
                help=f"From {own:.2f}: of highest F1 on training videos held out",
            )
        _tiou(tious, _take)


def show_tiou(judging: Judging, tious: Sequence[float]) -> None:
    """Draw the tIoU alone, where scores are chosen otherwise."""
    st.session_state[TIOU] = judging.tiou
    _tiou(tious, _take_tiou)


def _tiou(tious: Sequence[float], take: Callable[[], None]) -> None:
    st.selectbox(
        "tIoU",
        list(tious),
        key=TIOU,
        format_func=threshold_name,
        width=92,
        help=tip("tIoU"),
        on_change=take,
    )


def _nearest(threshold: float | None) -> float | str:
    if threshold is None:
        return chosen.ALL
    near = min(THRESHOLDS, key=lambda level: abs(level - threshold))
    return near or chosen.ALL


def _take() -> None:
    chosen.choose(st.session_state[SCORE], st.session_state[TIOU])


def _take_tiou() -> None:
    chosen.choose(st.session_state.get("score"), st.session_state[TIOU])


def _choose(score: float | str | None) -> None:
    chosen.choose(score, st.session_state[TIOU])


def scores_from(judging: Judging) -> str:
    """Say of a figure which detections it is of: an mAP of some is another number."""
    if judging.threshold is None:
        return ", all scores"
    return f" from score {judging.threshold:.2f}"


def in_words(
    judge: Judge,
    judging: Judging,
    classes: ClassList,
    names: Collection[str],
    interval: Interval | None = None,
) -> str:
    """Say mAP, precision and recall of a data set, or of some of its classes.

    `interval` is that of the mAP of all.
    """
    labels = [classes.label_of(name) for name in names]
    value = judge.mean_precision(classes, judging.tiou, labels)
    if value is None:
        return ""
    whose = f" of {escape(', '.join(names))}" if names else ""
    kind = "AP" if len(names) == 1 else "mAP"
    average, tious = judge.average_precision(classes, labels) or 0.0, judge.rule.tiou
    point = judge.whole(judging, labels)
    least = "" if judging.threshold is None else f" from score {judging.threshold:.2f}"
    return (
        f"**{kind}@{threshold_name(judging.tiou)} {value:.1%}**{whose}"
        f"{_between(interval)}, {average:.1%} on average over tIoU "
        f"{threshold_name(tious[0])} to {threshold_name(tious[-1])} (all scores) · "
        f"precision {_percent(point.precision)}, recall {_percent(point.recall)}{least}"
    )


def _between(interval: Interval | None) -> str:
    if interval is None or not interval.draws:
        return ""
    low, high = (float(end[0]) for end in (interval.low, interval.high))
    return f" (95 % of draws of videos: {low:.1%} to {high:.1%})"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
