"""The parts of the page for own videos and for data sets on disk."""
