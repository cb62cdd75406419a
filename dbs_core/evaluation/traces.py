"""How a run came to its detections: of a video, and of many one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.protocols.span_table import joined
from dbs_core.records import Candidates, Segments
from dbs_core.records.checks import freeze, require


@dataclass(frozen=True)
class Trace:
    """How a run came to a video's detections: proposals and what became of them."""

    proposals: Segments
    candidates: Candidates


@dataclass(frozen=True, eq=False)
class TraceTable:
    """The traces of many videos, one after the other: no record for each.

    `proposals_of[i]` and `candidates_of[i]` say how many of them video i has. Numbers
    of proposals and candidates count within their video, as in `Candidates`.
    """

    proposals: Segments
    proposals_of: Int[np.ndarray, " v"]
    candidates: Segments
    candidates_of: Int[np.ndarray, " v"]
    proposal: Int[np.ndarray, " c"]
    level: Float64[np.ndarray, " c"]
    suppressed_by: Int[np.ndarray, " c"]

    def __post_init__(self) -> None:
        n = len(self.candidates)
        arrays = self.proposal, self.level, self.suppressed_by
        require(
            all(array.shape == (n,) for array in arrays)
            and len(self.proposals_of) == len(self.candidates_of)
            and int(self.proposals_of.sum()) == len(self.proposals)
            and int(self.candidates_of.sum()) == n
            and bool((self.suppressed_by >= -1).all())
            and bool((self.suppressed_by < self.own(self.candidates_of)).all()),
            f"TraceTable: wanted proposal, level and winner of {n} candidates",
        )
        freeze(self)

    def __len__(self) -> int:
        return len(self.candidates_of)

    def own(self, values: Int[np.ndarray, " v"]) -> Int[np.ndarray, " c"]:
        """Give each candidate what its video has of `values`."""
        return np.repeat(values, self.candidates_of)

    @classmethod
    def of(cls, traces: Sequence[Trace]) -> "TraceTable":
        """Put traces under each other."""
        made = [trace.candidates for trace in traces]
        nothing = np.zeros(0, np.int64)
        return cls(
            joined([trace.proposals for trace in traces]),
            np.array([len(trace.proposals) for trace in traces], np.int64),
            joined([one.segments for one in made]),
            np.array([len(one.segments) for one in made], np.int64),
            np.concatenate([nothing, *(one.proposal for one in made)]),
            np.concatenate([np.zeros(0), *(one.level for one in made)]),
            np.concatenate([nothing, *(one.suppressed_by for one in made)]),
        )

    def select(self, videos: Int[np.ndarray, " w"]) -> "TraceTable":
        """Keep some of the videos, in that order."""
        if np.array_equal(videos, np.arange(len(self))):
            return self
        proposals = _rows(self.proposals_of, videos)
        rows = _rows(self.candidates_of, videos)
        return TraceTable(
            self.proposals.select(proposals),
            self.proposals_of[videos],
            self.candidates.select(rows),
            self.candidates_of[videos],
            self.proposal[rows],
            self.level[rows],
            self.suppressed_by[rows],
        )

    def makers(self) -> "list[TraceOf]":
        """Give what makes the trace of each video, where it is asked for."""
        ends = zip(
            np.cumsum(self.proposals_of).tolist(),
            np.cumsum(self.candidates_of).tolist(),
            strict=True,
        )
        return [TraceOf(self, i, *both) for i, both in enumerate(ends)]


def _rows(
    sizes: Int[np.ndarray, " v"], videos: Int[np.ndarray, " w"]
) -> Int[np.ndarray, " r"]:
    """Give the rows of some videos in a table of all."""
    first = (np.cumsum(sizes) - sizes)[videos]
    some = sizes[videos]
    start = np.cumsum(some) - some
    return np.arange(int(some.sum())) + np.repeat(first - start, some)


@dataclass(frozen=True, eq=False, slots=True)
class TraceOf:
    """Makes the trace of one video of a table."""

    table: TraceTable
    number: int
    proposals_end: int
    candidates_end: int

    def __call__(self) -> Trace:
        """Make it."""
        table, number = self.table, self.number
        end = self.proposals_end
        proposals = slice(end - int(table.proposals_of[number]), end)
        end = self.candidates_end
        rows = slice(end - int(table.candidates_of[number]), end)
        return Trace(
            table.proposals.select(proposals),
            Candidates(
                table.candidates.select(rows),
                table.proposal[rows],
                table.level[rows],
                table.suppressed_by[rows],
            ),
        )


class Traces(Mapping[str, Trace]):
    """The traces of many videos, each made where it is asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Trace]]) -> None:
        self._makers = makers

    def __getitem__(self, video_id: str) -> Trace:
        return self._makers[video_id]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def table(self, videos: Sequence[str]) -> TraceTable:
        """Put some of them under each other; those of one table are not made first."""
        makers = [self._makers[video_id] for video_id in videos]
        kept = [one for one in makers if isinstance(one, TraceOf)]
        if len(kept) == len(makers) and len({id(one.table) for one in kept}) == 1:
            numbers = np.array([one.number for one in kept], np.int64)
            return kept[0].table.select(numbers)
        return TraceTable.of([make() for make in makers])


def trace_table(traces: Mapping[str, Trace], videos: Sequence[str]) -> TraceTable:
    """Put the traces of some videos under each other."""
    if isinstance(traces, Traces):
        return traces.table(videos)
    return TraceTable.of([traces[video_id] for video_id in videos])
