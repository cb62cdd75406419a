"""Fixtures for every test: explicit seeds, deterministic torch, one browser."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
import torch

# A worker of the tests has one core: of two threads there one waits for the other,
# and training took three times the time. What a user has is in `default_threads`.
for _name in ("DBS_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FOREIGN = "evil.example"
"""A web page's own name that its owner made to lead to this computer."""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills", type=int, default=10, help="processes to kill in tests/kills"
    )
    parser.addoption("--fuzz", type=int, default=300, help="damaged files to read")
    parser.addoption("--fuzz-only", type=int, default=None, help="one of them again")


WAITED = ["TimeoutError", "Locator expected", "Page URL expected", "come to pass"]
"""How a test of a page fails that waited in vain; a wrong value fails otherwise."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what waited in vain on CI's loaded cores wait once more.

    The summary names it ("rerun"); a test that does so again and again is wrong.
    """
    for item in items if os.environ.get("CI") else ():
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=WAITED))
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn_of_files(items))


def _turn_of_files(
    items: Sequence[pytest.Item],
) -> Callable[[pytest.Item], tuple[bool, int]]:
    """Give long files' place before others', then that of files with many tests.

    A file that takes minutes and comes last leaves the other cores without work.
    """
    counts = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    return lambda item: (item.path not in slow, -counts[item.path])


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what is cached and remembered out of the user's folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("DBS_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def default_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute on as many threads as for a user, here and in processes started."""
    monkeypatch.delenv("DBS_THREADS", raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20190127)


@pytest.fixture(autouse=True, scope="session")
def _deterministic_torch() -> None:
    torch.use_deterministic_algorithms(True)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A Chromium; without one the test skips and says so (in CI it must be there)."""
    if shutil.which(CHROMIUM) is None:
        message = f"no Chromium at {CHROMIUM} (set CHROMIUM to its path)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    sync_api = pytest.importorskip("playwright.sync_api")
    # Four browsers on two cores may take long to load what a page brings late.
    sync_api.expect.set_options(timeout=60_000)
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield found
        found.close()
