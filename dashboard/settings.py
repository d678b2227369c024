"""Which connections exist: decided from secrets.toml and the environment, and nothing else.

Sources, in order of precedence: every `[connections.<name>]` table of secrets.toml; if there is none, the
environment's MODELARTS_* variables; if there are none of those either, the embedded sample service.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from modelarts_api import Client, TokenCredentials

KEYS = ("endpoint", "project_id", "token")
ENVIRONMENT = {key: f"MODELARTS_{key.upper()}" for key in KEYS}
VARIABLES = frozenset(ENVIRONMENT.values())
SAMPLE_NAME = "sample"
FILE = "secrets.toml"


@dataclass(frozen=True)
class Connection:
    """One project of one service. `fingerprint` changes with the credentials but does not reveal them."""

    name: str
    endpoint: str
    project_id: str
    credentials: TokenCredentials | None
    fingerprint: str
    source: str
    is_sample: bool = False


@dataclass(frozen=True)
class ConnectionProblem:
    """A connection that somebody began to configure and that cannot be used: what is wrong, in words."""

    name: str
    source: str
    faults: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class Settings:
    """What there is to connect to. With problems there may be no connection; then nothing is shown."""

    connections: tuple[Connection, ...] = ()
    problems: tuple[ConnectionProblem, ...] = ()

    @property
    def nothing_configured(self) -> bool:
        """True when the embedded sample service is to be used."""
        return not self.connections and not self.problems


def read_settings(secrets: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Read every connection that is configured; see the module's text for the precedence."""
    tables = secrets.get("connections")
    found: list[Connection | ConnectionProblem] = []
    if isinstance(tables, Mapping) and tables:
        found += [_from_secrets(str(name), table) for name, table in tables.items()]
    elif tables is not None and not isinstance(tables, Mapping):
        fault = "connections is not a table of tables: each connection is a table of its own"
        found.append(ConnectionProblem("connections", FILE, (fault,), _example("production", FILE)))
    elif any(environment.get(variable) for variable in ENVIRONMENT.values()):
        values = {key: environment.get(variable, "") for key, variable in ENVIRONMENT.items()}
        found.append(_connection("environment", "environment", values, ENVIRONMENT))
    return Settings(
        tuple(c for c in found if isinstance(c, Connection)),
        tuple(p for p in found if isinstance(p, ConnectionProblem)),
    )


def sample_connection(endpoint: str, project_id: str) -> Connection:
    """The connection to the embedded service with sample data."""
    return Connection(
        SAMPLE_NAME,
        endpoint,
        project_id,
        None,
        _fingerprint(endpoint, project_id),
        "embedded",
        is_sample=True,
    )


def _from_secrets(name: str, table: object) -> Connection | ConnectionProblem:
    if not isinstance(table, Mapping):
        fault = f"[connections.{name}] is not a table of keys"
        return ConnectionProblem(name, FILE, (fault,), _example(name, FILE))
    values = {str(key): value for key, value in table.items()}
    return _connection(name, FILE, values, {key: key for key in KEYS})


def _connection(
    name: str, source: str, values: Mapping[str, object], labels: Mapping[str, str]
) -> Connection | ConnectionProblem:
    """Check the values of one connection; a fault names the key (or variable), never a secret's value."""
    texts = {key: value.strip() for key in KEYS if isinstance(value := values.get(key), str)}
    faults = [f"{labels[key]} is missing" for key in KEYS if not values.get(key)]
    faults += [f"{labels[key]} is not text" for key in KEYS if values.get(key) and key not in texts]
    faults += [
        f"{key} is not a key of a connection; there are {', '.join(KEYS)}"
        for key in values
        if key not in KEYS
    ]
    faults += [
        f"{labels[key]} holds bytes that are not text" for key, text in texts.items() if _unsendable(text)
    ]
    if not faults:
        try:
            return _checked(name, source, texts)
        except ValueError as error:  # begins with the key, says why, and repeats no value that may be secret
            key, _, reason = str(error).partition(" ")
            faults.append(f"{labels.get(key, key)} {reason}")
    return ConnectionProblem(name, source, tuple(faults), _example(name, source))


def _checked(name: str, source: str, texts: Mapping[str, str]) -> Connection:
    """The connection, if the wrapper takes its values; ValueError if not."""
    endpoint, project_id, token = (texts[key] for key in KEYS)
    credentials = TokenCredentials(token)
    Client(endpoint, project_id, credentials).close()
    fingerprint = _fingerprint(endpoint, project_id, token)
    return Connection(name, endpoint, project_id, credentials, fingerprint, source)


def _unsendable(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _example(name: str, source: str) -> str:
    values = {
        "endpoint": "https://modelarts.cn-north-4.myhuaweicloud.com",
        "project_id": "0123456789abcdef0123456789abcdef",
        "token": "…",
    }
    if source == "environment":
        return "\n".join(f'export {ENVIRONMENT[key]}="{value}"' for key, value in values.items())
    return f"[connections.{_toml_key(name)}]\n" + "\n".join(
        f'{key} = "{value}"' for key, value in values.items()
    )


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
