"""What a network sees in a video.

In: a video file. Out: Features, 7 x 7 x D maps of 5 frames a second, kept in a cache.
Backbones are opened by name; `flow` is the motion stream.
"""
