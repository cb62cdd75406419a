"""Amounts in words: one of a thing, or many of them."""


def many(number: int, thing: str) -> str:
    """Write a number with what it counts: 1 video, 2 videos, 3 classes."""
    ending = "" if number == 1 else "es" if thing.endswith("s") else "s"
    return f"{number} {thing}{ending}"
