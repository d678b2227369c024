"""Secrets told by their own form: well-known prefixes, private keys, an access key beside its secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.values import MAX_JUDGED, is_generated, is_placeholder

# GitHub, GitLab, Hugging Face, Slack, npm, PyPI, Docker, DigitalOcean, Vault, SendGrid, Stripe, Shopify,
# LangSmith, Replicate, Google, JSON Web Tokens.
_TOKENS: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"gh[pousr]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{40,}+"
    r"|gl(?:pat|dt|rt|ptt|cbt|soat|ft)-[\w.-]{20,}+"
    r"|(?:hf|api_org)_[A-Za-z0-9]{30,}+|xox[abeoprs]-[A-Za-z0-9-]{20,}+|xapp-[A-Za-z0-9-]{20,}+"
    r"|npm_[A-Za-z0-9]{30,}+|pypi-AgE[\w-]{40,}+|dckr_[op]at_[\w-]{20,}+|do[op]_v1_[0-9a-f]{40,}+"
    r"|hv[sbr]\.[\w-]{20,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}+"
    r"|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,}+|lsv2_[a-z]{2}_[\w]{32,}+|r8_[A-Za-z0-9]{36,}+|ya29\.[\w-]{20,}+"
    r"|ey[JK][\w-]{8,}+\.ey[JK][\w-]{8,}+(?:\.[\w-]*+)?"
    r")"
)
# OpenAI and those who do as it does, Anthropic, OpenRouter, Langfuse; Groq, NVIDIA, age, Google.
_KEYS: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"sk-(?:proj-|svcacct-|admin-|or-v1-|lf-|ant-[a-z0-9]{3,8}-)?[A-Za-z0-9_-]{20,}+"
    r"|(?:gsk_|nvapi-|AGE-SECRET-KEY-1)[\w-]{30,}+|AIza[\w-]{30,}+"
    r")"
)
_ACCESS_KEYS: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?:A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}|LTAI[A-Za-z0-9]{12,26}|AKID[A-Za-z0-9]{28,40})"
    r"(?![A-Za-z0-9])"
    r"|(?<=@)[A-Z0-9]{20}(?![A-Za-z0-9])"
)
# A Huawei Cloud access key and its secret key are told by standing side by side.
_PAIRS: Final = re.compile(
    r"(?<![A-Za-z0-9_/+-])(?:"
    r"(?P<access>[A-Z0-9]{20})[\s\"',;:\\]{1,8}(?P<secret>[A-Za-z0-9+/]{40})"
    r"|(?P<alibaba>LTAI[A-Za-z0-9]{12,26})[\s\"',;:\\]{1,8}(?P<alibaba_secret>[A-Za-z0-9]{30})"
    r")(?![A-Za-z0-9+/=])"
)
_PRIVATE_KEY: Final = re.compile(
    r"-----(?P<edge>BEGIN|END) (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
)
# What a key without an end consists of: base 64, in lines whose ends may be escaped.
_BODY: Final = re.compile(
    r"(?:(?:\s|\\+[nr])*+[A-Za-z0-9+/=]{16,}+)++(?:(?:\s|\\+[nr])*+[A-Za-z0-9+/]++={1,2})?"
)
_LINE: Final = re.compile(r"[A-Za-z0-9+/]{16,}")


def secrets_by_form(text: str) -> Iterator[Secret]:
    """Yield the secrets that need no name to be told."""
    for pattern, kind in ((_TOKENS, Kind.TOKEN), (_KEYS, Kind.API_KEY), (_ACCESS_KEYS, Kind.ACCESS_KEY)):
        for found in pattern.finditer(text):
            value = found[0][:MAX_JUDGED]
            if not is_placeholder(value) and (kind is not Kind.API_KEY or is_generated(value)):
                yield Secret(found.start(), found.end(), kind)
    for found in _PAIRS.finditer(text):
        access, secret = (found[1], found[2]) if found["access"] else (found[3], found[4])
        if any(map(str.isdigit, access)) and is_generated(secret) and not is_placeholder(secret):
            yield Secret(found.start(), found.start() + len(access), Kind.ACCESS_KEY)
            yield Secret(found.end() - len(secret), found.end(), Kind.SECRET_KEY)


def private_keys(text: str) -> Iterator[Secret]:
    """Yield private keys in PEM, from the line of dashes that begins one to the line that ends it."""
    edges = list(_PRIVATE_KEY.finditer(text))
    for edge, following in pairwise([*edges, None]):
        if edge is None or edge["edge"] == "END":
            continue
        if following is not None and following["edge"] == "END":
            end = following.end()
        else:
            body = _BODY.match(text, edge.end())
            end = body.end() if body else edge.end()
        lines = _LINE.findall(text[edge.end() : min(end, edge.end() + 8 * MAX_JUDGED)])
        if any(is_generated(line[:MAX_JUDGED]) for line in lines):
            yield Secret(edge.start(), end, Kind.PRIVATE_KEY)
