"""Between frames and grid, both ways. NumPy alone.

In: labels in time, or class scores of cells, and the frames' placement. Out: annotation
maps on the grid (Eq. 5), or class scores of every frame (Eq. 6, 7).
"""
