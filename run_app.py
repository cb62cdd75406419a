"""The way in: `streamlit run run_app.py` (or `python run_app.py`, or `dbs explore`).

The pages are in explorer/app_pages, drawn by explorer/app.py. Videos, still frames
and the player's data go to the browser through the routes of explorer/routes. Settings
are in .streamlit beside this file, wherever the app is started from.
"""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

import explorer
from dbs_core.cli.sharing import server_options
from dbs_core.runtime.errors import InputError
from explorer import allocator
from explorer.access.serving import announced
from explorer.elements.errors import show_script_error
from explorer.routes.first_look import FirstLook
from explorer.routes.local_only import LocalOnly
from explorer.routes.run_routes import ROUTES
from explorer.warming import start_warming

try:
    options = server_options()
except InputError as error:
    sys.stderr.write(f"error: {error}\n")
    sys.exit(2)

app = st.App(
    Path(explorer.__file__).resolve().parent / "app.py",
    routes=ROUTES,
    middleware=[Middleware(LocalOnly), Middleware(FirstLook)],
    lifespan=announced,
    on_script_error=show_script_error,
)

allocator.share_heaps()
start_warming()

if __name__ == "__main__":
    app.run(config=options)
