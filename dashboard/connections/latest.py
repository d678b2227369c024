"""The settings as they were read last, read anew only when their sources have changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from dashboard.connections.connection import Settings

Read = Callable[[Mapping[str, object], Mapping[str, str]], Settings]


class LatestSettings:
    """Keeps one reading, in `settings`. Safe to share between threads."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._sources: tuple[Mapping[str, object], Mapping[str, str]] | None = None
        self.settings = Settings()

    def get(self, secrets: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
        """The settings of these sources: the same object as long as nothing has changed.

        What is configured as before keeps its credentials, and with them the memory of what was refused.
        """
        with self._lock:
            if self._sources != (secrets, environment):
                self.settings = self._read(secrets, environment).keeping(self.settings)
                self._sources = (secrets, environment)
            return self.settings
