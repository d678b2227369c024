"""Addresses of requests without secrets: a configuration's name is in the address of its details."""

from __future__ import annotations

import logging
import re
from typing import Final
from urllib.parse import unquote

from dashboard.parsing.secrets import mask

HIDDEN: Final = "***"
_NAME: Final = re.compile(r"(?<=/training-job-configs/)[^/?\"\s]+")


def masked_path(text: str) -> str:
    """Return a path, or a line that holds one, with *** for a name that has a secret in it."""
    return _NAME.sub(_masked_name, text)


def _masked_name(found: re.Match[str]) -> str:
    name = unquote(found[0])
    return found[0] if mask(name) is name else HIDDEN


class MaskedPaths(logging.Filter):
    """Masks the lines that the wrapper logs of its requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it through."""
        record.msg, record.args = masked_path(record.getMessage()), None
        return True


def mask_logged_paths() -> None:
    """Let the wrapper log no secret from here on."""
    logging.getLogger("modelarts_api").addFilter(_FILTER)


_FILTER: Final = MaskedPaths()
