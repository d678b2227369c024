"""The documented ModelArts calls, served on 127.0.0.1 with sample data; independent of the client."""

from modelarts_local.authorisation import (
    AccessKeyAuthorisation,
    PasswordAuthorisation,
    TokenAuthorisation,
)
from modelarts_local.service import LocalService

__all__ = ["AccessKeyAuthorisation", "LocalService", "PasswordAuthorisation", "TokenAuthorisation"]
