"""Video files as frames with their own times. PyAV is the only decoder.

In: a video file. Out: what it really holds (`probe`), and frames by presentation time,
sampled steadily or the one at a moment.
"""

from dbs_core.method.video.probing import duration_s, probe
from dbs_core.method.video.sampling import Sampling, frame_at, sample_frames

__all__ = ["Sampling", "duration_s", "frame_at", "probe", "sample_frames"]
