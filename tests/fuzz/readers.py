"""Every reader of the program, each with a good file of its kind to be damaged."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dbs_core.datasets import open_dataset
from dbs_core.datasets.actor_boxes import read_boxes
from dbs_core.datasets.class_list import CLASS_LIST
from dbs_core.datasets.formats import load_detections, load_truth
from dbs_core.datasets.formats.activitynet_results import write_results
from dbs_core.datasets.formats.csv_table import write_csv
from dbs_core.datasets.formats.frame_files import read_frames, write_frames
from dbs_core.datasets.formats.thumos_annotation import write_annotation
from dbs_core.datasets.formats.thumos_submission import write_submission
from dbs_core.datasets.formats.webvtt import read_track, write_tracks
from dbs_core.datasets.split_file import read_split_file
from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.evaluation.protocols.frames import frame_map
from dbs_core.evaluation.video_summary import summarise
from dbs_core.method.features.backbones.checkpoint import fill, read_weights
from dbs_core.method.features.network_maps import _Sidecar
from dbs_core.method.features.precomputed_maps import PrecomputedMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.model_file import load_model, save_model
from dbs_core.method.video import probe, sample_frames
from dbs_core.paper.tables.table import PaperTable, Provenance, TableRow
from dbs_core.paper.tables.writing import read_table, write_table
from dbs_core.records import FrameScores, Segments, VideoTruth
from dbs_core.runs.own_videos.requests import requests
from dbs_core.runs.run import Run
from dbs_core.runs.summaries import readable_detections
from dbs_core.runtime import files, store
from dbs_core.training.library import remembered
from tests.core.make_result import make_result
from tests.core.make_video import write_video
from tests.core.small_model import CLASSES, small_model, small_run

SPANS = Segments.of([[0.5, 4.0], [5.0, 9.0], [6.0, 7.5]], [1, 2, 1], [0.9, 0.5, 0.25])
FOUND = {"a": SPANS, "b": Segments.of([[1.0, 2.0]], [2], [0.75])}
TRUTH = {
    "a": VideoTruth(Segments.of([[0.0, 4.0], [5.0, 8.0]], [1, 2]), np.zeros((0, 2))),
    "b": VideoTruth(Segments.of([[1.0, 3.0]], [2]), np.array([[5.0, 6.0]])),
}


@dataclass(frozen=True)
class Reader:
    """A kind of file: `name` in the folder that `make` fills, damaged as `kind`."""

    name: str
    kind: str
    make: Callable[[Path], object]
    read: Callable[[Path], object]


def _frames() -> dict[str, FrameScores]:
    rng = np.random.default_rng(0)
    table = rng.dirichlet(np.ones(3), 40).astype(np.float32)
    return {v: FrameScores(table, np.arange(40) / 5, 8.0) for v in ("a", "b")}


def _judge(folder: Path, path: Path) -> None:
    """Read detections against a truth, by both rules."""
    for rule, reversal in ((thumos, "exchange"), (activitynet, "empty")):
        truth = load_truth(folder / "truth", "test", reversal)
        found = load_detections(path, truth.classes, truth.reading(reversal)).found
        rule.evaluate(found, truth.truths, truth.classes)
    load_detections(path)


def _detections(write: Callable[..., object], name: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        write_annotation(folder / "truth", TRUTH, CLASSES, "test")
        write(folder / name, FOUND, CLASSES)

    return make


def _truth_file(path: Path) -> None:
    truth = load_truth(path)
    thumos.evaluate(FOUND, truth.truths, truth.classes)
    frame_map({}, truth.truths, truth.classes)


def _write_truth(folder: Path) -> None:
    entries = {
        v: {
            "subset": "test",
            "duration": 10.0,
            "annotations": [
                {"label": CLASSES.name_of(s.label), "segment": [s.start_s, s.end_s]}
                for s in known.segments
            ],
        }
        for v, known in TRUTH.items()
    }
    value = {"version": "1", "taxonomy": [], "database": entries}
    files.write_json(folder / "truth.json", value)


def _annotated_videos(folder: Path) -> None:
    """Write each kind of annotation in one file, beside files of its videos."""
    _write_truth(folder)
    lines = "a,0,4,Running,train\nb.mp4,1,0:03,Jumping,val\n"
    (folder / "mine.csv").write_text("video,start,end,label,split\n" + lines)
    (folder / "splits.txt").write_text("video,split\na,train\nb,test\n")
    for video in TRUTH:
        (folder / f"{video}.mp4").touch()


def _annotated(folder: Path) -> None:
    write_annotation(folder, TRUTH, CLASSES, "test")


def _frame_scores(path: Path) -> None:
    scores, _ = read_frames(path, CLASSES)
    frame_map(scores, TRUTH, CLASSES)


def _run(folder: Path) -> Run:
    run = small_run(folder / "run")
    result = make_result()
    channels = result.frames.probability.shape[1]
    assert channels == run.info.classes.channels, channels
    store.write_record(folder / "run" / "results" / "test" / "a.npz", result)
    return run


def _result(path: Path) -> None:
    run = Run.open(path.parents[2])
    result = run.read_result(path)
    summarise(result, key="k", stamp="s")


def _open(path: Path) -> None:
    run = Run.open(path.parent)
    repr(run)
    for split in run.splits:
        readable_detections(run, split)


def _sidecar(folder: Path) -> None:
    shape, small = (3, 7, 7, 6), np.zeros((3, 56, 56, 3), np.uint8)
    record = _Sidecar(np.arange(3) / 5, 1.0, shape, small)
    store.write_record(folder / "s.npz", record)


def _maps(folder: Path) -> None:
    maps = np.random.default_rng(0).random((6, 3, 3, 4)).astype(np.float32)
    arrays = {"maps": maps, "times_s": np.arange(6) / 5, "duration_s": np.array(1.2)}
    np.savez_compressed(folder / "v.npz", **arrays)
    np.save(folder / "w.npy", maps)


def _features(path: Path) -> None:
    source = PrecomputedMaps(path.parent)
    source.features(path.stem, FeatureSettings(), None)


def _network() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))


def _checkpoint(folder: Path, *, old: bool = False) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weights = _network().state_dict()
    torch.save(weights, folder / "w.pt", _use_new_zipfile_serialization=not old)


def _weights(path: Path) -> None:
    fill(_network(), read_weights(path), path)


def _request(folder: Path) -> None:
    run = small_run(folder / "run")
    value = {"video_id": "a", "path": "videos/a/source.mp4", "duration_s": 90.0}
    files.write_json(run.root / "videos" / "a" / "request.json", value)


def _requests(path: Path) -> None:
    for request in requests(Run.open(path.parents[2])):
        list(request.parts)


def _boxes(folder: Path) -> None:
    rows = [[[0.1, 0.2, 0.5, 0.6], 1], [None, 0]]
    files.write_json(folder / "b.json", {"fps": 5, "videos": {"a": rows, "b": rows}})


def _library(folder: Path) -> None:
    value = {"root": "/data", "split": "test", "validation": "/data/v", "test": "/d"}
    files.write_json(folder / "library.json", value)


def _table(folder: Path) -> None:
    made = Provenance("d", "f", "w", (0, 1), {"numpy": "2"}, "c")
    rows = (TableRow("r", (1.0, None), (2.0, 3.0)),)
    write_table(folder, PaperTable("1", "t", ("a", "b"), rows, "n", "s", made))


def _video(name: str, codec: str) -> Callable[[Path], object]:
    return lambda folder: write_video(folder / name, 30, codec=codec)


def _watch(path: Path) -> None:
    probe(path)
    for number, _ in enumerate(sample_frames(path)):
        if number > 60:
            break


def _judge_file(path: Path) -> None:
    _judge(path.parent, path)


READERS = (
    Reader("d.json", "json", _detections(write_results, "d.json"), _judge_file),
    Reader("d.csv", "text", _detections(write_csv, "d.csv"), _judge_file),
    Reader("d.txt", "text", _detections(write_submission, "d.txt"), _judge_file),
    Reader("truth.json", "json", _write_truth, _truth_file),
    Reader(CLASS_LIST, "text", _annotated, lambda p: load_truth(p.parent, "test")),
    Reader(
        f"{CLASSES.names[0]}_test.txt",
        "text",
        _annotated,
        lambda p: load_truth(p.parent, "test"),
    ),
    Reader(
        "f.csv",
        "text",
        lambda f: write_frames(f / "f.csv", _frames(), CLASSES),
        _frame_scores,
    ),
    Reader(
        "f.npz",
        "npz",
        lambda f: write_frames(f / "f.npz", _frames(), CLASSES),
        _frame_scores,
    ),
    Reader(
        "a.detections.vtt",
        "text",
        lambda f: write_tracks(f / "a", None, SPANS, CLASSES),
        read_track,
    ),
    Reader("run/run.json", "json", _run, _open),
    Reader(
        "m.npz", "npz", lambda f: save_model(f / "m.npz", small_model()), load_model
    ),
    Reader("run/results/test/a.npz", "npz", _run, _result),
    Reader("s.npz", "npz", _sidecar, lambda p: store.read_record(p, _Sidecar)),
    Reader("v.npz", "npz", _maps, _features),
    Reader("w.npy", "npy", _maps, _features),
    Reader("w.pt", "bytes", _checkpoint, _weights),
    Reader("w.pt", "bytes", lambda f: _checkpoint(f, old=True), _weights),
    Reader("run/videos/a/request.json", "json", _request, _requests),
    Reader("b.json", "json", _boxes, read_boxes),
    Reader("library.json", "json", _library, lambda p: remembered(p.parent)),
    Reader("table1.json", "json", _table, read_table),
    Reader("v.mp4", "bytes", _video("v.mp4", "libx264"), _watch),
    Reader("v.avi", "bytes", _video("v.avi", "mpeg4"), _watch),
    Reader("v.mkv", "bytes", _video("v.mkv", "libx264"), _watch),
    Reader("v.webm", "bytes", _video("v.webm", "libvpx"), _watch),
    Reader("truth.json", "json", _annotated_videos, open_dataset),
    Reader("mine.csv", "text", _annotated_videos, open_dataset),
    Reader("splits.txt", "text", _annotated_videos, read_split_file),
)


def copy_of(corpus: Path, number: int, into: Path) -> Path:
    """Copy a reader's good folder; gives the file that is to be damaged."""
    shutil.copytree(corpus / str(number), into)
    return into / READERS[number].name


def make_corpus(root: Path) -> None:
    """Make a good file for every reader, and check that it reads."""
    for number, reader in enumerate(READERS):
        folder = root / str(number)
        folder.mkdir(parents=True)
        reader.make(folder)
        reader.read(folder / reader.name)
