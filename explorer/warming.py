"""Makes the first page ready while the first browser still loads the program.

What a first visit would wait for (imports of Matplotlib's backends, the first result,
the four pictures of the start page) is done once beside the server's start.
"""

import threading
from contextlib import suppress

from dbs_core.method.backprojection.windows import frame_index
from dbs_core.records import classes_present
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.collector import settle
from explorer.selection.view import first_view


def start_warming() -> None:
    """Start warming in a thread that does not hold up the server's end."""
    threading.Thread(target=_start, name="warming", daemon=True).start()


def _start() -> None:
    _warm()
    settle()


def _warm() -> None:
    """Load what the start page shows; what cannot be read is the page's to report."""
    # No run, no split or no video: nothing to warm.
    with suppress(InputError, OSError, StopIteration, IndexError):
        run = sources.open_run(next(iter(sources.runs().values())))
        entry = next(iter(sources.videos(run, run.splits[0]).values()))
        result = sources.result(run, entry)
        label = next(iter(classes_present(result)), 1)
        time_s = first_view(result, label).time_s or 0.0
        index = frame_index(result.placement.starts_s, time_s)
        sources.teaser_pictures(run, entry, label, index, "light")
