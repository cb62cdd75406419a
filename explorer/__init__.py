"""The explorer: draws the records of `dbs_core` and never computes them.

Read app.py first (navigation and the sidebar), then app_pages/explore.py and
explore/ (the linked view and the panels below it). Figures in explore/figures/ are
functions of records; whatever counts, matches, averages or projects is the engine's
(evaluation/, pictures/). Every load is in sources/, the names in the address bar are in
selection/address.py.
"""
