"""Whether others than this computer are served; said on the terminal at the start.

`DBS_SHARE` is the switch (dbs_core/cli/sharing.py). Where Streamlit's own option
`server.address` opens the server the app counts as shared too, so that the limits that
go with it are never forgotten.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

from streamlit import config

from dbs_core.cli.sharing import EVERYWHERE, SHARE, shared_host
from explorer.access.token import TOKEN


def shared() -> bool:
    """Say whether others may reach the app."""
    return bool(os.environ.get(SHARE)) or not is_loopback(_address())


def is_loopback(address: str) -> bool:
    """Say whether an address is reached from this computer only."""
    try:
        found = ip_address(address)
    except ValueError:
        return address == "localhost"
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _address() -> str:
    return config.get_option("server.address") or EVERYWHERE


@asynccontextmanager
async def announced(_app: object) -> AsyncIterator[None]:
    """Say as the server starts how it is shared.

    `streamlit run` has opened its socket before it reads the app, so here a name can
    only be added to those that are answered.
    """
    if host := shared_host():
        names = [n for n in config.get_option("server.allowedHosts") if n != host]
        config.set_option("server.allowedHosts", [*names, host])
    if shared():
        sys.stderr.write(_words())
        sys.stderr.flush()
    yield


def _words() -> str:
    if is_loopback(_address()):
        return (
            f"  {SHARE} is set, but this server answers this computer alone. "
            "To share it: python run_app.py, or dbs explore\n"
        )
    return (
        "  Others may look at this server's runs (SECURITY.md).\n"
        f"  Who may also start work gives this token: {TOKEN}\n"
    )
