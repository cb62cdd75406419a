"""DBS: temporal action detection by spatial segmentation of video imprints.

`method/` is the paper's path, a folder a stage; read `method/pipeline.py` first, then
`method/imprint/em.py`:

    video           file            -> frames, 5 a second, each with its own time
    features        frames          -> Features        7 x 7 x D maps
    imprint         Features        -> ImprintFit      EM on a torus, Eq. 1-4
    segmentation    Imprint         -> GridScores      the FCN, PAPER Table 2
    backprojection  GridScores      -> FrameScores     Eq. 6 and 7
    detection       FrameScores     -> Candidates      TAG, CDC's rule, NMS

`training` learns it, `runs` keeps it, `evaluation` sets it beside the control and the
ceilings, `python -m dbs_core` runs it. Nothing here knows of any UI.
"""
