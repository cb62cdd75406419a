"""Statistics of annotation maps: by hand, and of the author's stored ones."""

import numpy as np
import pytest

from dbs_core.datasets.formats.author_maps import author_maps
from dbs_core.paper.tables.annotation_maps import map_statistics
from dbs_core.runtime.errors import InputError
from tests.shared_data import shared_data


def test_by_hand():
    mask = np.array([[1, 1], [1, 0]], bool)
    actions = np.zeros((2, 2, 3), bool)
    actions[0, 0] = [1, 1, 0]
    actions[0, 1, 2] = True
    actions[1, 1, 0] = True  # not assigned: counts for nothing
    found = map_statistics([(actions, mask), (np.zeros_like(actions), ~mask)])
    assert found.videos == 2
    assert found.assigned == pytest.approx(50)
    assert found.assigned_low == pytest.approx(25 + 0.1 * 50)
    assert found.action == pytest.approx(100 * 2 / 4)
    assert found.several == pytest.approx(100 * 1 / 8)


def test_nothing_is_named():
    with pytest.raises(InputError, match="no annotation map"):
        map_statistics([])


@pytest.mark.parametrize(("split", "videos"), [("validation", 200), ("test", 212)])
def test_the_author_s_maps_have_the_known_figures(split, videos):
    """METHOD section 3.3, counted by other means."""
    found = map_statistics(author_maps(shared_data("author-maps"), split))
    assert found.videos == videos
    assert found.assigned == pytest.approx(72, abs=2)
    assert found.assigned_median == pytest.approx(79, abs=2)
    assert found.assigned_low == pytest.approx(39, abs=3)
    assert found.action == pytest.approx(49.5, abs=1)
    assert found.several == pytest.approx(1.0, abs=0.3)


def test_a_missing_and_a_damaged_file_are_named(tmp_path):
    with pytest.raises(InputError, match=r"EPmaps_info_val\.mat"):
        list(author_maps(tmp_path, "validation"))
    (tmp_path / "EPmaps_info_test.mat").write_bytes(b"no matlab file at all" * 10)
    with pytest.raises(InputError, match="no stored maps"):
        list(author_maps(tmp_path, "test"))
