"""A run's results of one split, ready to be judged: with the way to each detection."""

from collections.abc import Sequence

from dbs_core.datasets.dataset import canonical_split
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.evaluation.run_counted import RunCounted
from dbs_core.evaluation.traces import Traces
from dbs_core.evaluation.video_summary import Summary
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runs.summaries import summarise_all
from dbs_core.runtime.errors import InputError


def judged_run(
    run: Run,
    split: str | None = None,
    rule: Rule | None = None,
    rows: Sequence[Summary] | None = None,
) -> JudgedSet:
    """Read the results of a split that have truth, as `evaluate` judges them.

    The truth is that of the results, so nothing but the run is needed. Videos without
    a result do not count: `evaluate` is what detects them. By default those of the
    split, and by the rule, that the layout of its data is judged by. `rows` are the
    summaries of the split, where somebody has read them already.

    Raises:
        InputError: no result of this split, none that can be read, or no truth.
    """
    split = canonical_split(split or run.judged_split)
    rule = rule or rule_of_run(run)
    if split not in run.splits:
        raise InputError(
            f"no results of split {split}",
            where=run.root,
            wanted=f"one of {', '.join(run.splits)}" if run.splits else "",
            cure=f"detect in its videos: python -m dbs_core evaluate --run {run.root} "
            f"--split {split}",
        )
    rows = summarise_all(run, split) if rows is None else rows
    damaged = {row.file: row.problem for row in rows if row.problem}
    truths = {row.video_id: row.spans.truth for row in rows if row.spans.truth}
    judged = [row for row in rows if row.video_id in truths]
    if not truths:
        why = next(iter(damaged.values()), "")
        raise InputError(
            "no result with truth to judge by",
            where=run.root / "results" / split,
            because=why,
            got=f"{len(rows) - len(damaged)} without truth, "
            f"{len(damaged)} that cannot be read",
        )
    counted = RunCounted(
        rule.name,
        split,
        len(truths),
        sum(len(known.segments) for known in truths.values()),
        damaged=damaged,
        noted={row.video_id: row.notes for row in judged if row.notes},
    )
    return JudgedSet(
        run.info.name,
        rule,
        split,
        run.info.classes,
        {row.video_id: row.spans.detections for row in judged},
        truths,
        {row.video_id: row.duration_s for row in judged},
        counted,
        Traces({row.video_id: row.trace for row in judged}),
    )
