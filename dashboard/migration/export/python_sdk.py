"""One Python file for the vendor's SDK: a function a body, and a command line that sends what it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dashboard.migration.export.names import ExportNames
from dashboard.migration.export.texts import one_line, python_string
from dashboard.migration.migration import Migration
from dashboard.migration.shapes import ALGORITHM, JOB, Array, Object, Type
from dashboard.migration.statements import Verdict
from dashboard.migration.variables import ALGORITHM_ID

_HEAD: Final = '''\
"""Create algorithms and start training jobs of ModelArts by API v2. Nothing is sent until you name it.

    pip install huaweicloudsdkmodelarts
    python create.py                 lists the configurations, and what is left to settle
    python create.py NAME            creates the algorithm
    python create.py NAME --run      and starts a training job of it, which costs money

Region and credentials come from the environment: HUAWEICLOUD_REGION, HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK,
HUAWEICLOUD_SDK_PROJECT_ID. So do secrets: none is in this file, each is a variable of the environment.
"""

import os
import sys

from huaweicloudsdkmodelarts import v1 as sdk
from huaweicloudsdkmodelarts.v1.region.modelarts_region import ModelArtsRegion


def secret(name):
    """Return a secret from the environment."""
    if name not in os.environ:
        sys.exit(f"Set the environment variable {name}: it is a secret, and in no file.")
    return os.environ[name]
'''
_TAIL: Final = '''

def main(arguments):
    """Do what the command line says."""
    names = [one for one in arguments if one != "--run"]
    if len(names) != 1 or names[0] not in CONFIGURATIONS:
        for name, (_, _, left) in CONFIGURATIONS.items():
            print(ascii(name), "ready" if not left else "NOT READY: " + "; ".join(left))
        return 0 if not arguments else 64
    algorithm, job, left = CONFIGURATIONS[names[0]]
    if left:
        print("It is not ready:", "; ".join(left), file=sys.stderr)
        return 1
    region = ModelArtsRegion.value_of(os.environ["HUAWEICLOUD_REGION"])
    client = sdk.ModelArtsClient.new_builder().with_region(region).build()
    created = client.create_algorithm(sdk.CreateAlgorithmRequest(body=algorithm()))
    print("algorithm", created.metadata.id)
    if "--run" in arguments:
        started = client.create_training_job(sdk.CreateTrainingJobRequest(body=job(created.metadata.id)))
        print("job", started.metadata.id)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
'''


def python_file(migrations: Sequence[Migration], names: Sequence[ExportNames]) -> Iterator[str]:
    """Yield the text of the file in pieces; it is plain ASCII."""
    yield _HEAD
    for migration, own in zip(migrations, names, strict=True):
        yield from _functions(migration, own)
    yield "\n\nCONFIGURATIONS = {\n"
    for migration, own in zip(migrations, names, strict=True):
        left = [f"{one_line(reason.message)} ({reason.code})" for reason in migration.reasons]
        entry = f"(algorithm_of_{own.identifier}, job_of_{own.identifier}, {_list_of(left)})"
        yield f"    {own.file!a}: {entry},\n"
    yield "}\n"
    yield _TAIL


def _list_of(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(ascii, texts))}]"


def _functions(migration: Migration, names: ExportNames) -> Iterator[str]:
    writer = _Writer(names)
    shown = ascii(one_line(migration.name or "(no name)"))
    ready = "" if migration.verdict is Verdict.READY else "    # NOT READY: CONFIGURATIONS says why\n"
    yield f"\n\n# {shown}\ndef algorithm_of_{names.identifier}():\n{ready}    return "
    yield writer.object(migration.algorithm, ALGORITHM, 1)
    yield f"\n\n\ndef job_of_{names.identifier}(algorithm_id):\n{ready}    return "
    yield f"{writer.object(migration.job, JOB, 1)}\n"


class _Writer:
    """Writes the bodies of one configuration as calls of the SDK's classes."""

    def __init__(self, names: ExportNames) -> None:
        self._names = names

    def object(self, body: Mapping[str, Any], shape: Object, depth: int) -> str:
        """Return the call that makes an object of a body."""
        indent = "    " * (depth + 1)
        fields = [
            f"{indent}{key}={self._field(value, shape.fields[key], depth + 1)},\n"
            for key, value in body.items()
        ]
        return f"sdk.{shape.sdk}(\n{''.join(fields)}{'    ' * depth})" if fields else f"sdk.{shape.sdk}()"

    def _field(self, value: Any, shape: Object | Array | Type, depth: int) -> str:
        if isinstance(shape, Object):
            return self.object(value, shape, depth)
        if isinstance(shape, Array):
            indent = "    " * (depth + 1)
            items = [f"{indent}{self.object(item, shape.of, depth + 1)},\n" for item in value]
            return f"[\n{''.join(items)}{'    ' * depth}]"
        if isinstance(value, Mapping):
            return f"{{{', '.join(f'{self._text(key)}: {self._text(item)}' for key, item in value.items())}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self._text, value))}]"
        return self._text(value) if isinstance(value, str) else repr(value)

    def _text(self, text: str) -> str:
        return python_string(text, self._reference)

    def _reference(self, name: str) -> str:
        return "algorithm_id" if name == ALGORITHM_ID else f"secret({self._names.variable(name)!a})"
