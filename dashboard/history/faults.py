"""What the commands of the history cannot do."""

from __future__ import annotations


class CannotDoError(Exception):
    """What was asked cannot be done; its text says why."""
