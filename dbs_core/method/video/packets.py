"""When a video's packets begin and end: its true length without decoding.

Comes in: a path. Goes out: first and last second of the video stream. Headers often
promise another length (a download cut short, a copied header); packets do not.
"""

from dataclasses import dataclass

import av

from dbs_core.method.video.container import describe, open_container
from dbs_core.method.video.stream import VideoStream, cut_short


@dataclass(frozen=True)
class PacketTimes:
    """Seconds on the file's own clock, which need not begin at 0.

    `count` is the number of frames stored, whether or not they decode.
    """

    start_s: float
    end_s: float
    count: int
    problem: str | None = None

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
        span = _Span(video.frame_s)
        whole = _Span(video.frame_s)
        try:
            for packet in container.demux():
                if packet.size and not packet.is_discard:
                    whole.add(packet)
                    if packet.stream_index == stream.index:
                        span.add(packet)
        except (av.error.FFmpegError, OSError) as error:
            problem = f"damaged: {describe(error)}"
        return PacketTimes(
            span.start_s,
            span.end_s,
            span.count,
            # Some containers promise the end, others the length from the start.
            problem
            or cut_short(
                (container.duration or 0) / av.time_base,
                max(whole.end_s, whole.end_s - whole.start_s),
            ),
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
        self.start_s = min(self.start_s, start_s) if self.count else start_s
        self.end_s = max(self.end_s, end_s) if self.count else end_s
        self.count += 1
