"""Damaged files by the hundred: every reader says one line of them, and stays small."""
