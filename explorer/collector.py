"""What lasts is kept out of the rounds of Python's garbage collector.

Streamlit collects after every run of a page, and looks at all there is: the libraries,
and the records of ten thousand videos, 0.2 s each time that somebody types a letter.
What the collector is told to pass over is still freed when nobody holds it any more.
"""

import gc

from explorer import allocator

MANY = 1000
"""Videos whose records would weigh on each round."""


def settle() -> None:
    """Collect now, and pass over all that is left from then on.

    To be called where much was read or worked out that stays.
    """
    gc.unfreeze()  # what was passed over before may have become garbage
    gc.collect()
    gc.freeze()
    allocator.trim()
