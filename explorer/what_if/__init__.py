"""The page What if: knobs at the left, what they do beside them."""
