"""What has changed between two points in time, and the whole over time."""

from dashboard.ui import changes, context, notices

here = context.current()
notices.draw(here)
changes.draw(here)
