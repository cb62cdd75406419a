"""Every load, cached and bounded: the only folder with st.cache_*."""

from explorer.sources.browser_files import (
    annotated_path,
    copy_path,
    playable_file,
    plays,
)
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
    summaries,
    unseen,
)
from explorer.sources.run_folders import (
    add_folder,
    find_video,
    open_run,
    result,
    runs,
    videos,
)

__all__ = [
    "SHELF",
    "add_folder",
    "annotated_path",
    "copy_path",
    "find_video",
    "frame_jpeg",
    "mosaic_jpeg",
    "open_run",
    "paper_figure",
    "payload",
    "playable_file",
    "plays",
    "projections",
    "result",
    "result_file",
    "runs",
    "sheet_jpeg",
    "stills",
    "summaries",
    "teaser_pictures",
    "thumb_jpeg",
    "unseen",
    "videos",
]
