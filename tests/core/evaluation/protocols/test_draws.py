"""Draws that are kept are those of the seed, whoever asks and however often."""

from threading import Thread

import numpy as np
import pytest

from dbs_core.evaluation.protocols.draws import of_videos, seeded_draws


@pytest.mark.parametrize("videos", [1, 7, 300])
def test_they_are_those_of_the_seed(videos):
    share = np.full(videos, 1 / videos)
    wanted = np.random.default_rng(5).multinomial(videos, share, size=130)
    drawn = seeded_draws(videos, 130, 5)
    assert drawn[0].tolist() == [1] * videos
    np.testing.assert_array_equal(drawn[1:], wanted)


def test_nobody_can_change_what_others_get():
    with pytest.raises(ValueError, match="read-only"):
        seeded_draws(7, 3, 0)[0, 0] = 2


def test_who_comes_meanwhile_gets_the_same():
    found = []
    threads = [
        Thread(target=lambda: found.append(seeded_draws(2000, 40, 9))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one is found[0] for one in found)


def test_columns_of_some_videos():
    drawn = np.arange(6).reshape(2, 3)
    assert of_videos(drawn, "abc", "abc") is drawn
    assert of_videos(drawn, "abc", "ca").tolist() == [[2, 0], [5, 3]]
    assert of_videos(drawn, "abc", "").shape == (2, 0)
