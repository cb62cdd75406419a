"""The page Errors: what goes wrong in a whole data set, and the clip behind each."""
