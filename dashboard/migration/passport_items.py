"""What is needed to run a configuration again, item by item, and what this API tells of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from dashboard.migration.migration import Migration
from dashboard.migration.parameters import text_of_value
from dashboard.migration.statements import Basis
from dashboard.parsing import Unparsed, parse_command, parse_image_reference, started_program

MAX_VALUE: Final = 300
_SEED: Final = re.compile(r"(?:^|[_.-])seeds?(?:$|[_.-])")


class Knowledge(StrEnum):
    """What is known of an item."""

    KNOWN = "known"
    MISSING = "missing"
    NOT_KNOWABLE = "not knowable from this API"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the passport. `needed` ones have to be known to run it again, `pin` ones fix what runs.

    `runs` says that without it it is not known what runs at all; `value` is what is known of it.
    """

    code: str
    title: str
    knowledge: Knowledge
    why: str
    value: str | None = None
    basis: Basis = Basis.DOCUMENTED
    needed: bool = False
    runs: bool = False
    pin: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "code": self.code,
            "title": self.title,
            "knowledge": self.knowledge,
            "value": self.value,
            "why": self.why,
            "basis": self.basis,
        }


def items_of(migration: Migration) -> tuple[Item, ...]:
    """Return all items of a configuration, in the order of a page."""
    record = _Record(migration.wire)
    makers = (_engine, _code, _data, _parameters, _resources, _places, _environment)
    return tuple(item for make in makers for item in make(record))


class _Record:
    """The record as the items read it."""

    def __init__(self, wire: Mapping[str, Any]) -> None:
        self._wire = wire
        self.image = self.text("user_image_url")
        self.command = self.text("user_command")

    def text(self, field: str) -> str | None:
        """Return a value as text; None where it is missing or empty."""
        value = self._wire.get(field)
        if value is None or isinstance(value, Mapping | list | bool):
            return None
        return text_of_value(value).strip() or None

    def objects(self, field: str) -> list[Mapping[str, Any]]:
        """Return the objects of an array."""
        value = self._wire.get(field)
        return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []

    def parameters(self) -> list[tuple[str, str]]:
        """Return names and values of the run parameters."""
        return [
            (str(one.get("label") or ""), text_of_value(one.get("value")))
            for one in self.objects("parameter")
        ]


def _said(
    code: str,
    title: str,
    value: str | None,
    known: str,
    missing: str,
    *,
    needed: bool = False,
    runs: bool = False,
) -> Item:
    """Return an item that the record tells, or does not."""
    if value is None:
        return Item(code, title, Knowledge.MISSING, missing, needed=needed, runs=runs)
    return Item(code, title, Knowledge.KNOWN, known, value[:MAX_VALUE], needed=needed, runs=runs)


def _engine(record: _Record) -> Iterator[Item]:
    if record.image is None:
        version = record.text("engine_version")
        yield _said("engine", "Engine", version, "The record names its version.",
                    "Neither an engine's version nor an image is named.", needed=True, runs=True)  # fmt: skip
        yield Item("image-build", "Build of the engine's image", Knowledge.NOT_KNOWABLE,
                   "The API does not tell which build of the engine's image ran.",
                   basis=Basis.JUDGEMENT)  # fmt: skip
        return
    yield _said("image", "Image", record.image, "The record names it.", "", needed=True, runs=True)
    yield _digest(record.image)


def _digest(image: str) -> Item:
    reference, title = parse_image_reference(image), "Digest of the image"
    if reference is not None and reference.digest is not None:
        known = "The image is named by it."
        return Item("image-digest", title, Knowledge.KNOWN, known, reference.digest, pin=True)
    if reference is None:
        why = "The image's name cannot be read."
    elif reference.tag is None:
        why = "The image is named without a tag, which means latest, whatever that is at the time."
    else:
        why = "The image is named by a tag, which can be moved to another one."
    return Item("image-digest", title, Knowledge.NOT_KNOWABLE, why, pin=True)


def _code(record: _Record) -> Iterator[Item]:
    code, boot = record.text("app_url"), record.text("boot_file_url")
    if record.image is not None:
        yield _said("command", "Start command", record.command, "The record has it.",
                    "An image is named, and no command to start it.", needed=True, runs=True)  # fmt: skip
        yield _said("code", "Code directory", code, "The record names it.",
                    "None is named: the code is in the image, or nowhere.")  # fmt: skip
    else:
        yield _said(
            "code", "Code directory", code, "The record names it.", "None is named.", needed=True, runs=True
        )
        yield _said(
            "boot-file", "Boot file", boot, "The record names it.", "None is named.", needed=True, runs=True
        )
    yield Item("code-revision", "Revision of the code", Knowledge.NOT_KNOWABLE,
               "A directory in object storage is named, not what was in it.")  # fmt: skip


def _data(record: _Record) -> Iterator[Item]:
    urls = [record.text("data_url"), *(text_of(one, "data_url") for one in record.objects("data_source"))]
    sets = [
        (record.text("dataset_id"), record.text("dataset_version_id")),
        *(
            (text_of(one, "dataset_id"), text_of(one, "dataset_version"))
            for one in record.objects("data_source")
        ),
    ]
    places = list(dict.fromkeys(url for url in urls if url))
    datasets = list(dict.fromkeys(pair for pair in sets if pair[0]))
    shown = [*places, *(f"dataset {identity}" for identity, _ in datasets)]
    value = ", ".join(shown) or None
    needed = record.image is None
    yield _said("data", "Data", value, "The record names it.", "None is named.", needed=needed)
    if shown:
        yield _data_version(places, datasets)


def _data_version(places: list[str], datasets: list[tuple[str | None, str | None]]) -> Item:
    if datasets and not places and all(version for _, version in datasets):
        versions = ", ".join(str(version) for _, version in datasets)
        return Item("data-version", "Version of the data", Knowledge.KNOWN, "The record names it.",
                    versions[:MAX_VALUE], pin=True)  # fmt: skip
    why = "A path in object storage is named, not what was there." if places else "A dataset has no version."
    knowledge = Knowledge.NOT_KNOWABLE if places else Knowledge.MISSING
    return Item("data-version", "Version of the data", knowledge, why, pin=True)


def text_of(item: Mapping[str, Any], key: str) -> str | None:
    """Return a text of an object; None where it is missing or empty."""
    value = item.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _parameters(record: _Record) -> Iterator[Item]:
    pairs = record.parameters()
    title = "Run parameters" if record.image is None else "Environment variables"
    shown = ", ".join(f"{name}={value}" for name, value in pairs) or "none"
    yield Item("parameters", title, Knowledge.KNOWN, "The record lists them.", shown[:MAX_VALUE])
    seed = next(((name, value) for name, value in pairs if _SEED.search(name.lower()[:200]) and value), None)
    seed = seed or _seed_of_command(record.command)
    if seed is None:
        yield Item("seed", "Seed", Knowledge.NOT_KNOWABLE,
                   "No parameter is called so; the code may set one.", basis=Basis.JUDGEMENT,
                   pin=True)  # fmt: skip
    else:
        yield Item("seed", "Seed", Knowledge.KNOWN, "A parameter is called so.", "=".join(seed)[:MAX_VALUE],
                   basis=Basis.JUDGEMENT, pin=True)  # fmt: skip


def _seed_of_command(text: str | None) -> tuple[str, str] | None:
    command = parse_command(text) if text and "seed" in text.lower() else None
    if command is None or isinstance(command, Unparsed) or (program := started_program(command)) is None:
        return None
    for argument in program.arguments:
        if _SEED.search(argument.key.lower()[:200]) and argument.values and argument.values[0].value:
            return argument.name or argument.key, argument.values[0].value
    return None


def _resources(record: _Record) -> Iterator[Item]:
    flavor = record.text("spec_code")
    number = record.text("spec_id")
    told = flavor or (f"number {number}" if number else None)
    yield _said("flavor", "Flavor", told, "The record names it.", "None is named.", needed=True)
    yield _said("nodes", "Nodes", record.text("worker_server_num"), "The record tells it.", "It is not told.")
    pool = record.text("pool_name") or record.text("pool_id")
    if pool is not None:
        yield _said("pool", "Resource pool", pool, "The record names it.", "")


def _places(record: _Record) -> Iterator[Item]:
    yield _said("output", "Output", record.text("train_url"), "The record names it.", "None is named.")
    yield _said("log", "Logs", record.text("log_url"), "The record names it.", "None is named.")
    volumes = record.objects("volumes")
    if volumes:
        kinds = ", ".join(sorted({key for one in volumes for key in one}))
        yield Item("volumes", "Volumes", Knowledge.KNOWN,
                   "The record lists them; what is on them is not told.",
                   f"{len(volumes)}: {kinds}"[:MAX_VALUE])  # fmt: skip


def _environment(_: _Record) -> Iterator[Item]:
    yield Item("packages", "Installed packages", Knowledge.NOT_KNOWABLE,
               "What the image holds and what the code installs is not told.")  # fmt: skip
    yield Item("result", "Runs and their results", Knowledge.NOT_KNOWABLE,
               "No job tells which configuration it came from.")  # fmt: skip
