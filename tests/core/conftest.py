"""Hypothesis without a time limit for each example: machines are shared and slow."""

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
