"""What a video file really holds: the integrity record of one file.

Comes in: a path. Goes out: a VideoInfo. The first and the last frames are decoded,
the rest is only read packet by packet: fast, and headers are believed only where
they agree.
"""

from pathlib import Path

from dbs_core.method.video.packets import PacketTimes, packet_times
from dbs_core.method.video.stream import VideoStream
from dbs_core.records import VideoInfo
from dbs_core.records.checks import LONGEST_S
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.regular_file import require_regular

LEAP_S = 3600.0
"""No frame of a video stays longer than this on screen; a damaged time stamp says so.
"""
_TAIL_S = 0.5
"""So far apart, the last stored and the last decoded frame are no missing frames."""


def probe(path: Path) -> VideoInfo:
    """Give the integrity record of a video file; a damaged file never raises.

    `duration_s` is counted from the first frame that decodes to the end of the last
    one; `frame_rate` is the header's where the frames bear it out, else the average.
    Pixels are taken as square.

    Raises:
        InputError: there is no such file, or it is a folder.
    """
    require_regular(path)
    try:
        with VideoStream(path) as video:
            return _info(video, packet_times(video))
    except InputError as error:
        problem = str(error).removeprefix(f"{path}: ")
        return VideoInfo(0.0, 0.0, 0, 0, "", readable=False, problems=(problem,))


def duration_s(path: Path) -> float:
    """Give the seconds of video in a file, from its packets: quick, little decoded.

    Raises:
        InputError: missing, no video, or without a single frame that decodes.
    """
    with VideoStream(path) as video:
        return _length_s(video, packet_times(video))


def _info(video: VideoStream, packets: PacketTimes) -> VideoInfo:
    width, height = video.upright_size(video.first)
    length_s = _length_s(video, packets)
    zero_s = packets.start_s if video.zero_s is None else video.zero_s
    stored_s = packets.last_s - zero_s
    shown_s = _last_decoded_s(video, stored_s)
    problems = [video.problem or packets.problem]
    if shown_s < stored_s - _TAIL_S:
        decoded_s = shown_s + video.frame_s
        problems.append(f"decodes only to {decoded_s:.1f} s of {length_s:.1f} s")
        length_s = decoded_s
    return VideoInfo(
        duration_s=length_s,
        frame_rate=_frame_rate(video, packets),
        width=width,
        height=height,
        codec=video.stream.codec_context.codec.canonical_name,
        rotation=round(video.first.rotation) % 360,
        problems=tuple(problem for problem in problems if problem),
    )


def _length_s(video: VideoStream, packets: PacketTimes) -> float:
    """Seconds from the first decoded frame to the end of the last packet.

    Raises:
        InputError: times leap, so that most of the length would be of no frame.
    """
    late_s = 0.0 if video.zero_s is None else video.zero_s - packets.start_s
    length_s = max(packets.duration_s - max(late_s, 0.0), video.frame_s)
    if packets.gap_s > LEAP_S or length_s > LONGEST_S:
        raise InputError(
            "the times of its frames leap",
            where=video.path,
            wanted=f"at most {LEAP_S / 3600:g} hour without a new frame, and "
            f"{LONGEST_S / 3600:.0f} in all",
            got=f"{packets.count} frames in {length_s:.0f} s",
            cure="give it times by its frame rate, as ffmpeg -fflags +genpts does",
        )
    return length_s


def _last_decoded_s(video: VideoStream, stored_s: float) -> float:
    """Decode from the last stored frame on and give the start of the last one.

    Starts are compared, not ends: the last frame may stay for any time.
    """
    last_s = 0.0
    for last_s, _ in video.frames(stored_s):  # noqa: B007
        pass
    return last_s


def _frame_rate(video: VideoStream, packets: PacketTimes) -> float:
    promised, counted = 1 / video.frame_s, packets.frame_rate
    agree = abs(promised - counted) <= 0.02 * counted
    return promised if agree or not counted else counted
