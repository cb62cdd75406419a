"""Figures 1 to 4, PNG, SVG and PDF."""
