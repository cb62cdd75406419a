"""`DBS_SHARE=HOST`: the one switch by which the app answers more than this computer.

HOST is the name or address by which others open the app. It alone is added to the
names that are answered: a page that passes another name for it (DNS rebinding) is
refused.
"""

import os
import re
from collections.abc import Mapping

from dbs_core.runtime.errors import InputError

SHARE = "DBS_SHARE"
EVERYWHERE = "0.0.0.0"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def shared_host(environment: Mapping[str, str] = os.environ) -> str:
    """Give the host name that others use; "" where nobody else is served.

    Raises:
        InputError: no name or IPv4 address.
    """
    host = environment.get(SHARE, "").strip()
    if host and not _HOST.fullmatch(host):
        raise InputError(
            "no host",
            where=SHARE,
            wanted="the one name or IPv4 address that others open, without port",
            got=repr(host),
        )
    return host


def server_options(
    environment: Mapping[str, str] = os.environ,
) -> dict[str, str | list[str]]:
    """Give the server's options that go with the switch; none without it.

    Raises:
        InputError: the switch names no host.
    """
    host = shared_host(environment)
    if not host:
        return {}
    return {
        "server.address": EVERYWHERE,
        "server.allowedHosts": ["localhost", "127.0.0.1", "::1", host],
        "browser.serverAddress": host,
    }
