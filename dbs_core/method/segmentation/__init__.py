"""A small network labels each cell of the imprint.

In: an Imprint, as descriptors of its cells. Out: GridScores, class scores of each cell.
"""
