"""When a video's packets begin and end: its true length without decoding.

Comes in: a path. Goes out: first and last second of the video stream. Headers often
promise another length (a download cut short, a copied header); packets do not.
"""

import math
from dataclasses import dataclass

import av

from dbs_core.method.video.container import describe, open_container, packets
from dbs_core.method.video.stream import VideoStream, cut_short

_ALIKE = 1.5
"""Two frames stay alike if neither stays longer than this times the other."""


@dataclass(frozen=True)
class PacketTimes:
    """Seconds on the file's own clock, which need not begin at 0.

    `last_s` is when the last frame comes on screen, `end_s` when it goes; `count` is
    the number of frames stored, whether or not they decode.
    """

    start_s: float
    last_s: float
    end_s: float
    count: int
    problem: str | None = None
    gap_s: float = 0.0
    """The longest that no new frame comes on screen."""

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self.end_s - self.start_s

    @property
    def frame_rate(self) -> float:
        """Frames a second, on average; 0 without frames."""
        return self.count / self.duration_s if self.duration_s > 0 else 0.0


def packet_times(video: VideoStream) -> PacketTimes:
    """Read through a video's packets."""
    with open_container(video.path) as container:
        stream = container.streams[video.stream.index]
        problem = None
        shown = _Shown(video.frame_s, mp4="mov" in container.format.name)
        others = _Span(video.frame_s)
        try:
            for packet in packets(container):
                if packet.size and not packet.is_discard:
                    own = packet.stream_index == stream.index
                    (shown if own else others).add(packet)
        except (av.error.FFmpegError, OSError) as error:
            problem = f"damaged: {describe(error)}"
        end_s = shown.gone_s
        whole_end_s = max(end_s, others.end_s) if others.count else end_s
        whole_start_s = min(
            [one.start_s for one in (shown, others) if one.count] or [0]
        )
        return PacketTimes(
            shown.start_s,
            shown.last_s,
            end_s,
            shown.count,
            # Some containers promise the end, others the length from the start.
            problem
            or cut_short(
                (container.duration or 0) / av.time_base,
                max(whole_end_s, whole_end_s - whole_start_s),
            ),
            shown.widest_s,
        )


class _Span:
    """Earliest start and latest end of packets; without times, their number."""

    def __init__(self, frame_s: float) -> None:
        self.frame_s = frame_s
        self.count = 0
        self.start_s = 0.0
        self.end_s = 0.0

    def add(self, packet: av.Packet) -> None:  # type: ignore[type-arg]
        step = float(packet.time_base or 1)
        stamp = packet.dts if packet.pts is None else packet.pts
        start_s = self.end_s if stamp is None else stamp * step
        end_s = start_s + (packet.duration or 0) * step
        if end_s == start_s:
            end_s += self.frame_s
        self._take(start_s, end_s)
        self.start_s = min(self.start_s, start_s) if self.count else start_s
        self.end_s = max(self.end_s, end_s) if self.count else end_s
        self.count += 1

    def _take(self, start_s: float, end_s: float) -> None:
        """See each packet's times before they are counted."""


class _Shown(_Span):
    """The frames of a video in the order in which they are shown.

    Where that is not the order of decoding (B-frames), MP4 keeps how far apart frames
    are decoded, not how long they stay: next to a pause that is off by the pause.
    """

    def __init__(self, frame_s: float, *, mp4: bool) -> None:
        super().__init__(frame_s)
        self._between_decodings = mp4
        self.last_s = 0.0
        self._last_end_s = 0.0
        self._before_s = -math.inf
        self._reordered = False
        self.widest_s = 0.0

    def _take(self, start_s: float, end_s: float) -> None:
        if self.count and start_s <= self.last_s:
            self._reordered = True
            self._before_s = max(self._before_s, start_s)
            return
        if self.count:
            self._before_s = self.last_s
            self.widest_s = max(self.widest_s, start_s - self.last_s)
        self.last_s, self._last_end_s = start_s, end_s

    @property
    def gone_s(self) -> float:
        """Second at which the last frame goes.

        Where frames are decoded out of order it stays as long as its packet says if
        that is like the frame before it, else as long as that one.
        """
        gap_s = self.last_s - self._before_s
        alike = self._last_end_s - self.last_s <= _ALIKE * gap_s
        if self._between_decodings and self._reordered:
            return self._last_end_s if alike else self.last_s + gap_s
        return self.end_s
