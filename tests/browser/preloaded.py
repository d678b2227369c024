"""What a dashboard imports, imported once, in the process of which each is a fork: see forked.py."""

import streamlit.web.bootstrap
import streamlit.web.cli
import streamlit.web.server.starlette  # noqa: F401

import dashboard.history.taker
import dashboard.server.exports
import dashboard.server.first_view
import dashboard.server.health
import dashboard.server.metrics
import dashboard.server.migration_files  # noqa: F401
from dashboard.server import start

start._import_screens()
