"""Going to another page by a button: the one place that does it.

A button that chooses something and changes the page is one step, so it must be one
entry of the browser's history. `st.switch_page` makes two: the address on the old page,
then the page. A link with the whole address makes one. So a button only says what it
wants; when the selectors have taken it over, the browser follows a link that nobody
sees.
"""

import itertools

import streamlit as st

from explorer.selection import links, steps
from explorer.selection.address import CHOICE, View

WANTED = "wanted_page"
_COUNT = itertools.count()  # the same script twice would run once
FOLLOW = """<script>
window.dbsLeaving = {0};
(function follow(tries) {{
  if (window.dbsLeaving !== {0}) return;  // a later one leads elsewhere
  const link = document.querySelector(".st-key-leave a");
  if (link) link.click();
  // A browser that has just come still fetches what draws links.
  else if (tries) setTimeout(() => follow(tries - 1), 50);
}})(200);
</script>"""


def open_page(page: str, **choice: str) -> None:
    """Go to a page of `app_pages`, with another run, split or video.

    A callback: when the body of a page runs, the selectors are drawn already.
    """
    if choice:
        links.answer(*CHOICE)
    st.session_state.update(choice)
    st.session_state[WANTED] = page


def open_moment(
    video_id: str,
    name: str,
    time_s: float,
    *,
    det: int | None = None,
    truth: int | None = None,
    run: str | None = None,
) -> None:
    """Go to a moment in Explore, a detection or a truth of a class pinned.

    `run`: of another run that has the same video.
    """
    choose_moment(video_id, name, time_s, det=det, truth=truth)
    if run is not None:
        st.session_state["run"] = run
    open_page("explore")


def choose_moment(
    video_id: str,
    name: str,
    time_s: float,
    *,
    det: int | None = None,
    truth: int | None = None,
) -> None:
    """Choose a video and a class, and the moment at which Explore opens it."""
    links.ask(video=video_id, cls=name)
    pinned = {"det": det, "truth": truth}
    view = {key: str(number) for key, number in pinned.items() if number is not None}
    # A moment later: the sample that holds the start, not the one before it.
    st.session_state["asked_view"] = {"t": f"{time_s + 0.01:.2f}"} | view


def open_in_file(
    video_id: str,
    name: str,
    time_s: float,
    *,
    detection: int | None = None,
    truth: int | None = None,
) -> None:
    """Go to a moment in Result file, a detection or a truth of a class pinned."""
    choose_in_file(video_id, name, time_s, detection=detection, truth=truth)
    open_page("result_file")


def choose_in_file(
    video_id: str,
    name: str,
    time_s: float,
    *,
    detection: int | None = None,
    truth: int | None = None,
) -> None:
    """Choose a video and a class of the file, and the moment at which it opens."""
    slot, names = steps.PLAYERS["result_file"]
    state = st.session_state
    state["other_video"], state[slot.cls] = video_id, name
    view = state[slot.view] = View(
        time_s=time_s + 0.01, detection=detection, truth=truth
    )
    state[f"{slot.view}_of"] = tuple(state.get(key) or None for key in names)
    state[slot.asked] = view.query()


def is_wanted() -> bool:
    """Say whether this run only leads to another page."""
    return WANTED in st.session_state


def change_page() -> None:
    """Go where a button wants to, if one does."""
    if page := st.session_state.pop(WANTED, None):
        with st.container(key="leave"):
            st.page_link(
                f"app_pages/{page}.py", label=page, query_params=steps.leave(page)
            )
            st.html(FOLLOW.format(next(_COUNT)), unsafe_allow_javascript=True)
