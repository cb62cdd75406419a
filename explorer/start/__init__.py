"""What the page Start is made of."""
