"""Configurations side by side, and the families that show who is unlike the others."""

from dashboard.ui import compare, context, notices

here = context.current()
notices.draw(here)
compare.draw(here)
