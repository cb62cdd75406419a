"""All tables by their key, each made by its own function."""

from collections.abc import Callable, Mapping

from dbs_core.paper.tables.ablation import ablations
from dbs_core.paper.tables.annotation_maps import stored_maps
from dbs_core.paper.tables.ours import counting_grids, heads, metrics, starts, targets
from dbs_core.paper.tables.table import PaperTable
from dbs_core.paper.tables.table1_grid import grids
from dbs_core.paper.tables.table2_fcn import architectures
from dbs_core.paper.tables.table3_training_data import mixes
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.tables4to6_streams import labelling, streams, thresholds
from dbs_core.paper.tables.tables7and8_activitynet import version_1_2, version_1_3

Maker = Callable[[Workshop], PaperTable]

MAKERS: Mapping[str, Maker] = {
    "1": grids,
    "2": architectures,
    "3": mixes,
    "4": streams,
    "5": labelling,
    "6": thresholds,
    "7": version_1_2,
    "8": version_1_3,
    "targets": targets,
    "start": starts,
    "head": heads,
    "tcg": counting_grids,
    "metric": metrics,
    "ablation": ablations,
    "maps": stored_maps,
}
QUICK = ("1", "2", "5", "6", "targets")
"""Tables of the short form: few runs, one stream."""
