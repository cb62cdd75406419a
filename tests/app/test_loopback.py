"""However it is started, the app answers this computer alone and asks nobody."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest

from tests.app.conftest import free_port, wait_for
from tests.shared_data import ROOT

LISTENS = "0A"
UPGRADE = (
    "GET /_stcore/stream HTTP/1.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


STREAMLIT = (sys.executable, "-m", "streamlit", "run", str(ROOT / "run_app.py"))
DIRECTLY = (sys.executable, str(ROOT / "run_app.py"))
WATCH = """
import sys
def heard(event, what):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        name = what[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(what[1], tuple):
        name = what[1][0]
    else:
        return
    with open({path!r}, "a") as file:
        file.write(f"{{name}}\\n")
sys.addaudithook(heard)
"""


@dataclass(frozen=True)
class Server:
    """A running app: its process and port, what it printed and whom it asked."""

    pid: int
    port: int
    folder: Path

    @property
    def printed(self) -> str:
        """What stands on its terminal."""
        return (self.folder / "server.txt").read_text()

    @property
    def asked(self) -> set[str]:
        """The hosts that its Python looked up or connected to."""
        path = self.folder / "asked.txt"
        return set(path.read_text().splitlines()) if path.is_file() else set()


@contextmanager
def started(
    folder: Path, command: Sequence[str], **environment: str
) -> Iterator[Server]:
    """Start the app from a folder of its own; its port is the one that it prints."""
    (folder / "sitecustomize.py").write_text(
        WATCH.format(path=str(folder / "asked.txt"))
    )
    kept = {f"DBS_{name}": str(folder / name) for name in ("HOME", "CACHE", "RUNS")}
    # The variable would overrule the project's own setting, which is what is tested.
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    path = {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))}
    with (folder / "server.txt").open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=clean | kept | path | {"OMP_NUM_THREADS": "1"} | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        port = printed_port(folder / "server.txt", process)
        wait_for(f"http://127.0.0.1:{port}", process)
        yield Server(process.pid, port, folder)
    finally:
        process.terminate()
        process.wait(timeout=10)


def printed_port(path: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait for the address that a server prints; give its port."""
    end = time.monotonic() + 40
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"URL: http://[^:\s]+:(\d+)", path.read_text()):
            return int(found[1])
        time.sleep(0.1)
    raise RuntimeError(f"no address: {path.read_text()}")


@pytest.fixture(scope="module", params=["streamlit run", "python run_app.py"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The app as the README starts it, and directly."""
    folder = tmp_path_factory.mktemp("loopback")
    options = ("--server.headless=true", f"--server.port={free_port()}")
    command = (*STREAMLIT, *options) if "run " in request.param else DIRECTLY
    with started(folder, command) as running:
        yield running


def listening(pid: int) -> set[tuple[IPv4Address | IPv6Address, int]]:
    """The addresses and ports that a process listens on, as the kernel has them."""
    links = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(entry.readlink()))
        except FileNotFoundError:
            continue  # closed meanwhile
    own = {name[8:-1] for name in links if name.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == LISTENS and rest[5] in own:
                address, port = local.split(":")
                found.add((_address(address), int(port, 16)))
    return found


def _address(text: str) -> IPv4Address | IPv6Address:
    """Read an address as /proc/net writes it: words of 32 bits, each as a number."""
    words = [int(text[i : i + 8], 16) for i in range(0, len(text), 8)]
    return ip_address(b"".join(w.to_bytes(4, sys.byteorder) for w in words))


def status(server: Server, path: str, host: str) -> int:
    """Ask for a path under a name; give the status of the answer."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", headers={"Host": host}
    )
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def upgrade(server: Server, host: str, **headers: str) -> int:
    """Ask for the page's WebSocket under a name; give the status of the answer."""
    more = [f"{name}: {value}" for name, value in headers.items()]
    asked = "\r\n".join((*UPGRADE, f"Host: {host}", *more, "", ""))
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        wire.sendall(asked.encode())
        return int(wire.recv(4096).split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_loopback_only(server: Server) -> None:
    found = listening(server.pid)
    assert server.port in {port for _, port in found}
    assert {address for address, _ in found if not address.is_loopback} == set()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_it_opens_under_the_names_of_this_computer(server: Server, name: str) -> None:
    host = f"{name}:{server.port}"
    assert upgrade(server, host, Origin=f"http://{host}") == 101


@pytest.mark.parametrize(
    "name", ["evil.example", "192.0.2.2", "localhost.evil.example"]
)
def test_another_name_that_leads_here_is_refused(server: Server, name: str) -> None:
    """Rebinding: a page's own name, made to mean 127.0.0.1, has its own origin."""
    host = f"{name}:{server.port}"
    assert upgrade(server, host, Origin=f"http://{host}") == 403
    assert upgrade(server, host) == 403
    for path in ("/", "/dbs/shown/none", "/_stcore/health"):
        assert status(server, path, host) == 403
        assert status(server, path, f"localhost:{server.port}") != 403


def test_a_page_of_another_origin_is_refused(server: Server) -> None:
    host = f"127.0.0.1:{server.port}"
    for origin in (
        "http://evil.example",
        f"http://127.0.0.1:{server.port + 1}",
        "null",
    ):
        assert upgrade(server, host, Origin=origin) == 403


def test_nobody_is_asked_for_an_address(server: Server) -> None:
    """Neither at the start nor by a page of another origin (the tests above)."""
    assert server.asked <= {"127.0.0.1", "localhost", "::1"}
