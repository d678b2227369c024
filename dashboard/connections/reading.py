"""From a raw connection to a connection that a client takes, or to what is wrong with it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

from dashboard.connections.connection import AnyCredentials, Connection, ConnectionProblem
from dashboard.connections.example import example_for
from dashboard.connections.faults import faults_of
from dashboard.connections.raw_connection import ACCESS, KEYS, RawConnection
from dashboard.secrets_file import EMPTY
from modelarts_api import AccessKeyCredentials, Client, PasswordCredentials, SettingError, TokenCredentials
from modelarts_api.regions import endpoint_of, region_of

SAMPLE_NAME: Final = "sample"
MAX_LABEL: Final = 80
_PROCESS_KEY: Final = secrets.token_bytes(32)


def connection_of(raw: RawConnection) -> Connection | ConnectionProblem:
    """Return the connection, if all is there and the wrapper takes the values; otherwise all that is wrong.

    A fault names the key (or variable), never a value: it may be a secret.
    """
    faults = faults_of(raw)
    if not faults:
        try:
            return _checked(raw)
        except SettingError as error:
            faults.append(f"{raw.word(error.field)} {error.reason}")
    label = raw.texts.get("label", "")[:MAX_LABEL]
    return ConnectionProblem(raw.name, raw.source, tuple(faults), example_for(raw), label, _access(raw))


def sample_connection(endpoint: str, project_id: str) -> Connection:
    """Return the connection to the embedded service with sample data."""
    fingerprint = _fingerprint([SAMPLE_NAME, endpoint, project_id])
    return Connection(
        SAMPLE_NAME, endpoint, project_id, None, fingerprint, "embedded", is_sample=True, label="Sample data"
    )


def _checked(raw: RawConnection) -> Connection:
    """Return the connection; SettingError if the wrapper does not take a value."""
    texts = raw.texts
    endpoint = texts.get("endpoint") or endpoint_of("modelarts", texts["region"])
    credentials, shown = _credentials(texts, endpoint)
    connection = Connection(
        raw.name,
        endpoint,
        texts.get("project_id", ""),
        credentials,
        _fingerprint([raw.name, *(f"{key}={texts.get(key, '')}" for key in KEYS if key != "label")]),
        raw.source,
        project_name=texts.get("project_name", ""),
        label=texts.get("label", "")[:MAX_LABEL],
        shown_credentials=shown,
        ca_bundle=texts.get("ca_bundle"),
        proxy=texts.get("proxy"),
        access=_access(raw),
    )
    ca_bundle, proxy = connection.ca_bundle, connection.proxy
    Client(endpoint, connection.project_id or None, credentials, ca_bundle=ca_bundle, proxy=proxy).close()
    return connection


def _credentials(texts: Mapping[str, str], endpoint: str) -> tuple[AnyCredentials, str]:
    """Return the credentials, and what may be shown of them."""
    if token := texts.get("token"):
        return TokenCredentials(token), "token"
    project_id = texts.get("project_id")
    if access_key := texts.get("access_key"):
        security_token = texts.get("security_token")
        credentials = AccessKeyCredentials(
            access_key, texts["secret_key"], project_id=project_id or "", security_token=security_token
        )
        begins = f" {access_key[:4]}…" if len(access_key) > 12 else ""
        return credentials, f"access key{begins}{', temporary' if security_token else ''}"
    username, domain = texts["username"], texts["domain"]
    login = PasswordCredentials(
        texts.get("iam_endpoint") or endpoint_of("iam", _region(texts, endpoint)),
        username,
        texts["password"],
        domain,
        project_id=project_id,
        project_name=texts.get("project_name"),
        ca_bundle=texts.get("ca_bundle"),
        proxy=texts.get("proxy"),
    )
    return login, f"password of {username} in {domain}"


def _region(texts: Mapping[str, str], endpoint: str) -> str:
    return texts.get("region") or region_of(endpoint) or ""


def _access(raw: RawConnection) -> Mapping[str, object]:
    table = raw.values.get(ACCESS)
    return table if isinstance(table, Mapping) else EMPTY


def _fingerprint(parts: list[str]) -> str:
    """Return a keyed hash.

    Without the key, which dies with the process, nobody can try passwords against it.
    """
    return hmac.digest(_PROCESS_KEY, "\0".join(parts).encode(), hashlib.sha256).hex()[:32]
