"""The words of the field and of the method, each explained once.

Pages show them as help beside what they name, Start lists them, and docs/glossary.md is
made of them: `python -m docs.write_glossary`.
"""

from collections.abc import Mapping

TERMS: Mapping[str, str] = {
    "annotation map": "The truth carried to the imprint (Eq. 5): each cell has the "
    "classes of the samples that lie on it. It is what the segmentation is taught.",
    "AP": "Average precision of a class: the precision at each true detection, from "
    "the highest score down, averaged over all truths. 100 % is all found and nothing "
    "false before them.",
    "background": "What is no action of any class. It has a map and a score as the "
    "classes have, and is never a detection.",
    "calibration": "What turns the scores of detections into probabilities to be "
    "right, fitted on training videos that were held out.",
    "candidate": "A proposal with a class, a score and refined boundaries. Those that "
    "suppression leaves are the detections.",
    "ceiling": "What perfect labels would give with all else as it is: how much the "
    "imprint, or the way from frames to detections, loses by itself.",
    "cell": "One of the squares of the imprint. It holds the mean of the parts of "
    "frames that lie on it.",
    "control": "A classifier of single frames on the same features, without imprint. "
    "What DBS has over it is what the imprint adds.",
    "detection": "A span of time with a class and a score: what is found in a video.",
    "EM": "Expectation-maximisation, which makes the imprint: find where every sample "
    "fits best, make each cell the mean of what lies on it, and repeat until the "
    "log-likelihood stands still.",
    "head": "The temporal head, ours and not the paper's: it looks at the samples "
    "before and after one, and says scores and how far the action reaches.",
    "heat map": "Where in the picture a class is seen: its scores in the sample's "
    "window (Eq. 7), weighted by where the picture, around then, is unusual.",
    "imprint": "One small map on which all frames of a video lie, those that look "
    "alike on the same cells; its edges join. The epitome of the paper, made by EM.",
    "location": "Where on the imprint a sample lies: the first cell (row, column) of "
    "its window.",
    "log-likelihood": "How well the imprint explains all samples. In an EM it never "
    "falls.",
    "mAP": "The mean of the AP of all classes. mAP@0.5: a detection counts as right "
    "from a tIoU of 0.5.",
    "member": "One of several models of a run, trained alike from other seeds. Their "
    "scores are averaged.",
    "posterior": "With what probability a sample lies at each location of the imprint. "
    "Mostly it is all but 1 at one of them.",
    "precision": "Of the detections that count, the share that is right.",
    "proposal": "A span of time in which something may happen, before it has a class.",
    "recall": "Of the truths, the share that is found.",
    "sample": "A frame of the video that is looked at, by default five a second.",
    "segmentation map": "The class scores of each cell of the imprint, made by a small "
    "fully convolutional network (FCN) for the whole video at once.",
    "suppression": "Non-maximum suppression: of candidates of a class that overlap, "
    "the one of the highest score stays.",
    "tIoU": "Temporal intersection over union of a detection and a truth: the time "
    "that both have, by the time that either has. From the tIoU chosen on, the "
    "detection finds the truth.",
    "truth": "What the annotation says: a span of time with a class.",
    "window": "The cells of the imprint that one sample covers: 7 × 7 with the usual "
    "features, 1 × 1 with pooled ones.",
}


def tip(*names: str) -> str:
    """Explain some terms, as Markdown for the help of a widget."""
    return "\n\n".join(f"**{name}**: {TERMS[name]}" for name in names)


def plain_tip(*names: str) -> str:
    """Explain some terms as plain text, for a tooltip of the browser's own."""
    return "\n".join(f"{name}: {TERMS[name]}" for name in names)


def listed() -> str:
    """Explain all terms, in order, as a list in Markdown."""
    return "\n".join(f"* **{name}**: {words}" for name, words in TERMS.items())
