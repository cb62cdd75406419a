"""What takes frames through a network: PyTorch, or on a CPU OpenVINO.

`choosing.engine_for` is the door. In: a backbone and frames. Out: its last map and, of
the same pass, the finer one (`fine_layer`).
"""
