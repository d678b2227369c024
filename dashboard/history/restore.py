"""The request that would bring back an earlier state of a configuration. It is written, and never sent.

The API creates by POST and changes by PUT; both take the same documented fields (`BODY`), of which some are
mandatory. What else a record holds either follows from these (`DERIVED`), or cannot be given at all.
Sources: https://support.huaweicloud.com/intl/en-us/api-modelarts/modelarts_03_0058.html (POST) and
modelarts_03_0060.html (PUT).

Secrets were never stored, so each becomes a variable of the shell, named after what it belongs to.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from dashboard.data.record import NAME, Record, name_of
from dashboard.history.fields import DETAIL_SECRETS, SECRETS, has_details
from dashboard.history.values import MASK, is_empty

MANDATORY: Final = ("worker_server_num", "app_url", "boot_file_url", "model_id", "spec_id", "engine_id")
BODY: Final = (
    *("config_desc", "worker_server_num", "app_url", "boot_file_url", "model_id", "parameter", "spec_id"),
    *("data_url", "dataset_id", "dataset_version_id", "data_source", "engine_id", "train_url", "log_url"),
    *("user_image_url", "user_command"),
)
DERIVED: Final = frozenset(
    (
        *("create_time", "engine_type", "engine_name", "engine_version", "spec_code", "cpu", "core"),
        *("gpu_num", "gpu_type", "dataset_name", "dataset_version_name", "pool_name"),
    )
)
"""Fields that follow from those of a request, or that the service sets."""
SOURCES: Final = ("data_source", "data_url", "dataset_id")
"""A request has one of these. Answers have several, of which the first says all."""
DATASET_VERSION: Final = "dataset_version_id"
TOKEN: Final = "MODELARTS_TOKEN"  # noqa: S105 - the name of a variable
PROJECT: Final = "MODELARTS_PROJECT_ID"
PATH: Final = "training-job-configs"
_MASK: Final = re.compile(rf"{MASK}(?: \((?P<kind>[A-Za-z ]{{1,40}})?[^()\n]{{0,100}}\))?")
_BEFORE: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]{0,60})(?:=|[ \t]|: ?)[\"']?\Z", re.ASCII)


class CannotRestoreError(ValueError):
    """No request can be written for this record; its text says why."""


@dataclass(frozen=True)
class Place:
    """Where the request would go. A project that is known by name alone has no id: it is a variable then."""

    endpoint: str
    project_id: str


@dataclass(frozen=True)
class Restoring:
    """A request that would restore a record, and what it would not restore.

    `body` has ``${NAME}`` in place of each secret. `curl` is a line for a POSIX shell in ASCII; before it the
    `variables` have to be set: the token, and the secrets, as they stand in JSON (a ``"`` as ``\\"``).
    `missing` are mandatory fields that the record does not have. `lost` are fields of it that no request can
    give; a PUT may leave them as they are now. `without_details`: nothing is known but what the list has.
    """

    method: Literal["POST", "PUT"]
    url: str
    body: Mapping[str, Any]
    curl: str
    variables: tuple[str, ...]
    missing: tuple[str, ...]
    lost: tuple[str, ...]
    without_details: bool

    @property
    def is_complete(self) -> bool:
        """Return whether all of the record would be as it was."""
        return not (self.missing or self.lost or self.without_details)


def restoring(record: Record, current: Record | None, where: Place) -> Restoring:
    """Return the request that would restore a record; `current` has its name now, None if nothing has.

    Raises CannotRestoreError for a record whose name cannot be sent.
    """
    name = _checked_name(record)
    secrets = _Secrets()
    wanted = _body(record, current)
    if current is None:
        wanted = {NAME: name, **wanted}
    body = {field: secrets.named(value, field, "${%s}") for field, value in wanted.items()}
    method: Literal["POST", "PUT"] = "POST" if current is None else "PUT"
    ends = (f"{where.endpoint}/v1/", f"/{PATH}{'' if current is None else '/' + quote(name, safe='')}")
    project = where.project_id or f"${{{PROJECT}}}"
    return Restoring(
        method,
        project.join(ends),
        body,
        _curl(method, _shell_url(ends, where.project_id), wanted, secrets),
        (TOKEN, *([] if where.project_id else [PROJECT]), *secrets.names),
        missing=tuple(field for field in MANDATORY if is_empty(record.get(field))),
        lost=tuple(field for field in record if _is_lost(field, record)),
        without_details=not has_details(record),
    )


def _checked_name(record: Record) -> str:
    name = name_of(record)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise CannotRestoreError("its name holds broken characters, which cannot be sent") from None
    if not name.strip() or name in {".", ".."}:
        raise CannotRestoreError("it has no name that can be sent")
    return name


def _body(record: Record, current: Record | None) -> dict[str, Any]:
    """Return the fields of the request: the record's, and empty ones for what has come since."""
    sources = [field for field in SOURCES if not is_empty(record.get(field))][:1]
    if "dataset_id" in sources:
        sources.append(DATASET_VERSION)
    body: dict[str, Any] = {}
    for field in BODY:
        is_source = field in {*SOURCES, DATASET_VERSION}
        if field in record and (field in sources or not is_source):
            body[field] = record[field]
        elif current is not None and not is_source and not is_empty(current.get(field)):
            body[field] = [] if isinstance(current[field], list) else ""
    return body


def _is_lost(field: str, record: Record) -> bool:
    return field not in {*BODY, *DERIVED, NAME, SECRETS, DETAIL_SECRETS} and not is_empty(record[field])


class _Secrets:
    """Names a variable for each secret that was masked."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the variables, in the order in which they were named."""
        return tuple(self._names.values())

    def named(self, value: Any, label: str, form: str) -> Any:
        """Return a value with each secret's variable in a form of %; `label` is what it belongs to."""
        if isinstance(value, str):
            return _MASK.sub(lambda found: form % self._name(found, label), value)
        if isinstance(value, Mapping):
            inner = str(value.get("label", label))
            return {
                key: self.named(item, inner if key == "value" else str(key), form)
                for key, item in value.items()
            }
        return [self.named(one, label, form) for one in value] if isinstance(value, list | tuple) else value

    def _name(self, found: re.Match[str], label: str) -> str:
        """Return the same name for the same secret: after the option or parameter, else after its kind."""
        before = _BEFORE.search(found.string[max(0, found.start() - 64) : found.start()])
        is_whole = found.start() == 0 and found.end() == len(found.string)
        words = label if is_whole else before[1] if before else found["kind"] or label
        plain = re.sub(r"[^A-Z0-9]+", "_", words.upper()).strip("_") or "SECRET"
        plain = f"SECRET_{plain}" if plain[0].isdigit() or plain in {TOKEN, PROJECT} else plain[:60]
        key = (plain, found[0])
        if key not in self._names:
            number = sum(name == plain for name, _ in self._names) + 1
            self._names[key] = plain if number == 1 else f"{plain}_{number}"
        return self._names[key]


def _curl(method: str, shell_url: str, wanted: Mapping[str, Any], secrets: _Secrets) -> str:
    mark = "@"
    while mark in json.dumps(wanted):  # whatever the texts hold, they hold no variable of ours
        mark += "@"
    body = {field: secrets.named(value, field, f"{mark}%s{mark}") for field, value in wanted.items()}
    pieces = re.split(f"{mark}([A-Z_][A-Z0-9_]*){mark}", json.dumps(body))
    texts = [f'"${piece}"' if number % 2 else shlex.quote(piece) for number, piece in enumerate(pieces)]
    header = shlex.quote("Content-Type: application/json")
    return (
        f'curl --fail-with-body --request {method} {shell_url} --header "X-Auth-Token: ${TOKEN}"'
        f" --header {header} --data-raw {''.join(texts)}"
    )


def _shell_url(ends: tuple[str, str], project_id: str) -> str:
    if project_id:
        return shlex.quote(project_id.join(ends))
    return f'"${PROJECT}"'.join(map(shlex.quote, ends))
