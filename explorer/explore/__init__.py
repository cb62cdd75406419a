"""What the page Explore is made of: player, panels, figures."""
