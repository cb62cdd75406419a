"""Folds hold every video out once and never part videos of one recording."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.datasets import open_dataset
from dbs_core.datasets.folds import make_folds
from dbs_core.datasets.sources import bound_together, read_sources, source_of
from dbs_core.records import ClassList, Segments, VideoEntry, VideoTruth
from dbs_core.runtime.errors import InputError
from dbs_core.training.learning import training_entries
from tests.core.colour_dataset import write_annotation
from tests.shared_data import shared_data

CLASSES = ClassList(("Running", "Jumping"), (1, 2))


def entry(number, labels, folder):
    """A video with one second of each label."""
    spans = np.array([[i, i + 1.0] for i in range(len(labels))]).reshape(-1, 2)
    segments = Segments(spans, np.array(labels, np.int64), np.ones(len(labels)))
    name = f"video_validation_{number:07d}"
    truth = VideoTruth(segments, np.empty((0, 2)))
    return VideoEntry(name, folder / f"{name}.mp4", "validation", truth)


@pytest.fixture
def dataset(tmp_path):
    return open_dataset(write_annotation(tmp_path), alone=True)


@pytest.fixture
def entries(tmp_path):
    return [entry(n, [1, 2] if n % 3 else [n % 2 + 1], tmp_path) for n in range(1, 13)]


def ids(videos):
    return {video.video_id for video in videos}


@pytest.mark.parametrize("count", [2, 3, 5])
def test_each_video_is_held_out_once_and_learnt_from_otherwise(dataset, entries, count):
    folds = make_folds(dataset, entries, count, {})
    held = [name for fold in folds for name in sorted(ids(fold.held))]
    assert sorted(held) == sorted(ids(entries))
    for fold in folds:
        assert ids(fold.learnt) == ids(entries) - ids(fold.held)
        assert {video.split for video in fold.learnt} == {"validation"}
        assert fold.dataset.judged_on == "test"
        assert fold.dataset.learns_from == "validation"


def test_videos_that_share_a_source_stay_together_also_by_way_of_others(
    dataset, entries
):
    sources = {e.video_id: {str(n)} for n, e in enumerate(entries)}
    first, second, third = (entries[n].video_id for n in (0, 5, 9))
    sources[first] |= {"a"}
    sources[second] |= {"a", "b"}
    sources[third] |= {"b"}
    for seed in range(5):
        folds = make_folds(dataset, entries, 3, sources, seed=seed)
        (home,) = {f.number for f in folds if ids(f.held) & {first, second, third}}
        assert {first, second, third} <= ids(folds[home].held)


def test_the_same_seed_gives_the_same_folds(dataset, entries):
    once, again = (make_folds(dataset, entries, 3, {}, seed=4) for _ in range(2))
    assert [ids(f.held) for f in once] == [ids(f.held) for f in again]


def test_classes_are_spread(dataset, entries):
    """Of eight instances of one class no fold of two has fewer than three."""
    for fold in make_folds(dataset, entries, 2, {}):
        counts = [0, 0]
        for video in fold.held:
            for label in video.truth.segments.labels:
                counts[label - 1] += 1
        assert min(counts) >= 3


def test_more_folds_than_recordings_is_one_line(dataset, entries):
    same = {e.video_id: {"all"} for e in entries}
    with pytest.raises(InputError, match="3 folds of videos of 1 recordings"):
        make_folds(dataset, entries, 3, same)


def test_a_class_of_one_recording_is_named(dataset, tmp_path):
    few = [entry(n, [1] if n < 6 else [1, 2], tmp_path) for n in range(1, 7)]
    with pytest.raises(InputError, match=r"holds out every video of Jumping"):
        make_folds(dataset, few, 2, {})


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("v_Running_g07_c02.avi", "Running 7"),
        ("v_Running_g07_c04", "Running 7"),
        ("v_Swimming_g07_c02.avi", ""),
        ("tape 4, camera 2", "tape 4, camera 2"),
    ],
)
def test_a_clip_stands_for_its_group_and_background_binds_nothing(name, source):
    assert source_of(name, CLASSES) == source


def test_ucf101_names_are_sources_without_a_file(dataset, tmp_path):
    named = [
        replace(
            entry(n, [1, 2], tmp_path), path=tmp_path / f"v_Running_g0{g}_c0{n}.avi"
        )
        for n, g in ((1, 1), (2, 1), (3, 2), (4, 3))
    ]
    for fold in make_folds(dataset, named, 3, {}):
        assert len(ids(fold.held) & {named[0].video_id, named[1].video_id}) in (0, 2)


def test_sources_are_read_by_tabs(tmp_path):
    path = tmp_path / "sources.tsv"
    path.write_text(
        "my video.mp4\t0.0\tv_Running_g01_c01.avi\n\n"
        "my video.mp4\t2.0\tv_Swimming_g01_c01.avi\nb\ttape 4\n"
    )
    found = read_sources(path, CLASSES)
    assert found == {"my video": {"Running 1"}, "b": {"tape 4"}}


@pytest.mark.parametrize("text", ["a b\n", "a\t\n", "\ttape\n"])
def test_a_line_of_another_form_is_named(tmp_path, text):
    path = tmp_path / "sources.tsv"
    path.write_text("a\ttape\n" + text)
    with pytest.raises(InputError, match=r"sources\.tsv:2: no line of a file"):
        read_sources(path, CLASSES)


def test_an_empty_file_is_one_line(tmp_path):
    path = tmp_path / "sources.tsv"
    path.write_text("\n")
    with pytest.raises(InputError, match="no line in it"):
        read_sources(path, CLASSES)


def test_what_shares_nothing_stands_for_itself():
    assert len(set(bound_together([set(), set(), {"a"}, {"b"}]))) == 4


def test_real_videos_never_share_a_recording_across_folds():
    folder = shared_data("ucf9-untrimmed")
    dataset = open_dataset(folder)
    sources = read_sources(folder / "val_sources.tsv", dataset.classes)
    folds = make_folds(dataset, training_entries(dataset), 3, sources)
    for fold in folds:
        held, learnt = (
            set().union(*(sources[v.video_id] for v in part))
            for part in (fold.held, fold.learnt)
        )
        assert held
        assert not held & learnt
        assert 18 <= len(fold.held) <= 22
