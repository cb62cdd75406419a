"""DBS: temporal action detection by spatial segmentation of video imprints.

The path, one idea a file; read `pipeline.detect` first, then `epitome.fit`:

    video           file            -> frames, 5 a second, each with its own time
    features        frames          -> Features        7 x 7 x D maps
    epitome         Features        -> ImprintFit      EM on a torus, Eq. 1-4
    projection      means           -> descriptors     signed root, l2, PCA, l2
    segmentation    descriptors     -> GridScores      the FCN, PAPER Table 2
    backprojection  GridScores      -> FrameScores     Eq. 6 and 7
    proposals       FrameScores     -> Segments        TAG
    refinement      Segments        -> Candidates      CDC's rule, NMS

`learning` trains it, `runs` keeps it, `comparison` sets it beside the control and the
ceilings, `python -m dbs_core` runs it. Nothing here knows of any UI.
"""
