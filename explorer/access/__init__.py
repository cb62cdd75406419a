"""Who may use the app, and what of it: this computer alone, unless its owner shares."""
