"""What the browser fetches beside the page."""
