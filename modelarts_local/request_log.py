"""What came in: one entry a request, in the order of arrival."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

LOG_LENGTH = 100_000


@dataclass
class RecordedRequest:
    """One request as it came. `status` is None until the answer starts."""

    method: str
    path: str
    query: Mapping[str, str]
    # Kept out of the repr: an X-Auth-Token is among them.
    headers: Mapping[str, str] = field(repr=False)
    status: int | None = None


class RequestLog(Sequence[RecordedRequest]):
    """The last 100,000 requests; safe to read and clear while the service runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[RecordedRequest] = deque(maxlen=LOG_LENGTH)

    def record(self, request: RecordedRequest) -> None:
        """Append a request."""
        with self._lock:
            self._entries.append(request)

    def clear(self) -> None:
        """Forget what came in so far."""
        with self._lock:
            self._entries.clear()

    def _copy(self) -> list[RecordedRequest]:
        with self._lock:
            return list(self._entries)

    @overload
    def __getitem__(self, index: int) -> RecordedRequest: ...

    @overload
    def __getitem__(self, index: slice) -> list[RecordedRequest]: ...

    def __getitem__(self, index: int | slice) -> RecordedRequest | list[RecordedRequest]:
        return self._copy()[index]

    def __iter__(self) -> Iterator[RecordedRequest]:
        return iter(self._copy())

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"RequestLog({self._copy()!r})"
