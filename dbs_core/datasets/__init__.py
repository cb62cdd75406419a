"""Data sets: videos with classes, splits and truth, from the layouts they come in."""

from dbs_core.datasets.activitynet import open_activitynet
from dbs_core.datasets.annotation import Annotation, read_annotation, read_truth
from dbs_core.datasets.class_list import read_classes
from dbs_core.datasets.dataset import (
    Dataset,
    Elsewhere,
    canonical_split,
    without_repeats,
)
from dbs_core.datasets.loose_videos import open_video
from dbs_core.datasets.opening import open_dataset
from dbs_core.datasets.thumos import open_thumos
from dbs_core.datasets.ucf101 import open_ucf101
from dbs_core.method.video.integrity import check
from dbs_core.records import VideoEntry, clip_truth

__all__ = [
    "Annotation",
    "Dataset",
    "Elsewhere",
    "VideoEntry",
    "canonical_split",
    "check",
    "clip_truth",
    "open_activitynet",
    "open_dataset",
    "open_thumos",
    "open_ucf101",
    "open_video",
    "read_annotation",
    "read_classes",
    "read_truth",
    "without_repeats",
]
