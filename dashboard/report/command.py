"""The command `modelarts-audit verify FILE`: whether a report is as it was made, and who vouches for it.

Imports neither pandas nor Streamlit.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dashboard.command_line import COULD_NOT, PROGRAM, STANDARD, WRONG_USAGE
from dashboard.secrets_file import read_secrets, unknown_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TABLE, KEY = "report", "signing_key"
"""The table and the key of secrets.toml: a PEM file's path, PEM, or base64 of an Ed25519 key's 32 bytes."""
GOOD, CHANGED = 0, 1
EXIT_CODES: Final = (
    "exit code: 0 the report is whole, and signed by the key if there is one; 1 it was changed, or is not"
    " signed by the key; 2 it cannot be read, or its signature not be checked for want of a key; 64 wrong"
    " usage"
)


def verify(arguments: Sequence[str]) -> int:
    """Check a report, say what came of it, and return the exit code."""
    asked = _parser().parse_args(arguments)
    from dashboard.report import seal  # noqa: PLC0415 - after --help

    try:
        key = _public_key(asked.public_key)
        document = sys.stdin.buffer.read() if asked.file == STANDARD else Path(asked.file).read_bytes()
    except seal.KeyProblemError as error:
        return _said(f"the key cannot be used: {error}", WRONG_USAGE)
    except OSError as error:
        return _said(f"{asked.file} cannot be read: {error.strerror}", COULD_NOT)
    found = seal.verify(document, key)
    print(found.words)  # noqa: T201 - a command's output
    if not found.is_good:
        return CHANGED
    return COULD_NOT if found.is_signed and found.is_genuine is None else GOOD


def signing_key(tables: Mapping[str, object]) -> Ed25519PrivateKey | None:
    """Return the key of `[report]` in secrets.toml, None without one. Raises KeyProblemError, in words."""
    from dashboard.report import seal  # noqa: PLC0415 - cryptography takes a moment

    table = tables.get(TABLE, {})
    if not isinstance(table, Mapping):
        raise seal.KeyProblemError(f"[{TABLE}] is no table")
    for name in table:
        if name != KEY:
            raise seal.KeyProblemError(unknown_key(str(name), f"[{TABLE}]", [KEY]))
    value = table.get(KEY)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise seal.KeyProblemError(f"{KEY} of [{TABLE}] must be a text")
    return seal.private_key(value)


def _public_key(given: str | None) -> Ed25519PublicKey | None:
    """Return the key that was given, else that of secrets.toml."""
    from dashboard.report import seal  # noqa: PLC0415

    if given is not None:
        return seal.public_key(given)
    own = signing_key(read_secrets().tables)
    return own.public_key() if own else None


def _said(words: str, code: int) -> int:
    print(f"{PROGRAM} verify: {words}", file=sys.stderr)  # noqa: T201
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} verify",
        description="Check that a report is as it was made, and signed by a key.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("file", metavar="FILE", help="the report's HTML file; - reads standard input")
    parser.add_argument(
        "--public-key",
        metavar="KEY",
        help=f"an Ed25519 key: a PEM file, or base64 of its 32 bytes; else [{TABLE}] {KEY} in secrets.toml",
    )
    return parser
