"""Opening a file as a video container, whatever its name and whatever is in it."""

from collections.abc import Iterator
from pathlib import Path

import av

from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.regular_file import require_regular

CONTAINERS = (
    "asf,avi,flv,h264,hevc,m4v,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mpeg,mpegts,mpegvideo,ogg"
)
"""FFmpeg's demuxers of the files that `datasets.folders.VIDEO_SUFFIXES` names. Of its
others some take any text for video (tty), or open further files (concat, hls, image2).
"""


def open_container(path: Path) -> av.container.InputContainer:
    """Open a local video file, whatever its name looks like.

    Raises:
        InputError: no such file, not a file, not readable, or no video container.
    """
    require_regular(path)
    try:
        # "file:" and the whitelist: a name such as "http:x" is a name, and a play
        # list inside the file opens nothing beyond this machine's files.
        return av.open(
            f"file:{path}",
            metadata_errors="replace",
            options={
                "protocol_whitelist": "file",
                "format_whitelist": CONTAINERS,
            },
        )
    except av.error.ArgumentError as error:  # none of the list
        raise InputError(
            "not a video that can be opened",
            where=path,
            wanted="MP4, MOV, MKV, WebM, AVI, FLV, MPEG, TS, OGV or WMV",
            got="another kind of file",
        ) from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"not a video that can be opened ({describe(error)})", where=path
        ) from error


def packets(
    container: av.container.InputContainer, *streams: av.VideoStream
) -> Iterator[av.Packet]:  # type: ignore[type-arg]
    """Read all packets, or those of some streams, to the end.

    A stream that comes up on the way, as in some transport streams, PyAV does not know:
    its packets are passed over, where PyAV ends with an IndexError.
    """
    while True:
        try:
            yield from container.demux(*streams)
            return
        except IndexError:  # of a packet that was read: the next follows
            continue


def describe(error: BaseException) -> str:
    """Say in a few words what went wrong, without numbers and paths."""
    if isinstance(error, BlockingIOError):
        return "a stretch without one readable packet"
    return reason(error)
