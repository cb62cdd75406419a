"""One step, one entry: what is chosen, from the address into the session and back.

What is chosen lives in the session. In a full run, before the selectors are drawn, an
address that is not what was last written here is read: a link, or the browser's Back
or Forward. Else the session is right; after the selectors are drawn, and when the
player commits, the whole address is written at once, if it says something else. So each
step is one entry of the browser's history. The address with which somebody came stays
until a first step is made.
"""

from collections.abc import Container, Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.selection import judging
from explorer.selection.address import CHOICE, JUDGING, OF_PAGES, SCHEMA, VIEW, View
from explorer.selection.orders import EXPLORE, FILE

PLAYERS = {
    "explore": (EXPLORE, ("run", "split", "video")),
    "result_file": (FILE, ("other_file", "other_truth", "other_video")),
}
"""Pages with a player, and what of the address says which video it shows."""
START = "start"
"""The page whose own address is empty."""


def take_in(page: str) -> bool:
    """Read the address into the session, if it is a new one.

    Gives whether the page has just been opened.
    """
    state = st.session_state
    came_from, state["on_page"] = state.get("on_page"), page
    here = _here(page)
    moved = state["moved"] = came_from not in (None, page)
    if _is_read(here, moved=moved):
        _read(here, page)
        state["just_read"] = True
        state["address_last"] = here
    elif moved and here == state["address_last"]:
        state["just_read"] = True  # what the page leaves out of it is no step
    return came_from != page


def _is_read(here: Mapping[str, str], *, moved: bool) -> bool:
    """Say whether the address wins over the session.

    A browser that has not heard of the last step yet sends the address before it, and
    a link of the bar that was drawn before it says the old choice: both are known here,
    and only Back and Forward mean them.
    """
    last = st.session_state.get("address_last")
    if last is None:
        return True
    if moved and here == st.session_state.pop("leaving", None):
        return True
    if here == last:
        return False
    if _is_back_or_forward():
        return True
    if moved:
        return bool(here) and here not in st.session_state.get("offered", [])
    return here not in st.session_state.get("address_known", [])


def _is_back_or_forward() -> bool:
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", True))


def _say_again() -> None:
    """Tell the browser the address to which it went Back or Forward.

    It may have gone there before the address of the last step reached it, and stand at
    that one now. Where it stands right it does nothing.
    """
    st.query_params.from_dict(st.query_params.to_dict())


def _read(here: Mapping[str, str], page: str) -> None:
    state = st.session_state
    notes: list[str] = state.setdefault("notes", [])
    state["asked"] = {key: here[key] for key in CHOICE if here.get(key)}
    state["named"] = {}
    for key in CHOICE:
        state.pop(key, None)
    state.pop("cls_video", None)
    judging.read(here, notes)
    for key in ("score_of", "score_of_file"):
        state.pop(key, None)  # it is about the run or the file of the same address
    slot, _ = PLAYERS.get(page, (EXPLORE, ()))
    if page in PLAYERS or any(key in here for key in VIEW):
        state[slot.asked] = {key: here[key] for key in VIEW if key in here}
    for key, rest in OF_PAGES.get(page, {}).items():
        text = here.get(key, "")
        if isinstance(rest, int):
            state[key] = int(text) if text.isdecimal() and len(text) < 9 else rest
        else:
            state[key] = text or rest


def write() -> None:
    """Write the whole address, if it does not say yet what is chosen."""
    state = st.session_state
    said, here = whole(state["on_page"]), _here(state["on_page"])
    # A link that left open what was chosen here stays as short as it is.
    short = state.pop("moved", False) and here.items() <= said.items()
    done = state.pop("just_read", False) or short
    new = said != state.get("address_settled") or here != state["address_last"]
    state["address_settled"] = said
    _know("address_known", here)
    if done:
        state["address_last"] = here
        if _is_back_or_forward():
            _say_again()
    elif new:
        # Though `here` may say the same: a browser that has not heard of the last step
        # yet is on its way there. One that stands right does nothing.
        st.query_params.from_dict(said)
        _know("address_known", said)
        state["address_last"] = said


def runs_alone() -> bool:
    """Say whether this is a run of a part of the page, not of all of it."""
    return bool(getattr(get_script_run_ctx(), "fragment_ids_this_run", None))


def write_alone() -> None:
    """Write the address from a callback, where a part of the page runs alone.

    A run of all writes it by itself, once it knows which page it is: it may be another
    than the one that was left with this word on its way.
    """
    if runs_alone():
        write()


def hold(page: str, key: str, options: Container[object]) -> None:
    """Make a page's own control hold an option, before it is drawn."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = OF_PAGES[page][key]


def whole(page: str) -> dict[str, str]:
    """Give the whole address of what is chosen, as a page says it."""
    state = st.session_state
    said = {"v": SCHEMA, **state.get("asked", {}), **state.get("named", {})}
    if "cls" in state.get("named", {}):
        said["cls"] = state["cls"]  # a panel or the player may have changed it since
    said |= judging.query()
    for key, rest in OF_PAGES.get(page, {}).items():
        if state.get(key, rest) not in (rest, None):
            said[key] = str(state[key])
    if page in PLAYERS:
        slot, names = PLAYERS[page]
        if state.get(f"{slot.view}_of") == tuple(said.get(key) for key in names):
            said |= state.get(slot.view, View()).query()
    return said


def offered(page: str) -> dict[str, str]:
    """Give the address for a link to a page; what is chosen stays."""
    said = whole(page)
    _know("offered", said)
    return said


def leave(page: str) -> dict[str, str]:
    """Give the address for a link that is followed at once.

    It is read when the page comes: a selector that the browser has not drawn yet tells
    its old option once more.
    """
    said = st.session_state["leaving"] = whole(page)
    return said


def _here(page: str) -> dict[str, str]:
    names = ("v", *CHOICE, *JUDGING, *VIEW, *OF_PAGES.get(page, {}))
    return {name: st.query_params[name] for name in names if name in st.query_params}


def _know(key: str, address: dict[str, str]) -> None:
    """Keep the last addresses of a kind, the newest last."""
    known: list[dict[str, str]] = st.session_state.setdefault(key, [])
    if address in known:
        known.remove(address)
    known.append(address)
    del known[:-100]
