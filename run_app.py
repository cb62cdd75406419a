"""The way in: `streamlit run run_app.py` (or `python run_app.py`, or `dbs explore`).

The pages are in explorer/app_pages, drawn by explorer/app.py. Videos, still frames
and the player's data go to the browser through the routes of explorer/routes. Settings
are in .streamlit beside this file, wherever the app is started from.
"""

from pathlib import Path

import streamlit as st

import explorer
from explorer.elements.errors import show_script_error
from explorer.routes.run_routes import ROUTES
from explorer.warming import start_warming

app = st.App(
    Path(explorer.__file__).resolve().parent / "app.py",
    routes=ROUTES,
    on_script_error=show_script_error,
)

start_warming()

if __name__ == "__main__":
    app.run()
