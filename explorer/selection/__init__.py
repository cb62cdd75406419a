"""What is chosen: run, split, video, class, and the player's view."""
