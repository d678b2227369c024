"""Whether a value is the secret that its name announces, and which part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.names import Evidence
from dashboard.parsing.secrets.source import Value
from dashboard.parsing.secrets.values import MAX_JUDGED, counts, is_generated, is_strict

_SCHEME: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9-]{1,20})[ \t]{1,8}(?=[^\s\"'])")
_WITH_PARAMETERS: Final = re.compile(r"(?:sdk|aws4|v4|v11|acs3|tc3)-hmac-sha(?:256|1)|digest", re.IGNORECASE)
_SIGNED: Final = re.compile(r"(?P<key>[A-Za-z0-9]{8,64}):(?P<signature>[A-Za-z0-9+/]{20,88}={0,2})")
_REST: Final = re.compile(r"[^\s\"'`,;&|<>\\]++")
_SCOPED_KEY: Final = re.compile(r"[A-Z0-9]{16,32}(?=/|%2[Ff])")
# Parts of a value that are no secret: the user of credentials, the name of a cookie, OpenSSL's pass:.
_USER: Final = re.compile(r"[^:\s\"'/]{1,64}:(?!/)")
_COOKIE: Final = re.compile(r"[\w.-]{1,64}=")
_PASS: Final = re.compile(r"pass:")


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of a value from its name and the place of both."""

    name: str
    kind: Kind
    evidence: Evidence
    in_query: bool = False
    strict: bool = False


def judged(text: str, value: Value, named: Named) -> tuple[Secret, ...]:
    """Return the secrets that a value is or holds; none, if it is not what its name announces."""
    lowered = named.name.lower()
    if lowered.endswith("authorization"):
        return _authorization(text, value)
    if lowered.endswith("credential") and (scoped := _SCOPED_KEY.match(text, value.start)):
        return (Secret(scoped.start(), scoped.end(), Kind.ACCESS_KEY),)
    start = _beyond_prefix(text, value, lowered)
    head = text[start : min(value.end, start + MAX_JUDGED)]
    if not counts(head, named.evidence, named.name, literal=value.literal):
        return ()
    if named.strict and not is_strict(head) and not is_generated(head):
        return ()
    kind = named.kind
    if kind is Kind.URL_SIGNATURE and not named.in_query:
        kind = Kind.AUTHORIZATION
    return (Secret(start, value.end, kind),)


def _beyond_prefix(text: str, value: Value, name: str) -> int:
    prefix = None
    if name.endswith(("credentials", "credential", "creds", "auth")):
        prefix = _USER.match(text, value.start, value.end)
    elif name.endswith("cookie"):
        prefix = _COOKIE.match(text, value.start, value.end)
    elif name.endswith("pass"):
        prefix = _PASS.match(text, value.start, value.end)
    return prefix.end() if prefix else value.start


def _authorization(text: str, value: Value) -> tuple[Secret, ...]:
    """Return what follows the scheme of an `Authorization` header; `AK:signature` are two."""
    scheme = _SCHEME.match(text, value.start)
    start = scheme.end() if scheme else value.start
    if scheme and _WITH_PARAMETERS.fullmatch(scheme["scheme"]):
        return ()  # Access=…, Signature=… are found by their own names
    if signed := _SIGNED.match(text, start):
        key, signature = signed.span("key"), signed.span("signature")
        return Secret(*key, Kind.ACCESS_KEY), Secret(*signature, Kind.AUTHORIZATION)
    rest = _REST.match(text, start)
    evidence = Evidence.LONG if scheme else Evidence.GENERATED
    if rest is None or not counts(rest[0], evidence, literal=value.literal):
        return ()
    return (Secret(start, rest.end(), Kind.AUTHORIZATION),)
