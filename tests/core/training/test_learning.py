"""Training on a data set whose answer is known, and on what cannot be used."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.datasets import open_dataset
from dbs_core.evaluation.comparison import compare, scored
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.imprint.settings import MetricSettings
from dbs_core.method.model_file import save_model
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.records import Features, Segments, VideoEntry, VideoTruth
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.run import Run, RunInfo
from dbs_core.runtime.errors import Cancelled, CannotWrite, InputError
from dbs_core.runtime.progress import Progress
from dbs_core.training.learner import Learner
from dbs_core.training.learning import learn, training_entries
from dbs_core.training.samples import build
from dbs_core.training.train_run import train_run
from dbs_core.training.videos import TrainingVideo
from tests.core.colour_dataset import write_dataset
from tests.core.runtime.test_files import full_disk, names
from tests.core.small_model import CLASSES, SETTINGS, MeanColours

LEARN = replace(
    SETTINGS,
    training=TrainingSettings(epochs=60, learning_rate=1e-2),
    control=replace(SETTINGS.control, hidden=16, learning_rate=1e-2),
    head=HeadSettings(
        kind="conv",
        width=16,
        dilations=(1, 2),
        epochs=60,
        averaging=0.5,
        learning_rate=1e-2,
    ),
    crops=True,
)
TRIMMED = replace(
    LEARN,
    training=TrainingSettings(epochs=1),
    head=HeadSettings(kind="none"),
    untrimmed=False,
)
STAGES = (
    *("features", "imprints", "describe", "train", "control"),
    *("read back", "head", "control head"),
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_dataset(tmp_path_factory.mktemp("colours")))


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    return FeatureCache(tmp_path_factory.mktemp("features"))


def learner(scratch, features, settings=LEARN, seed=0, **options):
    return Learner(CLASSES, settings, seed, MeanColours(), features, scratch, **options)


def saved(path, learnt):
    save_model(path, learnt.model)
    return path.read_bytes()


class TestLearn:
    @pytest.mark.parametrize("kind", ["conv", "pyramid"])
    def test_a_known_answer_is_found(self, dataset, features, tmp_path, kind):
        """Colours are classes: learnt, every action of the test videos is found."""
        settings = replace(LEARN, head=replace(LEARN.head, kind=kind))
        learnt = learn(training_entries(dataset), learner(tmp_path, features, settings))
        assert learnt.failures == ()
        assert learnt.losses[-1] < 0.5 * learnt.losses[0]
        info = RunInfo("r", "thumos14", "d", CLASSES, {}, 0, {})
        detector = Detector(
            Run.create(tmp_path / "run", info), learnt.model, MeanColours, features
        )
        entries = dataset.split("test")
        assert detect_all(entries, detector) == {}
        results = list(detector.run.results("test"))
        rows = compare(
            [scored(r, settings, control=True, ceilings=True) for r in results],
            CLASSES,
            settings,
        )
        assert [row.name for row in rows] == [
            "dbs",
            "dbs_without_head",
            "control",
            "control_head",
            "ceiling_labels",
            "ceiling_imprint",
        ]
        for row in rows:
            assert row.frame_map > 90, row.name
            assert row.detection_map[0.5] == pytest.approx(100), row.name

    def test_counts_imprints_and_instances(self, dataset, features, tmp_path):
        learnt = learn(training_entries(dataset), learner(tmp_path, features))
        assert learnt.imprints == 2 + 4
        assert learnt.short == 0
        whole = replace(LEARN, crops=False)
        assert (
            learn(
                training_entries(dataset), learner(tmp_path, features, whole)
            ).imprints
            == 2
        )

    def test_same_seed_gives_the_same_bytes(self, dataset, features, tmp_path):
        entries = training_entries(dataset)
        few = replace(LEARN, training=TrainingSettings(epochs=2))
        models = [
            saved(
                tmp_path / f"{number}.npz",
                learn(entries, learner(tmp_path / str(number), features, few, seed)),
            )
            for number, seed in enumerate((0, 0, 1))
        ]
        assert models[0] == models[1] != models[2]

    def test_stopped_training_goes_on_where_it_was(self, dataset, features, tmp_path):
        """After a stop, in whatever stage, the model is what it would have been."""
        entries = training_entries(dataset)
        few = replace(LEARN, training=TrainingSettings(epochs=2))
        wanted = saved(
            tmp_path / "a.npz", learn(entries, learner(tmp_path / "a", features, few))
        )
        scratch = tmp_path / "b"
        for stage in STAGES:
            seen = []
            progress = Progress(seen.append, lambda s=seen, n=stage: s[-1].stage == n)
            own = FeatureCache(tmp_path / "own")
            with pytest.raises(Cancelled, match=stage):
                learn(entries, learner(scratch, own, few, progress=progress))
            left = [path.name for path in scratch.rglob("*") if path.is_file()]
            assert not [name for name in left if not name.endswith(".npz")]
        steps = []
        own = learner(scratch, own, few, progress=Progress(steps.append))
        assert saved(tmp_path / "b.npz", learn(entries, own)) == wanted
        assert "features" not in {step.stage for step in steps}

    def test_kept_placements_are_read_back(
        self, dataset, features, tmp_path, monkeypatch
    ):
        entries = training_entries(dataset)
        few = replace(LEARN, training=TrainingSettings(epochs=1))
        learn(entries, learner(tmp_path, features, few))

        def never(*args):
            raise AssertionError("an imprint was learnt again")

        monkeypatch.setattr("dbs_core.training.imprints.place", never)
        learn(entries, learner(tmp_path, features, few))


class TestWhatTeaches:
    def test_without_untrimmed_videos_labels_come_from_what_is_trimmed(
        self, dataset, features, tmp_path, monkeypatch
    ):
        taught = []

        def spy(path, placed, *args):
            taught.extend(video.part for video, _ in placed)
            return build(path, placed, *args)

        monkeypatch.setattr("dbs_core.training.network.build", spy)
        learnt = learn(training_entries(dataset), learner(tmp_path, features, TRIMMED))
        assert learnt.imprints == 6
        assert sorted(taught) == sorted(["instance 0", "instance 1"] * 2)

    def test_nothing_trimmed_is_refused(self, dataset, features, tmp_path):
        bare = replace(TRIMMED, crops=False)
        with pytest.raises(InputError, match=r"no instance or trimmed clip.*--crops"):
            learn(training_entries(dataset), learner(tmp_path, features, bare))

    def test_a_clip_whose_features_reach_past_its_end_is_trimmed_still(self, tmp_path):
        """Features made elsewhere may have a sample more than the annotation."""
        times = np.arange(21) * 0.2
        features = Features(np.ones((21, 7, 7, 4), np.float16), times, 4.2)
        whole = VideoTruth(Segments.of(np.array([[0.0, 4.0]]), [1]), np.zeros((0, 2)))
        half = VideoTruth(Segments.of(np.array([[0.0, 2.0]]), [1]), np.zeros((0, 2)))
        entry = VideoEntry("clip", tmp_path / "clip.avi", "train", whole)
        assert TrainingVideo(entry, "", features, whole).trimmed
        assert not TrainingVideo(entry, "", features, half).trimmed

    def test_nothing_trimmed_is_said_before_any_work(self, dataset, tmp_path):
        bare = replace(TRIMMED, crops=False)
        with pytest.raises(InputError, match=r"nothing trimmed.*--crops or --trimmed"):
            train_run(dataset, tmp_path / "run", bare)
        assert not (tmp_path / "run").exists()


def test_axes_that_labels_shaped_find_the_same(dataset, features, tmp_path):
    """Trained end to end the axes are others, and colours are still told apart."""
    few = replace(LEARN, head=HeadSettings(kind="none"))
    small = MetricSettings(kind="labels", epochs=3, grid=16)
    plain = learn(training_entries(dataset), learner(tmp_path, features, few))
    shaped = learn(
        training_entries(dataset),
        learner(tmp_path, features, replace(few, metric=small)),
    )
    assert (plain.model.locate.axes != shaped.model.locate.axes).any()
    assert shaped.losses[-1] < 0.5 * shaped.losses[0]


class TestBadInput:
    def test_damaged_video_is_left_out_and_named(self, dataset, features, tmp_path):
        """And its instances are not called too short: it was never looked at."""
        bad = tmp_path / "bad.mp4"
        bad.write_bytes(b"no video")
        truth = dataset.split("validation")[0].truth
        odd = VideoEntry("odd", bad, "validation", truth)
        gone = VideoEntry("gone", tmp_path / "gone.mp4", "validation", truth)
        few = replace(LEARN, training=TrainingSettings(epochs=1))
        entries = [odd, *training_entries(dataset), gone]
        with pytest.raises(
            InputError, match=r"2 of 4 videos .*odd: .*gone: .*--leave"
        ) as refused:
            learn(entries, learner(tmp_path, features, few))
        assert "cannot be used: gone, odd" in refused.value.without_content
        learnt = learn(entries, learner(tmp_path, features, few, leave_out=True))
        assert [video for video, _ in learnt.failures] == ["odd", "gone"]
        assert "bad.mp4" in learnt.failures[0][1]
        assert "\n" not in learnt.failures[0][1]
        assert learnt.imprints == 6
        assert learnt.short == 0

    def test_a_full_disk_stops_and_the_same_call_goes_on(self, dataset, tmp_path):
        """Not a training on the videos whose features were still kept."""
        few = replace(LEARN, training=TrainingSettings(epochs=1))
        wanted, run = tmp_path / "wanted", tmp_path / "run"
        entries, told = training_entries(dataset), []
        undisturbed = learner(wanted, FeatureCache(wanted / "features"), few)
        model = saved(tmp_path / "a.npz", learn(entries, undisturbed))
        maps = sorted(
            (wanted / "features").glob("*.f16"), key=lambda p: p.stat().st_size
        )
        room = maps[-1].stat().st_size - 1
        mine = learner(
            run, FeatureCache(run / "features"), few, progress=Progress(told.append)
        )
        with full_disk(room), pytest.raises(CannotWrite, match="cannot write"):
            learn(entries, mine)
        assert "train" not in {step.stage for step in told}
        assert not list(run.rglob(".part-*"))
        assert saved(tmp_path / "b.npz", learn(entries, mine)) == model

    def test_no_usable_video_is_refused_with_the_reason(self, features, tmp_path):
        gone = VideoEntry(
            "gone", tmp_path / "gone.mp4", "validation", VideoTruth.none()
        )
        with pytest.raises(InputError, match=r"no video to train on, got .*gone.mp4"):
            learn([gone], learner(tmp_path, features))

    def test_short_instances_are_counted(self, dataset, features, tmp_path):
        entry = dataset.split("validation")[0]
        spans = np.array([[1.0, 3.0], [1.0, 1.5]])  # 10 frames, 2 frames
        truth = VideoTruth(Segments.of(spans, [1, 2]), np.zeros((0, 2)))
        few = replace(LEARN, training=TrainingSettings(epochs=1))
        learnt = learn([replace(entry, truth=truth)], learner(tmp_path, features, few))
        assert (learnt.imprints, learnt.short) == (2, 1)

    def test_truth_past_the_end_is_cut(self, dataset, features, tmp_path):
        entry = dataset.split("validation")[0]
        spans = np.array([[5.0, 700.0], [300.0, 400.0]])
        truth = VideoTruth(Segments.of(spans, [2, 1]), np.zeros((0, 2)))
        few = replace(LEARN, training=TrainingSettings(epochs=1))
        learnt = learn([replace(entry, truth=truth)], learner(tmp_path, features, few))
        assert learnt.failures == ()
        assert learnt.imprints == 2

    def test_full_disk_is_named_and_leaves_nothing_half_written(
        self, dataset, features, tmp_path
    ):
        """Placements fit, the file of descriptors does not."""
        entries = training_entries(dataset)
        few = replace(LEARN, training=TrainingSettings(epochs=1))
        learn(entries, learner(tmp_path, features, few))
        with full_disk(4000), pytest.raises(InputError, match="cannot write"):
            learn(entries, learner(tmp_path, features, few))
        assert names(tmp_path) == []


def test_training_entries_are_the_validation_split(dataset):
    assert [e.video_id for e in training_entries(dataset)] == [
        "video_validation_0000001",
        "video_validation_0000002",
    ]


def test_nothing_to_train_on_is_named(dataset, tmp_path):
    """Loose videos, without annotation."""
    video = dataset.split("test")[0].path
    shutil.copy(video, tmp_path / "a.mp4")
    with pytest.raises(InputError, match=r"nothing to train on.*got video"):
        training_entries(open_dataset(tmp_path))


def test_annotation_in_frames_is_said(dataset, features, tmp_path):
    """Ten frames a second: instances of second 2 to 4 stand at 20 to 40."""

    def in_frames(entry):
        spans = entry.truth.segments
        truth = replace(
            entry.truth, segments=replace(spans, spans_s=spans.spans_s * 10)
        )
        return replace(entry, truth=truth)

    entries = training_entries(dataset)
    epoch = replace(
        LEARN, training=TrainingSettings(epochs=1), head=HeadSettings(kind="none")
    )
    one = learner(tmp_path, features, replace(epoch, crops=False))
    first, *others = map(in_frames, entries)
    mixed = (replace(entries[0], video_id="seconds"), first, *others)
    (note,) = learn(mixed, one).notes
    assert note.startswith("4 of 6 truths to learn from end after their video does")
    assert learn(entries, one).notes == ()
