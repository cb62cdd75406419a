"""What the page makes a player show; a number tells each order from the last."""

from dataclasses import dataclass

import streamlit as st

from explorer.selection.address import View

LINKED, CLASS, BAR, FILE_VIDEOS = (
    *("linked", "class_choice", "pages_bar_links", "file_videos"),
)
"""What runs anew when the player commits a class or what judges: its own fragment,
what shows them, and the links of the bar. Not the page: the player would go off the
screen meanwhile."""


@dataclass(frozen=True)
class Slot:
    """Whose player: the names in the session of its view and its class.

    `follows` are the fragments that show what judges, or the class.
    """

    player: str
    view: str
    cls: str
    follows: tuple[str, ...]

    @property
    def asked(self) -> str:
        """The name of what a link asks for."""
        return f"asked_{self.view}"

    @property
    def heard(self) -> str:
        """The name of the number of the player's last word that was listened to."""
        return f"{self.view}_heard"


EXPLORE = Slot("player", "view", "cls", (LINKED, CLASS, BAR))
FILE = Slot("file_player", "file_view", "other_cls", (LINKED, FILE_VIDEOS, BAR))
"""The player of the page Explore, and that of the page Result file."""


def order(view: View, slot: Slot = EXPLORE) -> None:
    """Make the player show a view, with the class and what judges."""
    state, name = st.session_state, slot.view
    state[name] = view
    state[f"{name}_order"] = state.get(f"{name}_order", 0) + 1
    state[f"{name}_stays"] = False


def order_in_place(slot: Slot = EXPLORE) -> None:
    """Make the player show its view with another class or threshold, wherever it is."""
    if slot.view in st.session_state:
        order(st.session_state[slot.view], slot)
        st.session_state[f"{slot.view}_stays"] = True


def class_key() -> str:
    """Give the key of the selector of the class that is on screen."""
    return f"cls_{st.session_state.setdefault('class_turn', 0)}"


def class_chosen(key: str) -> None:
    """Take the class of a selector; the player shows it wherever it is now."""
    if key != class_key():
        return  # a late word of one that is not there any more
    st.session_state["cls"] = st.session_state[key]
    st.session_state["class_chosen"] = True
    order_in_place()
