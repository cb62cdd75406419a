"""An evaluation as a text table: a line for each class, then the mean, in percent."""

import numpy as np

from dbs_core.evaluation.protocols.frames import FrameReport
from dbs_core.evaluation.protocols.report import Report, threshold_name


def table(report: Report | FrameReport, split: str) -> str:
    """Give the rules and the table of AP by class and threshold."""
    if isinstance(report, Report):
        columns = [threshold_name(tiou) for tiou in report.tiou]
        ap, mean, protocol = report.average_precision, report.mean, report.protocol
        average = report.average
    else:
        columns, ap = ["frame"], report.average_precision[None]
        mean, protocol = np.array([report.mean]), "frames"
        average = report.mean
    names = [*report.classes.names, "mAP"]
    width = max(map(len, names))
    head = f"{'class':<{width}} {'truths':>7} " + " ".join(f"{c:>6}" for c in columns)
    lines = [f"{protocol}, {split}: " + "; ".join(report.rules), "", head]
    for name, count, values in zip(
        report.classes.names, report.positives, ap.T, strict=True
    ):
        lines.append(f"{name:<{width}} {count:>7} {_cells(values)}")
    lines.append(f"{'mAP':<{width}} {report.positives.sum():>7} {_cells(mean)}")
    if len(columns) > 1:
        lines.append(f"{'average':<{width}} {'':>7} {_cells(np.array([average]))}")
    return "\n".join(lines)


def _cells(values: np.ndarray) -> str:
    return " ".join("     -" if np.isnan(v) else f"{100 * v:6.2f}" for v in values)
