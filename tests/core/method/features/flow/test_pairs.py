"""Which pairs are looked at: against a loop over all frames held in memory."""

from hypothesis import given
from hypothesis import strategies as st

from dbs_core.method.features.flow.pairs import with_flows

Pair = tuple[int, int]


def slow(count: int, chosen: list[int], wanted: int) -> dict[int, tuple[Pair, ...]]:
    """All pairs of the video in a list; the last one stands for those that lack."""
    pairs = [(i, i + 1) for i in range(count - 1)]
    return {
        i: tuple(pairs[min(i + k, len(pairs) - 1)] for k in range(wanted))
        if pairs
        else ()
        for i in chosen
    }


@st.composite
def videos(draw: st.DrawFn) -> tuple[int, list[int]]:
    count = draw(st.integers(1, 40))
    return count, sorted(draw(st.sets(st.integers(0, count - 1))))


@given(videos(), st.integers(1, 6))
def test_pairs_start_at_the_frame_and_the_last_is_repeated(video, wanted):
    count, chosen = video
    looked: list[Pair] = []

    def between(first: int, second: int) -> Pair:
        looked.append((first, second))
        return first, second

    frames = [(i / 10, i) for i in range(count)]
    some = [frames[i] for i in chosen]
    found = list(with_flows(frames, some, between, wanted))
    assert [frame for _, frame, _ in found] == chosen
    assert [time for time, _, _ in found] == [i / 10 for i in chosen]
    assert {frame: flows for _, frame, flows in found} == slow(count, chosen, wanted)
    # Each needed pair once, no other; the one before a last frame may come again.
    needed = {pair for flows in slow(count, chosen, wanted).values() for pair in flows}
    assert set(looked) == needed
    assert len(looked) <= len(needed) + 1


def test_reads_no_further_ahead_than_it_needs():
    read: list[int] = []

    def frames():
        for i in range(1000):
            read.append(i)
            yield float(i), i

    found = with_flows(frames(), iter([(3.0, 3), (10.0, 10)]), lambda a, b: (a, b), 5)
    next(found)
    assert max(read) == 8
    next(found)
    assert max(read) == 15


def test_no_frame_chosen():
    assert list(with_flows([(0.0, 0), (1.0, 1)], [], lambda a, b: (a, b))) == []
