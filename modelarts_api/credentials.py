"""How a request is authorised. A secret never appears in a repr, a message or a log."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from requests import PreparedRequest, Response
from requests.auth import AuthBase

from modelarts_api.errors import AuthenticationError, SettingError

T = TypeVar("T")
_registry: WeakValueDictionary[bytes, Any] = WeakValueDictionary()
_registering = threading.Lock()


class Credentials(AuthBase):
    """Authorises one request at a time; shared by all threads of a client. This class sends nothing.

    For every attempt the transport enters `attempt`, calls the object with the whole request just before
    it is sent, and tells it how that was judged: `accepted` or `refused`. What the call leaves in the
    request's `url` and `headers` is what goes out, so a signature may cover them.
    """

    project_id: str | None = None  # of the project that they are for, as far as they know it now
    project_name: str | None = None  # if the first attempt asks for the id

    def attempt(self, url: str, seconds: float) -> AbstractContextManager[None]:  # noqa: ARG002 - for those that prepare
        """Hold from before a request to `url` is made until its answer is read.

        Entering may take up to `seconds`, and raises ModelArtsError if sending would be of no use.
        """
        return nullcontext()

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Authorise the request in place and return it."""
        return r

    def accepted(self, request: PreparedRequest) -> None:
        """Take note that the service has answered `request` with what it asked for."""

    def refused(self, response: Response, error: AuthenticationError) -> None:
        """Take note that the service did not accept the authorisation of what `response` answers.

        What is known of the way out goes into `error.remedy`.
        """

    def renew(self, rejected: PreparedRequest) -> bool:  # noqa: ARG002 - for those that can renew
        """Return whether, after a 401 to `rejected`, a new attempt has a chance. Asked once per call."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be shown."""
        return ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def registered(make: Callable[[], T], *identity: object) -> T:
    """Return the one object of the process that has this identity, made if nobody holds one.

    It is what credentials made anew of the same values share. Of an identity only a hash is kept: it holds
    secrets.
    """
    key = hashlib.sha256(repr(identity).encode()).digest()
    with _registering:
        found: T | None = _registry.get(key)
        if found is None:
            found = _registry[key] = make()
        return found


def text_value(field: str, value: str) -> str:
    """Return `value`, unless it is blank: SettingError, without the value."""
    if not isinstance(value, str) or not value.strip():
        raise SettingError(field, "must not be blank")
    return value


def header_value(field: str, value: str) -> str:
    """Return `value` without white space around it. SettingError, without it, if it cannot be a header."""
    value = text_value(field, value).strip()
    if not all("!" <= character <= "~" for character in value):
        raise SettingError(field, "must be printable ASCII without spaces")
    return value
