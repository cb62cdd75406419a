"""Error analysis on arrays: no figure is drawn here.

- `diagnose`: all of it for one run or result file; `figures` as JSON values,
  `error_table` as one list of detections and truths that can be filtered;
- `two_runs`: two of them on the same truth, with the interval of the difference;
  `change_table` lists what was fixed or broken;
- `false_positives`: the five kinds, their profile, the mAP each costs;
- `characteristics`, `sensitivity`: mAP and misses by length, coverage, instances;
- `confusion`: classes taken for each other, with background;
- `stages`: where in our own path a truth was lost.

The parts take the `Marks` of an evaluation, whatever its protocol; intervals are in
`evaluation.protocols.bootstrap`.
"""
