"""The page Compare: what a change fixed and broke, on the same truth."""
