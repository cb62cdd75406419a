"""What a user can take along: tables, subtitles and pictures of a video.

Everything is built when its button is clicked, from the same records as the screen.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dbs_core.datasets.formats.thumos_submission import can_submit
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.evaluation.result_rows import detection_rows, frame_rows
from dbs_core.method.backprojection.heat import Heat, kinds_of
from dbs_core.pictures.heat_maps import frame_picture, strip_picture, strip_times
from dbs_core.pictures.imprint import layer_picture, maps_picture
from dbs_core.pictures.panels import candidates_picture, em_picture, projection_picture
from dbs_core.pictures.printing import Picture, captioned
from dbs_core.pictures.timeline import timeline_picture
from dbs_core.records import ClassList, VideoResult
from dbs_core.runs.provenance import data_of, features_of
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runtime import files
from explorer import sources
from explorer.elements.data_files import (
    DataFile,
    to_csv,
    to_json,
    to_submission,
    to_vtt,
)
from explorer.elements.palette import palette
from explorer.explore.panels.moment import Moment


def data_files(result: VideoResult, classes: ClassList, rule: Rule) -> list[DataFile]:
    """List the files of numbers of a video."""
    stem = files.file_name(result.video_id, "")
    found = {result.video_id: result.detections}
    offered = [
        DataFile(
            "Detections (CSV)",
            f"{stem}_detections.csv",
            "text/csv",
            lambda: to_csv(detection_rows(result, classes, rule=rule)),
        ),
        DataFile(
            "Detections (JSON)",
            f"{stem}_detections.json",
            "application/json",
            lambda: to_json(found, classes),
        ),
        DataFile(
            "Detections (WebVTT)",
            f"{stem}_detections.vtt",
            "text/vtt",
            lambda: to_vtt("detections", result.detections, classes, result.video_id),
        ),
        DataFile(
            "Frame scores (CSV)",
            f"{stem}_scores.csv",
            "text/csv",
            lambda: to_csv(frame_rows(result, classes)),
        ),
    ]
    if can_submit(result.video_id):
        submission = DataFile(
            "Detections (THUMOS'14)",
            f"{stem}_detections.txt",
            "text/plain",
            lambda: to_submission(found, classes),
        )
        offered.insert(2, submission)
    if result.truth is not None:
        truth = result.truth.segments
        offered.append(
            DataFile(
                "Truth (WebVTT)",
                f"{stem}_truth.vtt",
                "text/vtt",
                lambda: to_vtt("truth", truth, classes, result.video_id),
            )
        )
    return offered


WINDOW = "Orange outline: the window of the sample at this moment; it wraps around."


def _timeline(moment: Moment, colours: str) -> Picture | None:
    return timeline_picture(
        moment.result,
        moment.label,
        moment.classes,
        palette(colours),
        moment.time_s,
        rule_of_run(moment.choice.run),
        moment.judging.tiou,
    )


def _imprint(moment: Moment, colours: str) -> Picture | None:
    return layer_picture(
        moment.result,
        moment.view.layer,
        moment.label,
        moment.index,
        moment.classes,
        palette(colours),
    )


def _maps(moment: Moment, colours: str) -> Picture | None:
    return maps_picture(
        moment.result, moment.label, moment.classes, moment.index, palette(colours)
    )


def _frame(moment: Moment, colours: str, kind: Heat = "place") -> Picture | None:
    if not moment.choice.run.video_file(moment.result).is_file():
        return None
    run, entry = moment.choice.run, moment.choice.entry
    image = sources.stills(run, entry, (moment.index,))[0]
    return frame_picture(
        moment.result,
        image,
        moment.label,
        moment.index,
        palette(colours),
        kind=kind,
    )


def _bare_frame(moment: Moment, colours: str) -> Picture | None:
    return _frame(moment, colours, "score")


def _strip(moment: Moment, colours: str) -> Picture | None:
    number, result = moment.view.detection, moment.result
    if number is None and len(result.detections):
        number = 0
    if number is None or not moment.choice.run.video_file(result).is_file():
        return None
    indices = strip_times(result, number)
    images = sources.stills(moment.choice.run, moment.choice.entry, indices)
    return strip_picture(
        result, number, indices, images, moment.classes, palette(colours)
    )


def _posterior(moment: Moment, colours: str) -> Picture | None:
    view = replace(moment.view, layer="posterior")
    return _imprint(replace(moment, view=view), colours)


def _em(moment: Moment, colours: str) -> Picture | None:
    return em_picture(moment.result, palette(colours))


def _candidates(moment: Moment, colours: str) -> Picture | None:
    return candidates_picture(moment.result, moment.label, palette(colours))


def _projection(moment: Moment, colours: str) -> Picture | None:
    both = sources.projections(moment.choice.run, moment.choice.entry)
    return projection_picture(
        moment.result, both, moment.label, moment.classes, palette(colours)
    )


BARE = "Frame with class score alone (Eq. 7)"
PICTURES: Mapping[str, Callable[[Moment, str], Picture | None]] = {
    "Timeline": _timeline,
    "Imprint (the layer shown)": _imprint,
    "Frame with heat map": _frame,
    BARE: _bare_frame,
    "Class maps": _maps,
    "Detection strip (Figure 4)": _strip,
    "Posterior of the moment": _posterior,
    "EM (cells and likelihood)": _em,
    "Proposals and suppression": _candidates,
    "Eq. 6 against Eq. 7 (and Figure 3)": _projection,
}
MISSING = {
    "Imprint (the layer shown)": "This video has no truth to draw.",
    "Frame with heat map": "The video file is not here.",
    BARE: "The video file is not here.",
    "EM (cells and likelihood)": "This result holds no trace of the EM.",
    "Detection strip (Figure 4)": "A strip needs a detection and the video file.",
}

HEAT = {
    "place": "Heat: the score of the class, weighted by where, around then, the class "
    "was seen and frames were unusual, from clear (none) to full colour (the highest "
    "score of this video).",
    "score": "Heat: the score of the class at each spot, from clear (none) to full "
    "colour (the highest of this video).",
}
KEYS = {
    "Timeline": "Upper bars: truth, dashed where it was missed. Lower bars: found, "
    "green where right, hatched where wrong, grey where ignored ({rule}). "
    "Line: the moment.",
    "Imprint (the layer shown)": WINDOW,
    "Frame with heat map": "{heat}",
    BARE: HEAT["score"],
    "Class maps": f"Score of the class and of background on each cell. {WINDOW}",
    "Detection strip (Figure 4)": "{heat} Bars: truth, and what was found.",
    "Posterior of the moment": "The posterior says where a sample lies, 1 in all. "
    f"Mark: a cell of it, by its weight. {WINDOW}",
    "EM (cells and likelihood)": "Brighter: more samples on a cell. The "
    "likelihood says how well all samples fit; it never falls.",
    "Eq. 6 against Eq. 7 (and Figure 3)": "Score of a sample: by Eq. 7 of its most "
    "likely cell, by Eq. 6 of all its cells, weighted by the posterior.",
    "Proposals and suppression": "Proposals of any class; candidates of the class that "
    "suppression removed, and those that are detections.",
}
"""How each picture is read."""


def draw(name: str, moment: Moment, colours: str) -> Picture | None:
    """Draw a picture under its title; None where what it shows is missing."""
    picture = PICTURES[name](moment, colours)
    if picture is None:
        return None
    result, info = moment.result, moment.choice.run.info
    title = (
        f"{name.split(' (')[0]}: {result.video_id}, {moment.class_name}, "
        f"{moment.time_s:.1f} s"
    )
    made = (
        f"Run {info.name}, seed {info.seed}. Data: {data_of(info)}, split "
        f"{result.split}. Features: {features_of(info)}."
    )
    key = KEYS[name].replace("{rule}", rule_of_run(moment.choice.run).words)
    key = key.replace("{heat}", HEAT[kinds_of(result)[0]])
    return captioned(picture, title, [key, made], palette(colours))


def file_name(moment: Moment, name: str, kind: str) -> str:
    """Name a picture's file."""
    what = name.split(" (")[0].lower().replace(" ", "_")
    return files.file_name(f"{moment.result.video_id}_{what}", f".{kind}")
