"""A model of the flow stream in the places where any model goes."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.streams import stream_backbone
from dbs_core.method.pipeline import detect
from dbs_core.method.video import probe
from dbs_core.records import VideoEntry
from dbs_core.runs.own_videos.estimate import measure
from dbs_core.runtime.errors import InputError
from tests.core.method.features.flow.textures import write_moving
from tests.core.small_model import MeanColours, small_model


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Four seconds: still, then two pixels right a frame, then still."""
    places = np.cumsum([0] * 30 + [2] * 40 + [0] * 30)
    path = tmp_path_factory.mktemp("video") / "a.mp4"
    return write_moving(path, [(x % 60, 0) for x in places])


@pytest.fixture(scope="module")
def model():
    rgb = small_model()
    features = replace(rgb.settings.features, stream="flow")
    settings = replace(rgb.settings, features=features)
    return replace(
        rgb, settings=settings, backbone=stream_backbone(features, MeanColours).name
    )


def test_detects_with_frames_and_mosaic_of_the_video(video, model, tmp_path):
    entry = VideoEntry("a", video, "test", None)
    backbone = NetworkMaps(stream_backbone(model.settings.features, MeanColours))
    result = detect(entry, model, backbone, FeatureCache(tmp_path))
    assert len(result.frames) == 20
    assert result.mosaic.max() > 0
    # What moves lies elsewhere than what stands still.
    still, moving = result.placement.best[:5], result.placement.best[8:12]
    assert {tuple(x) for x in still.tolist()}.isdisjoint(map(tuple, moving.tolist()))


def test_features_of_the_other_stream_are_refused(video, model, tmp_path):
    entry = VideoEntry("a", video, "test", None)
    with pytest.raises(
        InputError, match="wanted mean-colours-flow-dis-picture, got mean-colours"
    ):
        detect(entry, model, MeanColours(), FeatureCache(tmp_path))


def test_how_long_it_takes_is_measured_on_flow(video, model, tmp_path):
    """Decoding, flow and network: the time of features has all three."""
    backbone = NetworkMaps(stream_backbone(model.settings.features, MeanColours))
    speed = measure(video, probe(video).duration_s, model, backbone, tmp_path)
    assert speed.features_s > 0
    assert speed.values == 7 * 7 * 6
