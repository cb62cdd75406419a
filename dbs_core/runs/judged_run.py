"""A run's results of one split, ready to be judged: with the way to each detection."""

from dbs_core.datasets.dataset import canonical_split
from dbs_core.evaluation.judged_set import JudgedSet, Trace
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.evaluation.run_counted import RunCounted
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runtime.errors import InputError


def judged_run(
    run: Run, split: str | None = None, rule: Rule | None = None
) -> JudgedSet:
    """Read the results of a split that have truth, as `evaluate` judges them.

    The truth is that of the results, so nothing but the run is needed. Videos without
    a result do not count: `evaluate` is what detects them. By default those of the
    split, and by the rule, that the layout of its data is judged by.

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
    found, truths, durations, traces = {}, {}, {}, {}
    noted, damaged, unjudged = {}, {}, 0
    for path in run.result_files(split):
        try:
            result = run.read_result(path)
        except InputError as error:
            damaged[path.stem] = str(error)
            continue
        if result.truth is None:
            unjudged += 1
            continue
        video_id = result.video_id
        found[video_id] = result.detections.as_written()
        truths[video_id] = result.truth
        durations[video_id] = result.info.duration_s
        traces[video_id] = Trace(result.proposals, result.candidates)
        if result.info.problems:
            noted[video_id] = "; ".join(result.info.problems)
    if not truths:
        why = next(iter(damaged.values()), "")
        raise InputError(
            "no result with truth to judge by",
            where=run.root / "results" / split,
            because=why,
            got=f"{unjudged} without truth, {len(damaged)} that cannot be read",
        )
    counted = RunCounted(
        rule.name,
        split,
        len(truths),
        sum(len(known.segments) for known in truths.values()),
        damaged=damaged,
        noted=noted,
    )
    return JudgedSet(
        run.info.name,
        rule,
        split,
        run.info.classes,
        found,
        truths,
        durations,
        counted,
        traces,
    )
