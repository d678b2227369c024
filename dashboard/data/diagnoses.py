"""The test of a connection, in the background: steps appear as they finish, one test at a time for all."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from modelarts_api import Client, ModelArtsError
from modelarts_api.diagnosis import Step, diagnose

SIGN_IN: Final = "sign-in at IAM"
"""The step before all others where a project is known by its name: nothing can be asked without the id."""
OURS: Final = "test"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DiagnosisState:
    """The steps that are over, in order; `began_at` is None before the first test."""

    steps: tuple[Step, ...] = ()
    running: bool = False
    began_at: datetime | None = None
    finished: int = 0


class Diagnosis:
    """Tests one connection. Safe to share between threads: who asks while a test runs gets that one."""

    def __init__(self, client: Callable[[], Client]) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._state = DiagnosisState()

    @property
    def state(self) -> DiagnosisState:
        """How it stands now."""
        return self._state

    def start(self) -> None:
        """Begin a test unless one runs."""
        with self._lock:
            if self._state.running:
                return
            self._done.clear()
            self._state = replace(self._state, steps=(), running=True, began_at=datetime.now(UTC))
        threading.Thread(target=self._run, name="diagnosis", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until the test that runs is over, at most so long; True when it is."""
        return self._done.wait(seconds)

    def _run(self) -> None:
        try:
            for step in self._steps():
                self._state = replace(self._state, steps=(*self._state.steps, step))
        except Exception as error:  # noqa: BLE001 - a fault of ours must reach the screen, not die here
            _log.exception("testing a connection failed unexpectedly")
            step = Step(OURS, "failed", 0.0, "", error)
            self._state = replace(self._state, steps=(*self._state.steps, step))
        with self._lock:
            self._state = replace(self._state, running=False, finished=self._state.finished + 1)
            self._done.set()

    def _steps(self) -> Iterator[Step]:
        started = time.perf_counter()
        try:
            client = self._client()
        except ModelArtsError as error:
            yield Step(SIGN_IN, "failed", time.perf_counter() - started, "", error)
            return
        yield from diagnose(client)
