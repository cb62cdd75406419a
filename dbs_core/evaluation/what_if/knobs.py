"""The knobs: what can be turned without training, in the order of the page.

What they turn are settings of a run, or filters of any detections.
"""

from dbs_core.evaluation.what_if.knob import OFF, ON, Knob

DETECTIONS, SCORES, TAG, CDC, CEILING = (
    *("Detections", "Frame scores", "TAG: proposals", "CDC: refinement"),
    "Annotation maps: the ceiling",
)
KNOBS = (
    Knob(
        "score",
        "Least score",
        "Detections that score less are left out.",
        DETECTIONS,
        low=-1e6,
        high=1e6,
        step=0.01,
    ),
    Knob(
        "length",
        "Shortest, s",
        "Detections that last less are left out.",
        DETECTIONS,
        high=600.0,
        step=0.1,
    ),
    Knob(
        "nms",
        "NMS overlap",
        "Of two detections of one class with a higher IoU the lower score goes.",
        DETECTIONS,
        "nms",
    ),
    Knob(
        "floor",
        "Score to be tried",
        "What a class must exceed to be tried: in a frame where a head sets the spans, "
        "else on average in a proposal.",
        DETECTIONS,
        "floor",
        step=0.01,
    ),
    Knob(
        "ring",
        "Beside, of the length",
        "How wide the surroundings are from which an action must stand out, at each "
        "end.",
        DETECTIONS,
        "refinement.ring",
        high=10.0,
    ),
    Knob(
        "weight",
        "Weight of this run",
        "Of this run's scores, where two are fused; the other has the rest.",
        SCORES,
    ),
    Knob(
        "head",
        "Temporal head",
        "Off: the imprint's own scores, TAG's proposals and CDC's refinement.",
        SCORES,
        "head.kind",
        choices=(ON, OFF),
    ),
    Knob(
        "share",
        "Head's share",
        "Weight of the head's class scores; the imprint's own have the rest.",
        SCORES,
        "head.share",
    ),
    Knob(
        "projection",
        "Back-projection",
        "argmax: Eq. 7, a frame's best place; soft: Eq. 6, all of its places.",
        SCORES,
        "projection",
        choices=("argmax", "soft"),
    ),
    Knob(
        "smoothing",
        "Smoothing, samples",
        "Standard deviation of the Gaussian over frame scores.",
        SCORES,
        "smoothing",
        high=50.0,
        step=0.5,
    ),
    Knob(
        "tag-classes",
        "Every class grouped",
        "On: the score of every class is grouped (ours); off: the actionness alone.",
        TAG,
        "proposals.per_class",
        choices=(ON, OFF),
    ),
    Knob(
        "tag-smoothing",
        "TAG's smoothing",
        "Standard deviation of a Gaussian over each curve before grouping, in samples.",
        TAG,
        "proposals.smoothing",
        high=50.0,
        step=0.5,
    ),
    Knob(
        "tag-overlap",
        "Near-duplicates",
        "Of two proposals with a higher IoU the one of lower score goes.",
        TAG,
        "proposals.overlap",
    ),
    Knob(
        "tag-thresholds",
        "Thresholds",
        "What frames must exceed to be grouped, each in turn.",
        TAG,
        "proposals.thresholds",
        listed=True,
    ),
    Knob(
        "tag-tolerances",
        "Tolerances",
        "Share of frames below the threshold that a group may hold, each in turn.",
        TAG,
        "proposals.tolerances",
        listed=True,
    ),
    Knob(
        "extension",
        "Extension",
        "Share of a proposal's length added at each end before it shrinks.",
        CDC,
        "refinement.extension",
        high=10.0,
    ),
    Knob(
        "classes",
        "Classes tried",
        "best: the class of highest mean, as CDC; all: every class with some score.",
        CDC,
        "refinement.classes",
        choices=("all", "best"),
    ),
    Knob(
        "ranking",
        "Ranked by",
        "mean: the mean score inside, as CDC; contrast: that less the mean beside.",
        CDC,
        "refinement.score",
        choices=("contrast", "mean"),
    ),
    Knob(
        "targets",
        "Annotation map",
        "eq5: the paper's, by tau; purity: cells shared by how much of each class lies "
        "there.",
        CEILING,
        "target.kind",
        choices=("purity", "eq5"),
    ),
    Knob(
        "tau",
        "Tau, frames",
        "Frames of a class that a place must exceed to be labelled with it (Eq. 5).",
        CEILING,
        "target.tau",
        high=200.0,
        step=0.5,
    ),
)
NAMED = {knob.name: knob for knob in KNOBS}
