"""How the tables came to be as they are: Alembic's environment, and one revision a file in `versions/`.

A new revision is a file there by hand, its number at the end of REVISIONS, and the change in `tables.py`;
tests upgrade from every earlier one with data in it, and compare the outcome with `tables.py`. A revision
that has been released is never changed.
"""

from typing import Final

REVISIONS: Final = ("0001", "0002")
"""All of them in their order; known here, so that opening a database that is up to date needs no Alembic."""

HEAD: Final = REVISIONS[-1]
VERSION_TABLE: Final = "dashboard_store_revision"
"""Alembic's table, under a name of ours: by it a database of ours is told from another program's."""
