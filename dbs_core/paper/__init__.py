"""The paper again from a run: Figures 1 to 4, Tables 1 to 8, and ours."""
