"""A result file of any method with its truth, ready to be judged."""

from pathlib import Path

from dbs_core.datasets.formats import Truth, load_detections
from dbs_core.datasets.formats.reading import LabelNumbers, Reading
from dbs_core.evaluation.counted import count
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.plausible_times import beyond_the_end
from dbs_core.evaluation.protocols.exclusions import on_list, without
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.records import Segments

Read = tuple[dict[str, Segments], tuple[str, ...]]
"""The detections of each video, and what their reader said."""


def read_detections(
    path: Path, truth: Truth, rule: Rule, labels: LabelNumbers = "auto"
) -> Read:
    """Read detections as they are judged by a truth.

    Raises:
        InputError: the file cannot be read, or has nothing in common with the truth.
    """
    loaded = load_detections(
        path, truth.classes, truth.reading(rule.when_reversed, labels)
    )
    known = {video_id: one.segments for video_id, one in truth.truths.items()}
    times = (
        *beyond_the_end("truths", known, truth.durations_s),
        *beyond_the_end("detections", loaded.found, truth.durations_s),
    )
    return loaded.found, (*loaded.warnings, *times)


def judged_file(
    path: Path,
    truth: Truth,
    rule: Rule,
    *,
    exclude: str = "none",
    labels: LabelNumbers = "auto",
) -> JudgedSet:
    """Read a result file against a truth.

    Args:
        path: the result file.
        truth: of the split that it is of.
        rule: the benchmark's rule.
        exclude: which list of THUMOS'14's test videos to leave out.
        labels: what numbers as labels are.

    Raises:
        InputError: the file cannot be read, has nothing in common with the truth, or
            no action is annotated.
    """
    found, warnings = read_detections(path, truth, rule, labels)
    out = on_list(exclude, {*truth.truths, *found})
    truths, found = without(truth.truths, out), without(found, out)
    counted = count(
        rule.name,
        truth.split,
        truths,
        found,
        excluded={v: truth.truths[v] for v in truth.truths if v in out},
        exclusion=exclude,
        mended=(*truth.warnings, *warnings),
    )
    return JudgedSet(
        path.name,
        rule,
        truth.split,
        truth.classes,
        found,
        truths,
        truth.durations_s,
        counted,
    )


def truth_of(judged: JudgedSet) -> Truth:
    """Give the truth of a run, so that a result file can be read against it."""
    return Truth(
        judged.split,
        judged.classes,
        judged.truths,
        (),
        Reading.ids,
        judged.durations_s,
        {},
    )
