"""By which benchmark's rule a run is judged."""

from dbs_core.evaluation.protocols.rules import Rule, rule_for
from dbs_core.runs.run import Run


def rule_of_run(run: Run) -> Rule:
    """Give the rule that the layout of a run's data is judged by."""
    return rule_for(run.info.kind, run.info.classes)
