"""Hiding secrets in text that came from elsewhere: whole or in part, plain or encoded.

A secret is known by any twelve characters of it in a row (a shorter one as a whole), and what follows in the
same word is hidden with them. It does not matter how they are written: with escapes of JSON, URLs or HTML, up
to three times over; in base64 of either alphabet, wherever it begins; broken into lines; in any case. A
signature is hidden too, since a gateway repeats the request whose signature it refuses.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final

_WINDOW, _PROBE = 12, 6
_MARGIN: Final = 512  # what is looked at beyond the part that is shown: one window in its longest spelling
_ESCAPE: Final = re.compile(
    r"\\u(?P<json>[0-9a-f]{4})|%(?P<url>[0-9a-f]{2})|(?P<html>&#?[0-9a-z]{1,12};?)"
    r"|\\(?P<plain>[^nrt])|\\[nrt]|[\r\n]",
    re.IGNORECASE,
)
_FOLDED: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_ ", "abcdefghijklmnopqrstuvwxyz+/+")
_REST_OF_WORD: Final = re.compile(r"[\w+/=.%\\-]*")
_SIGNATURE: Final = re.compile(r"signature\W{1,8}([0-9a-f]{16,64})", re.IGNORECASE)


class Redactor:
    """Replaces secrets by asterisks. It holds them, so it must not outlive the connection.

    >>> Redactor(["hunter2"])("the password is hunter2", 40)
    'the password is ***'
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets = tuple(secrets)
        spellings = {_folded(_unescaped(way)[0]) for secret in self.secrets for way in _spellings(secret)}
        self._short = tuple(spelling for spelling in spellings if 0 < len(spelling) < _WINDOW)
        self._long = "\0".join(spelling for spelling in spellings if len(spelling) >= _WINDOW)

    def __call__(self, text: str, limit: int) -> str:
        """Return the first `limit` characters of a text, without secrets; what follows is not looked at."""
        text = text[: limit + _MARGIN]
        plain, origin = _unescaped(text)
        shown, end = [], 0
        for start, stop in self._hidden(plain):
            if origin[start] >= limit:
                break
            if origin[start] >= end:
                shown += [text[end : origin[start]], "***"]
            end = max(end, origin[stop])
        return "".join([*shown, text[end:limit]])[:limit]

    def _hidden(self, plain: str) -> Iterator[tuple[int, int]]:
        """Yield where something secret begins and ends, in order."""
        folded = _folded(plain)
        marks = bytearray(len(plain))
        for spelling in self._short:
            for found in re.finditer(re.escape(spelling), folded):
                marks[found.start() : found.end()] = b"s" * len(spelling)
        for found in _SIGNATURE.finditer(plain):
            marks[found.start(1) : found.end(1)] = b"s" * (found.end(1) - found.start(1))
        for start in self._windows(folded):
            marks[start : start + _WINDOW] = b"w" * _WINDOW
        for run in re.finditer(rb"s+|w+", marks):
            word = _REST_OF_WORD.match(plain, run.end()) if run[0][0] == ord("w") else None
            yield run.start(), word.end() if word else run.end()

    def _windows(self, folded: str) -> Iterator[int]:
        """Yield where twelve characters of a secret begin. Of any twelve, six begin at one of the probes."""
        for probe in range(0, len(folded) - _PROBE + 1, _WINDOW - _PROBE + 1):
            if folded[probe : probe + _PROBE] in self._long:
                for start in range(max(0, probe + _PROBE - _WINDOW), min(probe, len(folded) - _WINDOW) + 1):
                    if folded[start : start + _WINDOW] in self._long:
                        yield start


def _folded(text: str) -> str:
    return text.translate(_FOLDED)


def _unescaped(text: str) -> tuple[str, Sequence[int]]:
    """Return a text without escapes, and where each of its characters, and its end, were before."""
    origin: Sequence[int] = range(len(text) + 1)
    for _ in range(3 if _ESCAPE.search(text) else 0):
        pieces, kept, end = [], list[int](), 0
        for escape in _ESCAPE.finditer(text):
            meant = _meant(escape)
            pieces += [text[end : escape.start()], meant]
            kept += [*origin[end : escape.start()], *[origin[escape.start()]] * len(meant)]
            end = escape.end()
        text, origin = "".join([*pieces, text[end:]]), [*kept, *origin[end:]]
    return text, origin


def _meant(escape: re.Match[str]) -> str:
    if code := escape["json"] or escape["url"]:
        return chr(int(code, 16))
    return html.unescape(escape[0]) if escape["html"] else escape["plain"] or ""


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as it is, as its bytes are read in a header, with JSON's halves, and in base64."""
    yield from (secret, secret.encode(errors="replace").decode("latin-1"), json.dumps(secret)[1:-1])
    for sent, before in product({secret.encode(code, "replace") for code in ("utf-8", "latin-1")}, range(3)):
        # Characters that hold bits of what stands around the secret are left out.
        coded = b64encode(bytes(before) + sent).decode().rstrip("=")
        inner = coded[before + bool(before) : len(coded) - bool((before + len(sent)) % 3)]
        yield inner if len(sent) > 5 else ""
