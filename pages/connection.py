"""What the dashboard is connected to, how that is doing, and the test of it."""

from dashboard.ui import connection, context, notices

here = context.current()
notices.draw(here)
connection.draw(here)
