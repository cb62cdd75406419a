"""Figure 3: how sharp the posterior is, over all frames of a split."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from dbs_core.evaluation.projections import SHARP, sharpness
from dbs_core.paper.figures.sheet import COLUMN, SMALL, Sheet
from dbs_core.paper.figures.survey import Survey
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.printing import Picture


def draw_sharpness(found: Survey, note: str) -> Picture:
    """Draw the histogram of each frame's largest posterior, on a logarithmic axis."""
    values = np.concatenate([video.sharpness for video in found.videos])
    sheet = Sheet(COLUMN, 1.95, note)
    axes = sheet.axes(0.52, 0.1, COLUMN - 0.64, 1.45)
    numbers = sharpness(values)
    axes.hist(
        numbers.edges[:-1],
        bins=numbers.edges.tolist(),
        weights=numbers.counts,
        color=PRINT.primary,
        ec="white",
        lw=0.5,
        zorder=2,
    )
    _axes(axes, float(np.max(numbers.counts)))
    words = f"{numbers.share:.1%} of {len(values):,} frames\nabove {SHARP:g}"
    axes.text(0.03, 0.93, words, transform=axes.transAxes, fontsize=SMALL, va="top")
    return sheet.picture()


def _axes(axes: Axes, most: float) -> None:
    axes.set_yscale("log")
    powers = 10.0 ** np.arange(0, np.ceil(np.log10(max(most, 10.0))) + 1)
    axes.set_ylim(0.7, powers[-1])
    axes.yaxis.set_major_locator(FixedLocator(list(powers)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1]))
    axes.set_xlim(0, 1)
    axes.grid(axis="y", color="#E3E5E8", lw=0.5, zorder=0)
    axes.set_axisbelow(True)
    for side in ("left", "bottom"):
        axes.spines[side].set(visible=True, linewidth=0.6, color="#3C4248")
    axes.tick_params(length=2.5, width=0.6, pad=2)
    axes.set_xlabel("largest posterior of a frame, max q", fontsize=SMALL, labelpad=2)
    axes.set_ylabel("frames (log scale)", fontsize=SMALL, labelpad=2)
