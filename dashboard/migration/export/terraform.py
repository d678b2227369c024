"""Terraform: one file with an algorithm and a training job, by the provider's own documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dashboard.migration.engines import engine_by_id
from dashboard.migration.export.names import ExportNames
from dashboard.migration.export.texts import hcl_string, one_line
from dashboard.migration.migration import Migration
from dashboard.migration.offers import Offers
from dashboard.migration.shapes import ALGORITHM, JOB, Array, Object
from dashboard.migration.statements import Verdict
from dashboard.migration.variables import ALGORITHM_ID

ALGORITHM_TYPE: Final = "huaweicloud_modelarts_algorithm"
JOB_TYPE: Final = "huaweicloud_modelarts_training_job"
VERSIONS: Final = """\
# The provider of Huawei Cloud. Region and credentials come from the environment: HW_REGION_NAME,
# HW_ACCESS_KEY, HW_SECRET_KEY. "terraform apply" creates every algorithm of this folder and STARTS every
# training job: name what you want with -target=huaweicloud_modelarts_algorithm.NAME.
terraform {
  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud"
    }
  }
}

provider "huaweicloud" {}
"""


def terraform_file(migration: Migration, names: ExportNames, offers: Offers) -> str:
    """Return the text of a configuration's file: its variables, its algorithm and its job."""
    writer = _Writer(names)
    lines = [*_heading(migration), *_variables(migration, names)]
    algorithm = _with_engine(migration.algorithm, offers)
    for kind, body, shape in ((ALGORITHM_TYPE, algorithm, ALGORITHM), (JOB_TYPE, migration.job, JOB)):
        lines += ["", f'resource "{kind}" "{names.identifier}" {{', *writer.inside(body, shape, 1), "}"]
    return "\n".join(lines) + "\n"


def _heading(migration: Migration) -> Iterator[str]:
    yield f"# {one_line(migration.name or 'A configuration without a name')}"
    if migration.verdict is not Verdict.READY:
        yield "# NOT READY: it is incomplete until the following is settled."
    for reason in migration.reasons:
        yield f"# {reason.type.weight}: {one_line(reason.message)} ({reason.code})"
    for warning in migration.warnings:
        yield f"# warning: {one_line(warning.message)} ({warning.code})"


def _variables(migration: Migration, names: ExportNames) -> Iterator[str]:
    for variable in migration.variables:
        what = hcl_string(f"A secret of {migration.name}: {variable.what}. Its value is in no file.", str)
        yield from ("", f'variable "{names.variable(variable.name)}" {{', "  type        = string")
        yield from ("  sensitive   = true", f"  description = {what}", "}")


def _with_engine(body: Mapping[str, Any], offers: Offers) -> Mapping[str, Any]:
    """Return an algorithm with name and version beside an engine's id: the provider wants all three."""
    config = body.get("job_config", {})
    engine_id = config.get("engine", {}).get("engine_id")
    if engine_id is None:
        return body
    known, _ = engine_by_id(engine_id, offers)
    more = {"engine_name": known.engine_name, "engine_version": known.engine_version}
    engine = {"engine_id": engine_id, **{key: value for key, value in more.items() if value}}
    return {**body, "job_config": {**config, "engine": engine}}


class _Writer:
    """Writes the blocks of one configuration."""

    def __init__(self, names: ExportNames) -> None:
        self._names = names

    def inside(self, body: Mapping[str, Any], shape: Object, depth: int) -> Iterator[str]:
        """Yield the lines within a block: values first, blocks behind them."""
        indent = "  " * depth
        blocks = [key for key in body if isinstance(shape.fields.get(key), Object | Array)]
        for key in body:
            if key not in blocks:
                yield f"{indent}{key} = {self._value(body[key])}"
        for key in blocks:
            inner = shape.fields[key]
            items = body[key] if isinstance(inner, Array) else [body[key]]
            inner = inner.of if isinstance(inner, Array) else inner
            assert isinstance(inner, Object)
            for item in items:
                yield from ("", f"{indent}{key} {{", *self.inside(item, inner, depth + 1), f"{indent}}}")

    def _value(self, value: Any) -> str:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return f"[{', '.join(map(self._value, value))}]"
        if isinstance(value, Mapping):
            pairs = [f"{self._text(key)} = {self._text(item)}" for key, item in value.items()]
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        return repr(value)

    def _text(self, text: str) -> str:
        return hcl_string(text, self._reference)

    def _reference(self, name: str) -> str:
        if name == ALGORITHM_ID:
            return f"{ALGORITHM_TYPE}.{self._names.identifier}.id"
        return f"var.{self._names.variable(name)}"
