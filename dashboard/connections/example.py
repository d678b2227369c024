"""An example of what somebody seems to want: complete, and with made-up values."""

from __future__ import annotations

import json
import re
from typing import Final

from dashboard.connections.raw_connection import ACCESS_KEY, PASSWORD, CredentialsKind, RawConnection
from dashboard.secrets_file import FILE
from modelarts_api.regions import REGIONS

_VALUES: Final = {
    "endpoint": "https://modelarts.cn-north-4.myhuaweicloud.com",
    "region": "cn-north-4",
    "project_id": "0123456789abcdef0123456789abcdef",
    "project_name": "cn-north-4",
    "token": "…",
    "access_key": "…",
    "secret_key": "…",
    "security_token": "…",
    "username": "…",
    "password": "…",
    "domain": "…",
    "iam_endpoint": "https://iam.cn-north-4.myhuaweicloud.com",
}


def example_for(raw: RawConnection) -> str:
    """Return lines for secrets.toml or for a shell, of the kind of connection that the raw was begun as."""
    kind = raw.kinds[0] if raw.kinds else ACCESS_KEY
    place = "endpoint" if raw.has("endpoint") else "region"
    by_name = kind is PASSWORD and raw.has("project_name") and not raw.has("project_id")
    keys = [place, "project_name" if by_name else "project_id", *kind.needs, *_optional(raw, kind, place)]
    region = raw.texts.get("region", "")
    values = {**_VALUES, "region": region if region in REGIONS else _VALUES["region"]}
    if raw.source != FILE:
        return "\n".join(f'export {raw.word(key)}="{values[key]}"' for key in keys)
    lines = [f'{key} = "{values[key]}"' for key in keys]
    return "\n".join([f"[connections.{_toml_key(raw.name)}]", *lines])


def _optional(raw: RawConnection, kind: CredentialsKind, place: str) -> list[str]:
    """Return what they began with, and IAM's address where nothing else tells it."""
    wanted = [key for key in kind.takes if raw.has(key)]
    needs_iam = kind is PASSWORD and place == "endpoint" and "iam_endpoint" not in wanted
    return [*wanted, *(["iam_endpoint"] if needs_iam else [])]


def _toml_key(name: str) -> str:
    """Return the name, or a word made of it: one that is no word is a fault itself."""
    word = re.sub(r"[^\w.-]+", "-", name).strip("-")[:64] or "production"
    return word if re.fullmatch(r"[A-Za-z0-9_-]+", word) else json.dumps(word, ensure_ascii=False)
