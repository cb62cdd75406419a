"""Whether times can be seconds: most spans past their video's end are frame numbers."""

from collections.abc import Mapping

import numpy as np

from dbs_core.records import Segments

_SLACK_S = 1.0
"""Annotations and detections run a little over; frame numbers run over by far."""


def beyond_the_end(
    what: str, spans: Mapping[str, Segments], durations_s: Mapping[str, float]
) -> tuple[str, ...]:
    """Say so where most spans end after their video; nothing where that is not known.

    Args:
        what: what the spans are, for the sentence.
        spans: of each video.
        durations_s: of the videos whose duration is known.
    """
    known = [v for v in spans if v in durations_s and len(spans[v])]
    if not known:
        return ()
    over = {v: spans[v].spans_s[:, 1] > durations_s[v] + _SLACK_S for v in known}
    beyond = sum(int(past.sum()) for past in over.values())
    total = sum(len(past) for past in over.values())
    if 2 * beyond <= total:
        return ()
    first = next(v for v in known if over[v].any())
    end = float(np.max(spans[first].spans_s[:, 1]))
    return (
        f"{beyond} of {total} {what} end after their video does ({first}: {end:g} of "
        f"{durations_s[first]:g} s): are the times frame numbers? They are read as "
        "seconds; divide them by the frame rate",
    )
