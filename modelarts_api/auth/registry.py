"""One object for everybody in the process who has the same identity."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Registry(Generic[T]):
    """What connections made anew from the same settings have in common, as long as somebody holds it.

    Of an identity only a hash is kept: it holds secrets.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._objects: WeakValueDictionary[bytes, T] = WeakValueDictionary()

    def get(self, identity: tuple[str, ...], make: Callable[[], T]) -> T:
        """Return the object of this identity, made if nobody holds one."""
        key = hashlib.sha256(repr(identity).encode()).digest()
        with self._lock:
            found = self._objects.get(key)
            if found is None:
                found = self._objects[key] = make()
            return found
