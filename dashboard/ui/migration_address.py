"""The address of one configuration on the migration screen, and of its passport."""

from __future__ import annotations

from urllib.parse import urlencode

from dashboard.data.parameters import CONFIG_TYPE, CONNECTION, DETAILS, SAME_NAME
from dashboard.ui.context import Context


def of(here: Context, name: str, number: int) -> str:
    """Return the query that names a configuration, the `number`th of its name."""
    pairs = {CONNECTION: here.connection.name, DETAILS: name}
    if number > 1 or not name:
        pairs[SAME_NAME] = str(number)
    if here.view.config_type != CONFIG_TYPE.default:
        pairs[CONFIG_TYPE.name] = here.view.config_type
    return urlencode(pairs)
