"""Colours: legible in both themes, told apart, the same for a class everywhere."""

import itertools

import pytest

from dbs_core.pictures.palette import class_colours, colour_slots
from explorer.elements.palette import palette


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (
        x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_text_and_marks_are_legible(kind: str) -> None:
    colours = palette(kind)
    for ground in (colours.background, colours.panel):
        assert contrast(colours.text, ground) >= 7
        for mark in (colours.right, colours.wrong):
            assert contrast(mark, ground) >= 4.5
        for colour in colours.categories:
            assert contrast(colour, ground) >= 2.0
    # Buttons write white on it, chosen items write it on the ground: 4.3 is the
    # most that one blue can have on both in the dark.
    assert contrast(colours.primary, "#FFFFFF") >= 4.2
    assert contrast(colours.primary, colours.background) >= 4.2


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_class_colours_differ(kind: str) -> None:
    for one, other in itertools.combinations(palette(kind).categories, 2):
        apart = sum(
            abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5)
        )
        assert apart > 60, (one, other)


def test_few_classes_keep_their_colour_from_video_to_video() -> None:
    assert colour_slots([3], 6) == {3: 2}
    assert colour_slots([1, 3], 6)[3] == 2


def test_many_classes_share_the_colours_out_and_end_in_grey() -> None:
    slots = colour_slots(list(range(10, 20)), 20)
    assert [slots[x] for x in range(10, 20)] == [0, 1, 2, 3, 4, 5, 6, -1, -1, -1]
    colours = class_colours(list(range(10, 20)), 20, palette("dark"))
    assert colours[19] == "#8A94A0"
