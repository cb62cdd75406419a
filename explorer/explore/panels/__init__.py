"""The views below the player. Each is computed only when it is chosen."""

from collections.abc import Callable, Mapping

from explorer.explore.panels.em import show_em
from explorer.explore.panels.export import show_export
from explorer.explore.panels.moment import Moment
from explorer.explore.panels.numbers import show_numbers
from explorer.explore.panels.posterior import show_posterior
from explorer.explore.panels.projection import show_projection
from explorer.explore.panels.segmentation import show_segmentation
from explorer.explore.panels.suppression import show_suppression

PANELS: Mapping[str, Callable[[Moment], None]] = {
    "Posterior": show_posterior,
    "Segmentation maps": show_segmentation,
    "EM replay": show_em,
    "Proposals and suppression": show_suppression,
    "Eq. 6 and Eq. 7": show_projection,
    "Numbers": show_numbers,
    "Export": show_export,
}

__all__ = ["PANELS", "Moment"]
