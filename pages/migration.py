"""What each configuration becomes in API v2: verdicts, what is left to decide, files."""

from dashboard.ui import context, migration, notices

here = context.current()
notices.draw(here)
migration.draw(here)
