"""Pictures of records by Matplotlib: of one video for a page, of a run for a paper.

No pyplot and no state of its own; nothing here knows a user interface.
"""
