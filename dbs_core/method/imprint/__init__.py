"""The video imprint: all frames folded into one torus by EM.

In: Features. Out: ImprintFit, the imprint and where each frame lies on it (Eq. 1-4).
`fitting.fit` is the way in, `em` the EM as the paper has it.
"""
