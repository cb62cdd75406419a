"""What if: a knob of detection is turned, and the whole split is judged anew.

Knobs (`knobs`) are turned on what a run keeps of each video, or on a result file
(`subject`); the answer (`answer`) is the difference from what stands.
"""
