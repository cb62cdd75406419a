"""A user's own videos: taken in, estimated, looked at in parts."""
