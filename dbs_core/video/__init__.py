"""Video files: integrity, frames by presentation time. PyAV is the only decoder."""

from dbs_core.video.probing import duration_s, probe
from dbs_core.video.sampling import Sampling, frame_at, sample_frames

__all__ = ["Sampling", "duration_s", "frame_at", "probe", "sample_frames"]
