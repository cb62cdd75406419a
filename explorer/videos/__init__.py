"""The table of videos, of the pages Videos and Result file."""
