"""From class scores of frames to detections.

In: FrameScores, and what a temporal head adds. Out: proposals (Segments) and
Candidates, the paper's way (TAG, CDC's rule, NMS) or the head's.
"""
