"""The seal of a document: SHA-256 sums of what it says, and an Ed25519 signature where there is a key.

Two sums stand in the document: one of its data (canonical JSON), and one of the whole document with the
places of its seal empty. The signature is of both. A sum can be made anew by whoever changes a document; a
signature cannot.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from dashboard.report.report_data import digest

CONTEXT: Final = b"modelarts-dashboard report 1\n"
"""What a signature begins with, so that one of something else is never one of a report."""
KEY_BYTES: Final = 32
MAX_BYTES: Final = 200_000_000
SLOTS: Final = ("document-sha256", "signature", "signed-by")
"""The names of the seal's places; while the document's sum is taken, all three are empty."""
SLOT: Final = '<meta name="{}" content="{}">'
DATA: Final = re.compile(r'<script type="application/json" id="report-data">([^<]*)</script>')
DATA_SUM: Final = re.compile(r'<meta name="data-sha256" content="([0-9a-f]{64})">')


class KeyProblemError(ValueError):
    """A key that cannot be used; the message says why, and nothing of the key."""


@dataclass(frozen=True)
class Verification:
    """What has become of a document since it was made.

    `is_whole` says that both sums are right. `is_signed` that it has a signature, and `is_genuine` that this
    is of the given key: False for a wrong one or none, None where no key was given. `words` say all of it.
    """

    is_whole: bool
    is_signed: bool
    is_genuine: bool | None
    words: str

    @property
    def is_good(self) -> bool:
        """Return whether it is whole, and by the key that was given if one was."""
        return self.is_whole and self.is_genuine is not False


def empty_seal() -> str:
    """Return the places of a seal, empty; a document has them once."""
    return "".join(SLOT.format(name, "") for name in SLOTS)


def sealed(document: str, data_sum: str, key: Ed25519PrivateKey | None = None) -> bytes:
    """Return a document with an empty seal as UTF-8, its seal filled in; signed if there is a key."""
    whole = document.encode("utf-8", "replace")
    document_sum = hashlib.sha256(whole).hexdigest()
    values = [document_sum, "", ""]
    if key is not None:
        signature = key.sign(_signed(data_sum, document_sum))
        values[1:] = [base64.b64encode(signature).decode(), fingerprint(key.public_key())]
    for name, value in zip(SLOTS, values, strict=True):
        whole = whole.replace(SLOT.format(name, "").encode(), SLOT.format(name, value).encode(), 1)
    return whole


def verify(document: bytes, public_key: Ed25519PublicKey | None = None) -> Verification:
    """Return whether a document is as it was made and, with a key, whether that key has signed it."""
    try:
        emptied, (document_sum, signature, signed_by) = _without_seal(document)
        data_sum, data = _data_of(emptied.decode("utf-8"))
    except ValueError as error:
        return Verification(False, False, None if public_key is None else False, str(error))
    if hashlib.sha256(emptied).hexdigest() != document_sum or digest(data) != data_sum:
        words = "The document has been changed since it was made."
        return Verification(False, bool(signature), None if public_key is None else False, words)
    if not signature and not signed_by:
        words = "The document is whole. It is not signed: whoever changes it can make its sums anew."
        return Verification(True, False, None if public_key is None else False, words)
    if public_key is None:
        return Verification(
            True, True, None, f"The sums are right. To check the signature, give the key {signed_by}."
        )
    is_named = signed_by == fingerprint(public_key)
    is_genuine = is_named and _is_of(public_key, signature, _signed(data_sum, document_sum))
    words = "The document is whole, and signed by" if is_genuine else "The signature is not one by"
    return Verification(True, True, is_genuine, f"{words} {fingerprint(public_key)}.")


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the first 16 hexadecimal digits of a public key's SHA-256: what to call it."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def private_key(text: str) -> Ed25519PrivateKey:
    """Return the key that a setting names: a PEM file's path, PEM, or base64 of 32 bytes. KeyProblemError."""
    pem = _pem(text)
    if pem is None:
        return Ed25519PrivateKey.from_private_bytes(_raw(text))
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise KeyProblemError("the PEM holds no private key without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblemError("the key is not an Ed25519 key")
    return key


def public_key(text: str) -> Ed25519PublicKey:
    """Return the public key of a text, as `private_key`; of a private PEM its own. KeyProblemError."""
    pem = _pem(text)
    if pem is None:
        return Ed25519PublicKey.from_public_bytes(_raw(text))
    if b"PRIVATE KEY" in pem:
        return private_key(text).public_key()
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise KeyProblemError("the PEM holds no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyProblemError("the key is not an Ed25519 key")
    return key


def _signed(data_sum: str, document_sum: str) -> bytes:
    return CONTEXT + f"{data_sum}\n{document_sum}\n".encode()


def _without_seal(document: bytes) -> tuple[bytes, list[str]]:
    """Return a document with its seal empty, and what stood there; ValueError for what is no report."""
    if len(document) > MAX_BYTES:
        raise ValueError("The file is too large to be a report.")
    values = []
    for name in SLOTS:
        before, after = SLOT.format(name, "|").encode().split(b"|")
        begin = document.find(before)
        end = document.find(after, begin + len(before))
        if begin < 0 or end < 0:
            raise ValueError("The file is no report: its seal is missing.")
        values.append(document[begin + len(before) : end].decode("ascii", "replace"))
        document = document[: begin + len(before)] + document[end:]
    return document, values


def _data_of(document: str) -> tuple[str, object]:
    sums, data = DATA_SUM.search(document), DATA.search(document)
    if not sums or not data:
        raise ValueError("The file is no report: its data is missing.")
    return sums[1], json.loads(data[1])


def _is_of(key: Ed25519PublicKey, signature: str, signed: bytes) -> bool:
    try:
        found = base64.b64decode(signature, validate=True)
        key.verify(found, signed)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return base64.b64encode(found).decode() == signature  # base64 can say the same in two ways


def _pem(text: str) -> bytes | None:
    """Return the PEM of a text or of the file that it names; None for what can only be base64."""
    if "-----BEGIN" in text:
        return text.encode()
    path = Path(text).expanduser()
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise KeyProblemError(f"the key's file cannot be read: {error.strerror}") from error


def _raw(text: str) -> bytes:
    try:
        found = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyProblemError("the key is neither a file nor base64") from error
    if len(found) != KEY_BYTES:
        raise KeyProblemError(f"the key has {len(found)} bytes; an Ed25519 key has {KEY_BYTES}")
    return found
