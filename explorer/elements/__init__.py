"""What several pages show alike: badge, errors, the empty page, colours, escaping."""
