"""Alembic's environment: it runs the revisions on the connection that it is handed, in its transaction."""

from alembic import context

from dashboard.store.migrations import VERSION_TABLE
from dashboard.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()
