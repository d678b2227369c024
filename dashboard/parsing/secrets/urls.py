"""Secrets in URLs: a user's password or token, and addresses that let in whoever knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.names import Evidence
from dashboard.parsing.secrets.values import ACCESS_KEY, MAX_JUDGED, counts

_AUTHORITY: Final = re.compile(r"://((?:[^\s/?#;\"'<>`\\]|\\[^\s/\"'])*+)")
_ENCODED: Final = re.compile(r"%3[Aa]%2[Ff]%2[Ff]((?:[^\s%&\"'/]|%(?!2[Ff])[0-9A-Fa-f]{2})*+)")
_ORACLE: Final = re.compile(r"jdbc:oracle:\w{1,8}:[\w.$#-]{1,64}/(?!/)([^/\s\"']++)")
_ADDRESSES: Final = re.compile(
    r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<slack>[\w/-]{16,}+)"
    r"|open-apis/bot/(?:v2/)?hook/(?P<feishu>[\w-]{16,}+)"
    r"|/api/webhooks/\d{6,24}/(?P<discord>[\w-]{20,}+)"
    r"|api\.telegram\.org/(?:file/)?bot(?P<telegram>\d{6,12}:[\w-]{30,}+)"
    r"|ftqq\.com/(?P<serverchan>SCT\w{16,}+)"
    r"|/t/(?P<conda>[\w-]{16,}+)/"
)


def url_secrets(text: str) -> Iterator[Secret]:
    """Yield the secrets in the URLs of a text, those within the query of another URL included."""
    for found in _AUTHORITY.finditer(text):
        yield from _user_information(text, *found.span(1), at="@", colon=":")
    for found in _ENCODED.finditer(text):
        yield from _user_information(text, *found.span(1), at="%40", colon="%3A")
    for found in _ORACLE.finditer(text):
        end = text.rfind("@", *found.span(1))
        yield from _credential(text, found.start(1), end, Evidence.ANY)
    for found in _ADDRESSES.finditer(text):
        group = found.lastgroup or ""
        evidence = Evidence.CREDIBLE if group == "conda" else Evidence.LONG
        yield from _credential(text, *found.span(group), evidence)


def _user_information(text: str, start: int, end: int, *, at: str, colon: str) -> Iterator[Secret]:
    """Yield password and token of what stands before the host: `user:password@`, `token@`."""
    end = text.rfind(at, start, end)
    if end < 0:
        return
    mark = text.find(colon, start, end)
    yield from _credential(text, start, end if mark < 0 else mark, Evidence.GENERATED)
    if mark >= 0:
        yield from _credential(text, mark + len(colon), end, Evidence.ANY)


def _credential(text: str, start: int, end: int, evidence: Evidence) -> Iterator[Secret]:
    if counts(text[start : min(end, start + MAX_JUDGED)], evidence):
        is_access_key = evidence is Evidence.GENERATED and ACCESS_KEY.fullmatch(text, start, end)
        yield Secret(start, end, Kind.ACCESS_KEY if is_access_key else Kind.URL_CREDENTIAL)
