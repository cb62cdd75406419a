"""Started as the README says, the app answers this computer alone."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
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


@dataclass(frozen=True)
class Server:
    """A running app: its process and port."""

    pid: int
    port: int


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app by the README's command, in the project's folder."""
    folder, port = tmp_path_factory.mktemp("loopback"), free_port()
    command = [sys.executable, "-m", "streamlit", "run", "run_app.py"]
    kept = {f"DBS_{name}": str(folder / name) for name in ("HOME", "CACHE", "RUNS")}
    # The variable would overrule the project's own setting, which is what is tested.
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    with (folder / "server.txt").open("wb") as out:
        process = subprocess.Popen(
            [*command, "--server.headless=true", f"--server.port={port}"],
            cwd=ROOT,
            env=clean | kept | {"OMP_NUM_THREADS": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://localhost:{port}", process)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=10)


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


def test_a_page_of_another_origin_is_refused(server: Server) -> None:
    host = f"127.0.0.1:{server.port}"
    assert upgrade(server, host, Origin="http://evil.example") == 403
