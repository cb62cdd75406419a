"""Not decoding pictures of H.264 that no sample shows and no other picture needs.

Comes in: each packet before it is decoded, each frame after. That no sampling time
falls between a picture and the next one is told from the packets' times; whether other
pictures refer to it the decoder sees (FFmpeg's skip_frame NONREF: H.264 marks pictures
that nothing refers to). All that is decoded is what it is in a full decode, unless the
damage of a file lies in what was left out: nobody saw that. Codecs whose marks say
less are decoded in full (HEVC's hold for one layer of time only).
"""

import bisect
from collections.abc import Callable, Iterable, Iterator

import av

from dbs_core.method.video.ticks import is_sampled


class Doubtful(Exception):
    """Frames come otherwise than packets promised: one left out may be wanted now."""


class LeavingOut:
    """Watches one run of a decoder, from a start or a seek on."""

    def __init__(
        self,
        context: av.VideoCodecContext,
        seconds: Callable[[int], float],
        *,
        trusted: bool,
    ) -> None:
        """Begin a run.

        Args:
            context: the decoder; its skip_frame is set packet by packet.
            seconds: from a time stamp of the file to seconds.
            trusted: whether the container keeps the time at which a frame is shown.
        """
        self._context, self._seconds = context, seconds
        self._trusted = trusted and context.codec.canonical_name == "h264"
        self._due: list[int] = []
        """Stamps of the packets whose frames have not come, in order."""
        self._needless: set[int] = set()
        """Those of them that need not come."""
        self._shown: int | None = None
        """Stamp of the last frame that came."""
        self._left_out = False
        context.skip_frame = "DEFAULT"

    def before(
        self,
        packet: av.Packet,  # type: ignore[type-arg]
        rate_hz: float | None,
    ) -> None:
        """Tell the decoder how to take the next packet.

        Args:
            packet: given to the decoder after this.
            rate_hz: samples a second; None where every frame is wanted.

        Raises:
            Doubtful: its time is not one to go by.
        """
        if self._left_out:
            self._context.skip_frame = "DEFAULT"
        # Neither the end's empty packet nor what an edit list cuts off gives a frame.
        if not self._trusted or not packet.size or packet.is_discard:
            return
        stamp = packet.pts
        late = stamp is None or (self._shown is not None and stamp <= self._shown)
        if stamp is None or late or stamp in self._due or packet.is_corrupt:
            self.doubt()
            return
        at = bisect.bisect(self._due, stamp)
        # Only before a picture that is here already: so where times are not those of
        # showing, but of decoding, nothing is left out.
        if rate_hz is not None and at < len(self._due):
            # One between them may follow: then this was wanted for less long.
            times_s = self._seconds(stamp), self._seconds(self._due[at])
            if not is_sampled(*times_s, rate_hz):
                self._context.skip_frame = "NONREF"
                self._left_out = True
                self._needless.add(stamp)
        self._due.insert(at, stamp)

    def after(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Give frames on that are what is due.

        Raises:
            Doubtful: one is not the next, damaged, or of two fields, which may have a
                packet each.
        """
        for frame in frames:
            if self._trusted and not self._as_due(frame):
                self.doubt()
            yield frame

    def _as_due(self, frame: av.VideoFrame) -> bool:
        stamp = frame.pts
        if stamp is None or stamp not in self._due:
            return False
        at = self._due.index(stamp)
        passed = set(self._due[:at])
        # What comes before the first frame lacks its references.
        missed = passed - self._needless if self._shown is not None else set()
        del self._due[: at + 1]
        self._needless -= {*passed, stamp}
        self._shown = stamp
        return not (missed or frame.is_corrupt or frame.interlaced_frame)

    def ended(self) -> None:
        """Compare the end with what is due.

        Raises:
            Doubtful: frames are missing.
        """
        if self._trusted and not self._needless.issuperset(self._due):
            self.doubt()

    def doubt(self) -> None:
        """Leave out nothing from here on.

        Raises:
            Doubtful: something was left out already.
        """
        self._trusted = False
        if self._left_out:
            raise Doubtful
