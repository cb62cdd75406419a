"""The explorer: draws the records of `dbs_core` and never computes them.

Read app.py first (navigation and the sidebar), then app_pages/explore.py and
player/ (the linked view). Figures are functions of records in figures/; every
load is in sources.py; the names in the address bar are in state.py.
"""
