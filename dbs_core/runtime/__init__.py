"""How every job runs.

Errors with a cure, progress and cancel, named randomness, files whole or absent.
"""
