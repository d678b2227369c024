"""The README of an export: what is in it, and what is left to decide."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dashboard.migration.export.names import ExportNames
from dashboard.migration.export.texts import one_line
from dashboard.migration.migration import Migration
from dashboard.migration.reasons import REASONS, Reason
from dashboard.migration.statements import SOURCES, Verdict

_INTRODUCTION: Final = """\
# From ModelArts' old training management to API v2

Each training job configuration became an algorithm (`POST /v2/{project_id}/algorithms`) and a training job
that runs it (`POST /v2/{project_id}/training-jobs`). Nothing has been sent anywhere.

{parts}
- `decisions.toml`: what the team decided, for `modelarts-audit migrate --decisions`.

`@@ALGORITHM_ID@@` stands for the id in the answer to the first request. Every other `@@NAME@@` stands for a
secret: the secrets are in no file of these.

There is no official map from v1 to v2. Every reason says whether it is documented, was seen in published
answers and examples, or is a judgement.
"""

_PARTS: Final[Mapping[str, str]] = {
    "json": """\
- `json/`: both bodies of what is ready; `unfinished/`: of what is not, as far as they are known.
- `migration.json`: verdicts, reasons, and which fields are not carried, for programs.""",
    "terraform": """\
- `terraform/`: both as resources of Terraform; what is not ready is in `terraform/unfinished/`, which
  Terraform does not read. Apply STARTS training jobs: see `terraform/versions.tf`.""",
    "python": "- `create.py`: both for the vendor's Python SDK.",
}
"""What an export holds, by its format."""


def readme(migrations: Sequence[Migration], names: Sequence[ExportNames], only: str = "zip") -> str:
    """Return the text in Markdown, of the files of one format or of all."""
    parts = "\n".join(text for kind, text in _PARTS.items() if only in {kind, "zip"})
    lines = [_INTRODUCTION.replace("{parts}", parts), *_counts(migrations), *_shared(migrations)]
    lines += [*_each(migrations, names), *_secrets(migrations, names)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Return a text as code of Markdown in one line: in more backticks than it holds."""
    shown = one_line(text).replace("\N{NO-BREAK SPACE}", " ") or " "
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _counts(migrations: Sequence[Migration]) -> Iterator[str]:
    counts = Counter(one.verdict for one in migrations)
    yield "## How many\n"
    yield "| ready | need a decision | blocked |\n|--:|--:|--:|"
    yield f"| {' | '.join(f'{counts[verdict]:,}' for verdict in Verdict)} |\n"


def _shared(migrations: Sequence[Migration]) -> Iterator[str]:
    """Yield what is left to decide, once for all that it concerns, the most frequent first."""
    concerned: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Reason] = {}
    others: Counter[str] = Counter()
    for migration in migrations:
        about = {one.decision: one for one in migration.reasons if one.decision is not None}
        concerned.update(about.keys())
        first = {**about, **first}
        others.update({one.code for one in migration.reasons if one.decision is None})
    yield "## Left to decide\n"
    if not concerned and not others:
        yield "Nothing: all are ready.\n"
        return
    yield "| configurations | kind | subject | why | what to do | basis |\n|--:|---|---|---|---|---|"
    for (kind, subject), count in concerned.most_common():
        reason = first[kind, subject]
        cells = (f"{count:,}", kind, code(subject), reason.code, _remedy(reason), _basis(reason))
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    for name, count in others.most_common():
        said = REASONS[name]
        yield f"| {count:,} | | | {name} | {said.remedy} | {said.basis}: {SOURCES[said.source].title} |"
    yield ""


def _remedy(reason: Reason) -> str:
    options = [f"{code(_shown(one.value))} ({one.text}; {one.basis})" for one in reason.suggestions]
    return f"{reason.type.remedy}{' Could be ' + ', or '.join(options) + '.' if options else ''}"


def _shown(value: Any) -> str:
    """Return a decision's value: texts as they are, an empty one by its quotes, everything else as JSON."""
    return value if isinstance(value, str) and value else json.dumps(value)


def _basis(reason: Reason) -> str:
    return f"{reason.type.basis}: {SOURCES[reason.type.source].title}"


def _each(migrations: Sequence[Migration], names: Sequence[ExportNames]) -> Iterator[str]:
    yield "## One by one\n"
    for migration, own in zip(migrations, names, strict=True):
        yield f"- {code(migration.name or '(no name)')}: {migration.verdict}, files {code(own.file)}"
        for reason in (*migration.reasons, *migration.warnings):
            yield f"  - {reason.type.weight} {reason.code}: {code(reason.message)}"
    yield ""


def _secrets(migrations: Sequence[Migration], names: Sequence[ExportNames]) -> Iterator[str]:
    if not any(one.variables for one in migrations):
        return
    yield "## Secrets, by variable\n"
    yield "| configuration | in JSON | in Terraform and Python | what it is | was in |\n|---|---|---|---|---|"
    for migration, own in zip(migrations, names, strict=True):
        for one in migration.variables:
            where = ", ".join(code(field) for field in one.fields)
            cells = (code(migration.name or ""), code(f"@@{one.name}@@"), code(own.variable(one.name)))
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in (*cells, code(one.what), where))} |"
