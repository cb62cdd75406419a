"""Table 2: the FCN's layers."""

from dataclasses import replace

from dbs_core.method.segmentation.settings import Architecture
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table import PaperTable
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.variants import varied

ARCHITECTURES: tuple[Architecture, ...] = ("C1", "C2", "C3", "C4", "F3")


def architectures(workshop: Workshop) -> PaperTable:
    """Table 2: the FCN's layers; ours is the last column where it is none of them."""
    some = ARCHITECTURES[:2] if workshop.quick else ARCHITECTURES
    names = dict.fromkeys((*some, workshop.base.architecture))
    variants: dict[str, Settings] = {
        name: replace(workshop.base, architecture=name) for name in names
    }
    return varied(workshop, "2", "Architecture of the FCN", variants)
