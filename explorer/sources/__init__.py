"""Every load, cached and bounded: the only folder with st.cache_*."""

from explorer.sources.browser_files import (
    annotated_path,
    copy_path,
    playable_file,
    plays,
)
from explorer.sources.diagnoses import (
    Diagnosed,
    Judgeable,
    beside,
    comparison,
    diagnosed,
    file_set,
    run_set,
)
from explorer.sources.file_videos import footage_info
from explorer.sources.pictures import (
    frame_jpeg,
    mosaic_jpeg,
    paper_figure,
    sheet_jpeg,
    stills,
    teaser_pictures,
    thumb_jpeg,
)
from explorer.sources.results import (
    SHELF,
    payload,
    projections,
    result_file,
    stamps_of,
    summaries,
    unseen,
)
from explorer.sources.run_folders import (
    find_video,
    open_run,
    result,
    runs,
    runs_in,
    videos,
)
from explorer.sources.what_if import (
    Turnable,
    answered,
    ceiling_of,
    fused_with,
    turnable_file,
    turnable_run,
)

__all__ = [
    "SHELF",
    "Diagnosed",
    "Judgeable",
    "Turnable",
    "annotated_path",
    "answered",
    "beside",
    "ceiling_of",
    "comparison",
    "copy_path",
    "diagnosed",
    "file_set",
    "find_video",
    "footage_info",
    "frame_jpeg",
    "fused_with",
    "mosaic_jpeg",
    "open_run",
    "paper_figure",
    "payload",
    "playable_file",
    "plays",
    "projections",
    "result",
    "result_file",
    "run_set",
    "runs",
    "runs_in",
    "sheet_jpeg",
    "stamps_of",
    "stills",
    "summaries",
    "teaser_pictures",
    "thumb_jpeg",
    "turnable_file",
    "turnable_run",
    "unseen",
    "videos",
]
