"""Error analysis on arrays: no figure is drawn here.

- `false_positives`: the five kinds, their profile, the mAP each costs;
- `characteristics`, `sensitivity`: mAP and misses by length, coverage, instances;
- `confusion`: classes taken for each other, with background;
- `stages`: where in our own path a truth was lost.

All take the `Marks` of an evaluation, whatever its protocol; intervals are in
`evaluation.bootstrap`.
"""
