"""OpenVINO as the engine: the same maps as PyTorch's to rounding, faster on a CPU.

A stream of OpenVINO takes one batch at a time on one thread, and there are as many
streams as threads: so a core more is a batch more in work, and no sum is added up in
another order for it. The precision is said: OpenVINO's own choice depends on the CPU.
"""

from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8

from dbs_core.method.features.backbone import PyTorchBackbone
from dbs_core.method.features.engines import kept_networks
from dbs_core.method.features.engines.conversion import (
    BATCH,
    converted,
    require_alike,
)
from dbs_core.method.features.engines.engine import NetworkOutput, half
from dbs_core.method.features.engines.openvino_package import Unusable, openvino
from dbs_core.method.features.settings import Precision
from dbs_core.runtime.threads import allowed_threads

HINTS = {"float32": "f32", "bfloat16": "bf16"}
MOST_STREAMS = 16
"""One thread that decodes feeds no more, and each holds a batch's layers."""


class OpenVINOEngine:
    """A compiled network; its requests are shared by all threads."""

    def __init__(
        self, network: PyTorchBackbone, model: Any, precision: Precision
    ) -> None:
        """Compile a network for this CPU.

        Args:
            network: whose conversion it is.
            model: the conversion.
            precision: of its sums.

        Raises:
            Unusable: it does not compile, or the CPU has no such precision.
        """
        streams = min(allowed_threads(), MOST_STREAMS)
        self._prepared = network.prepared
        try:
            compiled = (
                openvino()
                .Core()
                .compile_model(
                    model,
                    "CPU",
                    {
                        "PERFORMANCE_HINT": "THROUGHPUT",
                        "INFERENCE_PRECISION_HINT": HINTS[precision],
                        "NUM_STREAMS": streams,
                        "INFERENCE_NUM_THREADS": streams,
                        # Several processes would all sit on the first cores.
                        "ENABLE_CPU_PINNING": False,
                    },
                )
            )
            got = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
            self.workers = int(compiled.get_property("NUM_STREAMS"))
            self._idle: SimpleQueue[Any] = SimpleQueue()
            for _ in range(self.workers):
                self._idle.put(compiled.create_infer_request())
        except RuntimeError as error:
            raise Unusable(f"it does not compile ({error})") from error
        if got != HINTS[precision]:
            raise Unusable(f"this CPU computes no {precision}")
        self.fine = len(compiled.outputs) > 1

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 channels"]
    ) -> NetworkOutput:
        """Map frames, BATCH at a time; what is missing of the last is black."""
        pixels = self._prepared(frames)
        outputs = [
            self._one_pass(pixels[first : first + BATCH])
            for first in range(0, max(len(pixels), 1), BATCH)
        ]
        maps, fine = (np.concatenate(parts) for parts in zip(*outputs, strict=True))
        return NetworkOutput(maps, fine if self.fine else None)

    def _one_pass(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Map at most BATCH pictures; both maps, the last one twice without a finer."""
        count = len(pixels)
        whole = np.zeros((BATCH, *pixels.shape[1:]), np.uint8)
        whole[:count] = pixels
        request = self._idle.get()
        try:
            request.start_async({0: whole}, share_inputs=True)
            request.wait()
            number = 1 if self.fine else 0
            found = [request.get_output_tensor(i).data[:count] for i in (0, number)]
            maps, fine = (half(torch.from_numpy(one)) for one in found)
        finally:
            self._idle.put(request)
        return maps, fine


def openvino_engine(
    network: PyTorchBackbone, precision: Precision, root: Path
) -> OpenVINOEngine:
    """Open a backbone in OpenVINO: the conversion kept in a folder, or made there.

    Raises:
        Unusable: OpenVINO is not there, or does not take the network.
        CannotWrite: a conversion cannot be kept.
    """
    openvino()
    path = kept_networks.place_of(root, network, precision)
    model = kept_networks.read(path)
    if model is None:
        model = converted(network)
        require_alike(network, OpenVINOEngine(network, model, "float32"))
        kept_networks.write(path, model)
        # As later calls find it: written and read, its sums are in another order.
        model = kept_networks.read(path)
        if model is None:
            raise Unusable("what was kept of it cannot be read")
    return OpenVINOEngine(network, model, precision)
