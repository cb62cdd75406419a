"""The paper's path, a folder a stage; `pipeline.detect` calls each once, in order.

    video           file                     -> frames, each with its own time
    features        frames, 5 a second       -> Features      7 x 7 x D maps
    imprint         Features                 -> ImprintFit    EM on a torus, Eq. 1-4
    segmentation    Imprint                  -> GridScores    the FCN, PAPER Table 2
    backprojection  GridScores, Placement    -> FrameScores   Eq. 6 and 7
    detection       FrameScores              -> Candidates    TAG, CDC's rule, NMS

Beside the path: `control` (the same frames without imprint), `fusion` (two streams),
`model` (what a training leaves), `settings` (all of them in one record).
Loads no PyTorch.
"""
