"""Files of what configurations become: JSON, Terraform, Python for the vendor's SDK, and all of it as a ZIP.

Nothing is sent from here, and no secret goes into a file: what the map put a variable in place of stays a
variable, with a name that the file says.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from dashboard.migration.decisions import Decided, write_decisions
from dashboard.migration.export.names import ExportNames, export_names
from dashboard.migration.export.python_sdk import python_file
from dashboard.migration.export.readme import readme
from dashboard.migration.export.terraform import VERSIONS, terraform_file
from dashboard.migration.migration import Migration
from dashboard.migration.offers import NOTHING_ASKED, Offers
from dashboard.migration.statements import Verdict

SCHEMA: Final = 1
Format = Literal["json", "terraform", "python", "zip"]
FORMATS: Final[tuple[Format, ...]] = ("json", "terraform", "python", "zip")
_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a ZIP: the same bytes for the same content."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file: its path, with slashes, and its text."""

    path: str
    text: str

    @property
    def data(self) -> bytes:
        """Return its bytes: UTF-8, what UTF-8 has no place for written out."""
        return self.text.encode("utf-8", "backslashreplace")


def document(migrations: Iterable[Migration]) -> dict[str, Any]:
    """Return everything as one JSON document."""
    return {"schema": SCHEMA, "configurations": [one.to_json() for one in migrations]}


def to_json(value: Any) -> str:
    """Return the text of a JSON document: ASCII, so that no character of a text is mistaken on its way."""
    return json.dumps(value, indent=2) + "\n"


def files(
    migrations: Sequence[Migration],
    decisions: Iterable[Decided] = (),
    offers: Offers = NOTHING_ASKED,
    only: Format = "zip",
) -> Iterator[ExportFile]:
    """Yield the files of a format, or of all formats with README and decisions, in the order given."""
    names = export_names(migrations)
    if only in {"json", "zip"}:
        yield ExportFile("migration.json", to_json(document(migrations)))
        for migration, own in zip(migrations, names, strict=True):
            yield from _pair(migration, own)
    if only in {"terraform", "zip"}:
        yield ExportFile("terraform/versions.tf", VERSIONS)
        for migration, own in zip(migrations, names, strict=True):
            folder = "terraform" if migration.verdict is Verdict.READY else "terraform/unfinished"
            yield ExportFile(f"{folder}/{own.file}.tf", terraform_file(migration, own, offers))
    if only in {"python", "zip"}:
        yield ExportFile("create.py", "".join(python_file(migrations, names)))
    yield ExportFile("README.md", readme(migrations, names, only))
    yield ExportFile("decisions.toml", write_decisions(decisions))


def ready_text(migrations: Iterable[Migration], only: Format, offers: Offers = NOTHING_ASKED) -> str:
    """Return what is ready as one text of Terraform or Python, for standard output."""
    ready = [one for one in migrations if one.verdict is Verdict.READY]
    names = export_names(ready)
    if only == "python":
        return "".join(python_file(ready, names))
    parts = [terraform_file(one, own, offers) for one, own in zip(ready, names, strict=True)]
    return "\n".join([VERSIONS, *parts])


def _pair(migration: Migration, names: ExportNames) -> Iterator[ExportFile]:
    folder = "json" if migration.verdict is Verdict.READY else "unfinished"
    yield ExportFile(f"{folder}/{names.file}.algorithm.json", to_json(migration.algorithm))
    yield ExportFile(f"{folder}/{names.file}.job.json", to_json(migration.job))


def to_zip(found: Iterable[ExportFile]) -> bytes:
    """Return files as a ZIP."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in found:
            info = zipfile.ZipInfo(one.path, _TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, one.data)
    return whole.getvalue()
