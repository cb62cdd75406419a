"""What a video file really holds: the integrity record of one file.

Comes in: a path. Goes out: a VideoInfo. The first frame is decoded, the rest only
read packet by packet, which is fast and finds the true end; headers are believed
only where they agree.
"""

from pathlib import Path

import av

from dbs_core.errors import InputError
from dbs_core.records import VideoInfo
from dbs_core.video.stream import VideoStream, describe


def probe(path: Path) -> VideoInfo:
    """Give the integrity record of a video file; a damaged file never raises.

    Raises:
        InputError: there is no such file, or it is a folder.
    """
    if path.is_dir():
        raise InputError("a folder, not a video file", where=path)
    if not path.exists():
        raise InputError("no such file", where=path)
    try:
        with VideoStream(path) as video:
            return _info(video)
    except InputError as error:
        problem = str(error).removeprefix(f"{path}: ")
        return VideoInfo(0.0, 0.0, 0, 0, "", readable=False, problems=(problem,))


def _info(video: VideoStream) -> VideoInfo:
    width, height = video.upright_size(video.first)
    problems = [video.problem] if video.problem else []
    spans, broken = _packet_spans(video.path)
    if broken:
        problems.append(f"damaged: {broken}")
    step = float(video.stream.time_base or 1)
    start = min((s for s, _ in spans), default=0)
    end = max((e for _, e in spans), default=0)
    duration_s = max((end - start) * step, video.frame_s)
    return VideoInfo(
        duration_s=duration_s,
        frame_rate=1 / video.frame_s,
        width=width,
        height=height,
        codec=video.stream.codec_context.name,
        rotation=round(video.first.rotation) % 360,
        problems=tuple(problems),
    )


def _packet_spans(path: Path) -> tuple[list[tuple[int, int]], str]:
    """Time of each frame's packet as (start, end) in time-base units."""
    spans = []
    with av.open(f"file:{path}", metadata_errors="replace") as container:
        stream = container.streams.best("video")
        assert stream is not None
        rate = stream.average_rate or 25
        usual = int(1 / (rate * (stream.time_base or 1)))
        try:
            for packet in container.demux(stream):
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is not None and packet.size and not packet.is_discard:
                    spans.append((stamp, stamp + (packet.duration or usual)))
        except (av.error.FFmpegError, OSError) as error:
            return spans, describe(error)
    return spans, ""
