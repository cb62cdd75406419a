"""When features made elsewhere are: their times, and whether those fit the video."""

import numpy as np
from jaxtyping import Float64

from dbs_core.method.features.map_files import MapsFile, ReadMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.records.checks import LONGEST_S
from dbs_core.runtime.errors import InputError

OVERHANG_S = 2.0
OVERHANG_SHARE = 0.1
"""Maps may end this much before or after the video; else their rate must be wrong."""


def moments(
    read: ReadMaps, file: MapsFile, settings: FeatureSettings
) -> Float64[np.ndarray, " t"]:
    """Give each map's time: the file's, or by the rate from the first one's on.

    Raises:
        InputError: the file's do not increase from 0 on.
    """
    if read.times_s is None:
        return settings.offset_s + np.arange(len(read.maps)) / settings.rate_hz
    times_s = read.times_s
    if (
        not np.isfinite(times_s).all()
        or times_s[0] < 0
        or np.any(np.diff(times_s) <= 0)
    ):
        raise InputError(
            "times_s",
            where=file.path,
            wanted="increasing seconds from 0 on",
            got=times_s[:5],
        )
    return times_s


def end_of(
    times_s: Float64[np.ndarray, " t"],
    duration_s: float | None,
    read: ReadMaps,
    file: MapsFile,
    settings: FeatureSettings,
) -> float:
    """Give the seconds at which the last map ends, at least a moment after its time.

    Args:
        times_s: of the maps.
        duration_s: of the video, where it is known.
        read: says it too, maybe, and whether the times are its own.
        file: that was read.
        settings: of maps without times.

    Raises:
        InputError: maps go on after the video, or longer than any.
    """
    last, wanted = float(times_s[-1]), read.duration_s
    wanted = duration_s if wanted is None else wanted
    if wanted is None:
        end_s = last + (_lead(read, settings) or _spacing(times_s) or 1.0)
    elif last > wanted + slack_s(wanted):
        raise InputError(
            "maps go on after the video",
            where=file.path,
            wanted=f"times up to {wanted:.1f} s",
            got=f"{last:.1f} s",
            cure="give the right times_s in an .npz"
            + ("" if read.times_s is not None else ", or the maps' rate with --rate"),
        )
    else:
        end_s = max(wanted, last + 1e-3)
    if end_s > LONGEST_S:
        raise InputError(
            "maps of no video",
            where=file.path,
            wanted=f"at most {LONGEST_S:g} s",
            got=f"{end_s:g} s",
            cure="give the maps' rate with --rate, or times_s in an .npz",
        )
    return end_s


def require_length(
    times_s: Float64[np.ndarray, " t"], video_s: float, file: MapsFile
) -> None:
    """Check that maps reach about as far as their video: at a wrong rate they do not.

    Raises:
        InputError: they end much before or after it, with both lengths.
    """
    maps_s = reach_s(times_s)
    if abs(maps_s - video_s) > slack_s(video_s) + _spacing(times_s):
        raise InputError(
            f"maps end much {'before' if maps_s < video_s else 'after'} the video",
            where=file.path,
            wanted=f"{len(times_s)} maps over the video's {video_s:.1f} s",
            got=f"{maps_s:.1f} s",
            cure="give the maps' own rate with --rate, or times_s in an .npz",
        )


def reach_s(times_s: Float64[np.ndarray, " t"]) -> float:
    """Give the seconds that maps reach to: a step past the last one's time."""
    return float(times_s[-1]) + _spacing(times_s)


def slack_s(video_s: float) -> float:
    """Give how much before or after a video's end its maps may end."""
    return max(OVERHANG_S, OVERHANG_SHARE * video_s)


def lead_of(
    times_s: Float64[np.ndarray, " t"], read: ReadMaps, settings: FeatureSettings
) -> float:
    """Give how long before its time a map begins to stand: half a step.

    A map's time is the middle of its clip. A file that says otherwise holds, as maps of
    single frames do, what is shown from its time on.
    """
    if read.lead_s is not None:
        return min(read.lead_s, LONGEST_S)
    step_s = 1 / settings.rate_hz if read.times_s is None else _spacing(times_s)
    return step_s / 2


def _spacing(times_s: Float64[np.ndarray, " t"]) -> float:
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0


def _lead(read: ReadMaps, settings: FeatureSettings) -> float:
    """Half a clip: what comes before a map's time, and as much after it."""
    return settings.offset_s if read.times_s is None else 0.0
