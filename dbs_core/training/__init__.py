"""A data set in, a run out.

`train_run.train_run` is the way in, `learning.learn` the order of it: features, axes,
imprints, descriptors, FCN, control, heads.
"""
