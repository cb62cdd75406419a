"""Annotated videos of a run's data set that it has no result of.

What a page shows of a run is of its results; their truths were missed as well.
"""

from collections.abc import Mapping

from dbs_core.datasets.folders import some_of
from dbs_core.records import VideoTruth
from dbs_core.runs.own_data import open_own
from dbs_core.runs.run import Run, video_id_of
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError


def unseen_videos(run: Run, split: str) -> Mapping[str, VideoTruth]:
    """Give the truth of a split's annotated videos without a result, by id.

    Empty where the data set is not there any more, or knows nothing of the split. And
    of trimmed clips: their annotation is their files' names, so none can be absent,
    and to list them each would have to be opened.
    """
    if run.info.kind == "ucf101":
        return {}
    try:
        dataset = open_own(run)
        absent = dataset.absent_from(split)
        entries = dataset.split(split) if split in dataset.splits else ()
    except InputError:
        return {}
    known = {e.video_id: e.truth for e in entries if e.truth is not None}
    seen = {video_id_of(path) for path in run.result_files(split)}
    missed = {**known, **absent}
    return {name: missed[name] for name in sorted(missed) if name not in seen}


def unseen_in_words(missed: Mapping[str, VideoTruth]) -> str:
    """Say how many videos and truths that is; "" for none."""
    if not missed:
        return ""
    truths = sum(len(truth.segments) for truth in missed.values())
    lacking = "has no result" if len(missed) == 1 else "have no result"
    return (
        f"{many(len(missed), 'annotated video')} {lacking}, "
        f"{many(truths, 'truth')} there count as missed: {some_of(missed)}"
    )
