"""The package OpenVINO, loaded without what it would tell its makers.

`import openvino` alone sends a message to a counter on the web and leaves files in the
user's home, through its package `openvino_telemetry`; without that package it does
neither. So that one is hidden while OpenVINO is loaded, and OpenVINO's own conversion
command, which would send more, is never called.
"""

import importlib
import sys
import threading
from types import ModuleType

from dbs_core.runtime.errors import reason

INSTALL = "pip install openvino==2026.4.1"
TELEMETRY = "openvino_telemetry"
_LOADING = threading.Lock()


class Unusable(Exception):
    """OpenVINO is not there, or does not take a network."""


def openvino() -> ModuleType:
    """Load OpenVINO.

    Raises:
        Unusable: it is not installed, or does not load.
    """
    with _LOADING:
        if "openvino" in sys.modules:
            return sys.modules["openvino"]
        there = sys.modules.get(TELEMETRY)
        # None: an import of it fails as if it were not installed.
        sys.modules[TELEMETRY] = None  # type: ignore[assignment]
        try:
            return importlib.import_module("openvino")
        except ModuleNotFoundError as error:
            raise Unusable(f"the package openvino is not there: {INSTALL}") from error
        except (ImportError, OSError, RuntimeError) as error:
            raise Unusable(
                f"the package openvino does not load ({reason(error)})"
            ) from error
        finally:
            del sys.modules[TELEMETRY]
            if there is not None:
                sys.modules[TELEMETRY] = there
