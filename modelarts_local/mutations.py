"""A project that lives: now and then somebody edits a configuration, renames, copies or removes one.

What happens is drawn from a seed, so that the same project lives the same life.
"""

import random
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

# What a person does, and how often.
KINDS = {"describe": 4, "command": 2, "workers": 2, "rename": 1, "copy": 2, "remove": 1}
NOTES = ("checked", "use this one", "do not use", "moved to the new data", "learning rate halved")


class Changeable(Protocol):
    """A project whose configurations can be changed while it is served."""

    def names(self) -> list[str]:
        """Return the names there are, oldest row first."""

    def details(self, name: str) -> Mapping[str, Any]:
        """Return all that a configuration says."""

    def add(self, configuration: Mapping[str, Any]) -> None:
        """Add one."""

    def remove(self, name: str) -> None:
        """Remove one."""

    def edit(self, name: str, **fields: Any) -> None:
        """Change fields of one."""


class Mutations:
    """Changes a project, once a call of `once`, or every so many seconds between `start` and `stop`."""

    def __init__(self, project: Changeable, seed: int = 0) -> None:
        self._project = project
        self._rng = random.Random(f"mutations/{seed}")  # noqa: S311 - sample data, reproducible
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float) -> None:
        """Change something every so many seconds from now on."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, args=(seconds,), name="mutations", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Change nothing more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, seconds: float) -> None:
        while not self._stopped.wait(seconds):
            with suppress(KeyError):  # somebody else has removed it in between
                self.once()

    def once(self) -> tuple[str, str]:
        """Make one change. Return its kind and the name that it concerned; "nothing" without any name."""
        names = self._project.names()
        if not names:
            return "nothing", ""
        (kind,) = self._rng.choices(list(KINDS), list(KINDS.values()))
        name = self._rng.choice(names)
        wire = self._project.details(name)
        if kind == "remove":
            self._project.remove(name)
        elif kind == "copy":
            copied = {key: value for key, value in wire.items() if key != "create_time"}
            self._project.add({**copied, "config_name": self._new_name(name, names)})
        else:
            self._project.edit(name, **self._edited(kind, wire, names))
        return kind, name

    def _edited(self, kind: str, wire: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
        if kind == "rename":
            return {"config_name": self._new_name(str(wire["config_name"]), names)}
        if kind == "workers":
            return {"worker_server_num": self._rng.choice((1, 2, 4, 8))}
        if kind == "command" and wire.get("user_command"):
            return {"user_command": f"{wire['user_command']} --seed={self._rng.randrange(100)}"[:2_000]}
        return {"config_desc": f"{self._rng.choice(NOTES)} {self._rng.randrange(1, 100)}"}

    def _new_name(self, name: str, names: list[str]) -> str:
        """Return a free name of at most 64 characters that shows where it is from."""
        taken = set(names)
        while (new := f"{name[:58]}-{self._rng.randrange(1_000, 100_000)}"[:64]) in taken:
            pass
        return new
