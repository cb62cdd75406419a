"""What a network sees in a video.

In: a video file. Out: Features, 7 x 7 x D maps of 5 frames a second, kept in a cache.
`streams.named_backbone` opens what a run names, a network or maps made elsewhere;
`flow` is the motion stream.
"""
