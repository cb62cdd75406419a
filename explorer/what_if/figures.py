"""What the knobs did: in a line, by tIoU, by class, and the videos that moved most."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.comparing.charts import class_chart
from explorer.elements.palette import palette
from explorer.selection import page_change
from explorer.selection.sidebar import Choice

SHOWN = 200
"""Videos in the page."""
COLUMNS = {
    "video": st.column_config.TextColumn("Video"),
    "before": st.column_config.NumberColumn("AP as it stands, %", format="%.1f"),
    "after": st.column_config.NumberColumn("turned, %", format="%.1f"),
    "difference": st.column_config.NumberColumn("difference", format="%+.1f"),
}


def show_whole(found: Mapping[str, Any], *, turned: bool) -> None:
    """Say mAP before and after, with the interval, and all tIoUs in a table."""
    at, before, after = found["at"], found["before"], found["after"]
    stands = before["map"][at]
    if not turned:
        st.markdown(
            f"**mAP@{at} {stands:.1f} % as it stands** ({before['detections']} "
            "detections). Turn a knob: this says what it would do."
        )
    else:
        gain = found["interval"]
        st.markdown(
            f"**mAP@{at}: {stands:.1f} % as it stands, {after['map'][at]:.1f} % "
            f"turned: {gain['estimate']:+.1f} points**{_draws(gain)}"
        )
        st.caption(
            f"{before['detections']} detections became {after['detections']}. "
            f"Rule: {found['protocol']}, {found['subset']}. All scores count: turn "
            "*Least score* to leave weak detections out."
        )
    rows = [
        {"mAP, %": "as it stands", **before["map"]},
        {"mAP, %": "turned", **after["map"]},
        {"mAP, %": "difference", **found["difference"]},
    ]
    st.dataframe(
        rows[:1] if not turned else rows,
        hide_index=True,
        column_config={
            tiou: st.column_config.NumberColumn(tiou, format="%.1f")
            for tiou in before["map"]
        },
        alt="mAP at every tIoU, before and after",
    )


def _draws(gain: Mapping[str, float | None]) -> str:
    """Say what draws of videos say; nothing where no draw had any truth."""
    if gain["above_zero"] is None:
        return ""
    return (
        f" (95 % of draws of videos: {gain['low']:+.1f} to {gain['high']:+.1f}; "
        f"better in {gain['above_zero']:.0%})"
    )


def show_classes(found: Mapping[str, Any]) -> None:
    """Draw what each class gained, with its interval; the numbers behind it."""
    at, by_class = found["at"], found["by_class"]
    figure = class_chart(
        {"difference_by_class": {name: {at: one} for name, one in by_class.items()}},
        at,
        palette(st.context.theme.type or "light"),
        "turned less as it stands",
    )
    st.caption(f"Each class at tIoU {at}. Whiskers: 95 % of draws of videos.")
    st.plotly_chart(
        figure,
        key="wi_figure",
        config={"displaylogo": False},
        alt="What each class gained or lost",
    )
    with st.expander("The same as a table"):
        rows = [{"class": name, **values} for name, values in by_class.items()]
        st.dataframe(rows, hide_index=True, alt="What each class gained: numbers")


def show_videos(found: Mapping[str, Any], choice: Choice | None) -> None:
    """List the videos that moved most; a marked one opens where it is shown."""
    rows = [
        row | {"difference": row["after"] - row["before"]}
        for row in found["videos"]
        if row["after"] != row["before"]
    ]
    if not rows:
        st.info("No video's AP moved.")
        return
    st.markdown(f"**{len(rows)} of {len(found['videos'])} videos moved**, most first")
    marked = st.dataframe(
        rows[:SHOWN],
        key="wi_videos",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        height=min(360, 40 + 35 * len(rows)),
        column_config=COLUMNS,
        alt="Videos that moved most",
    )
    page, title, icon, name = (
        ("explore", "Explore", ":material/grid_view:", "video")
        if choice
        else ("result_file", "Result file", ":material/description:", "other_video")
    )
    places = marked["selection"]["rows"]
    if places and places[0] < len(rows):
        video_id = str(rows[places[0]]["video"])
        st.button(
            f"Open it in {title}",
            key="wi_open",
            type="primary",
            icon=icon,
            on_click=page_change.open_page,
            args=(page,),
            kwargs={name: video_id},
        )
    else:
        st.caption(f"Mark a row to open its video in {title}.")
