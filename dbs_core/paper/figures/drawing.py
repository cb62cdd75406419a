"""The paper's Figures 1 to 4 from a run, each with a video that tells something."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dbs_core.paper.figures.figure1_overview import draw_overview
from dbs_core.paper.figures.figure2_annotation import draw_annotation
from dbs_core.paper.figures.figure3_sharpness import draw_sharpness
from dbs_core.paper.figures.figure4_timelines import draw_timelines
from dbs_core.paper.figures.subject import Subject
from dbs_core.paper.figures.survey import (
    Survey,
    Surveyed,
    best_video,
    richest_video,
    worst_video,
)
from dbs_core.pictures.printing import Picture
from dbs_core.records import VideoResult
from dbs_core.runs.provenance import provenance_line
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError

TITLES: Mapping[int, str] = {
    1: "Overview: frames, imprint, class maps, and back to time",
    2: "Annotation maps from the truth in time",
    3: "Largest posterior of each frame",
    4: "Detections in time, and where in the frame",
}


@dataclass(frozen=True)
class PaperFigure:
    """A figure that can be saved, the videos it shows, and what must be said of it."""

    number: int
    title: str
    picture: Picture
    videos: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: str

    @property
    def stem(self) -> str:
        """The name of its files."""
        return f"figure{self.number}"


def draw_figure(
    run: Run, found: Survey, split: str, number: int, video_id: str | None = None
) -> PaperFigure:
    """Draw one of the figures.

    Args:
        run: the run.
        found: what `survey` says of the split.
        split: the split.
        number: 1 to 4.
        video_id: the video to show; without one the figure chooses.

    Raises:
        InputError: no such figure or video, or one that it cannot show.
    """
    if number not in TITLES:
        raise InputError("no such figure", wanted="1, 2, 3 or 4", got=number)
    named = _named(run, split, video_id)
    line = provenance_line(run.info)
    if number == 3:
        picture = draw_sharpness(_only(found, video_id), line)
        return _figure(3, picture, [], _count(found, video_id), line)
    chosen = [named] if named else _choose(run, found, split, number)
    if number == 2 and not (chosen[0].truth and len(chosen[0].truth.segments)):
        raise InputError(
            "Figure 2 shows truth, which this video lacks", got=chosen[0].video_id
        )
    subjects = [Subject(run, result, _threshold(found, result)) for result in chosen]
    notes = list(dict.fromkeys(s.note for s in subjects if s.note))
    if number in (1, 4):
        notes.append(f"Detections from score {subjects[0].threshold:.2f} on.")
    printed = " ".join((*notes, line))
    drawing: Callable[[], Picture] = {
        1: lambda: draw_overview(subjects[0], printed),
        2: lambda: draw_annotation(subjects[0], printed),
        4: lambda: draw_timelines(subjects, _titles(found, subjects), printed),
    }[number]
    return _figure(number, drawing(), chosen, notes, line)


def _figure(
    number: int,
    picture: Picture,
    shown: Sequence[VideoResult],
    notes: Sequence[str],
    line: str,
) -> PaperFigure:
    videos = tuple(result.video_id for result in shown)
    return PaperFigure(number, TITLES[number], picture, videos, tuple(notes), line)


def _named(run: Run, split: str, video_id: str | None) -> VideoResult | None:
    """Read the video that was asked for."""
    if video_id is None:
        return None
    if not run.result_path(split, video_id).is_file():
        raise InputError(
            "no result of this video",
            where=run.root,
            wanted=f"a video of the split {split}",
            got=video_id,
            cure=f"python -m dbs_core detect --run {run.root} VIDEO",
        )
    result = run.result(split, video_id)
    if not len(result.placement):
        raise InputError("no frame of this video could be read", got=video_id)
    return result


def _choose(run: Run, found: Survey, split: str, number: int) -> list[VideoResult]:
    rules: Mapping[int, Callable[[Sequence[Surveyed]], list[Surveyed]]] = {
        1: lambda videos: [best_video(videos)],
        2: lambda videos: [richest_video(videos)],
        4: lambda videos: [best_video(videos), worst_video(videos)],
    }
    chosen = dict.fromkeys(v.video_id for v in rules[number](found.videos))
    return [run.result(split, video_id) for video_id in chosen]


def _only(found: Survey, video_id: str | None) -> Survey:
    """Keep one video's numbers where one was asked for."""
    kept = tuple(v for v in found.videos if video_id in (None, v.video_id))
    return Survey(kept or found.videos, found.of, found.problems)


def _count(found: Survey, video_id: str | None) -> list[str]:
    if video_id is not None:
        return [f"Video {video_id}."]
    return [f"{len(found.videos)} of {found.of} videos."]


def _threshold(found: Survey, result: VideoResult) -> float:
    """The split's best score to cut at; without truth half of the video's best."""
    scores = result.detections.scores
    best = float(scores.max(initial=0.0))
    cut = found.threshold
    return cut if cut is not None and cut <= best else best / 2


def _titles(found: Survey, subjects: Sequence[Subject]) -> list[str]:
    known = {v.video_id: v.precision for v in found.videos}
    titles = []
    for place, subject in enumerate(subjects):
        video_id = subject.result.video_id
        precision = known.get(video_id)
        said = f"{video_id}"
        if precision is not None:
            said += f", AP at tIoU 0.5 in this video: {precision:.0%}"
        titles.append(f"({'abcdef'[place]}) {said}")
    return titles
