"""The validator of both bodies: what is right passes, and each fault is told by its path and code."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from dashboard.migration.mapping import Migrator
from dashboard.migration.validation import validate_algorithm, validate_job, validate_pair
from tests.dashboard.migration.records import custom, preset
from tests.dashboard.migration.vendor_sdk import given_back

# The reference's examples of API v2: a preset engine by name and version, by id, and a custom image.
GOLDEN: tuple[dict[str, Any], ...] = (
    {
        "metadata": {"name": "TestModelArtsalgorithm", "description": "This is a ModelArts algorithm"},
        "job_config": {
            "boot_file": "/usr/app/boot.py", "code_dir": "/usr/app/", "parameters_customization": True,
            "engine": {"engine_name": "PyTorch", "engine_version": "PyTorch-1.3.0-python3.6"},
            "inputs": [{"name": "data_url", "remote_constraints": [{"data_type": "obs"}]}],
            "outputs": [{"name": "train_url"}],
            "parameters": [
                {"name": "test-parameter", "value": "1",
                 "constraint": {"type": "String", "editable": True, "required": False, "valid_type": "None",
                                "valid_range": [], "sensitive": False}},
            ],
        },
        "resource_requirements": [{"key": "flavor_type", "values": ["CPU", "GPU"], "operator": "in"}],
    },
    {
        "metadata": {"name": "a"},
        "job_config": {
            "code_dir": "/b/c/", "boot_file": "/b/c/t.py", "engine": {"engine_id": "tensorflow-cp36-1.8.0"},
        },
    },
    {
        "metadata": {"name": "a"},
        "job_config": {"engine": {"image_url": "o/i:1"}, "command": "python ${MA_JOB_DIR}/demo/train.py"},
    },
)  # fmt: skip


@pytest.mark.parametrize("body", GOLDEN, ids=["name and version", "id", "image"])
def test_published_bodies_are_valid(body: dict[str, Any]) -> None:
    assert validate_algorithm(body) == ()
    assert given_back(body, "Algorithm") == body


def pair() -> tuple[Any, Any]:
    wire = preset(
        parameter=[{"label": "epochs", "value": "3"}], data_url="/b/d/", train_url="/b/o/", log_url="/b/l/"
    )
    found = Migrator().migrate(wire, wire)
    return copy.deepcopy(dict(found.algorithm)), copy.deepcopy(dict(found.job))


def image() -> tuple[Any, Any]:
    wire = custom(parameter=[{"label": "A", "value": "1"}])
    found = Migrator().migrate(wire, wire)
    return copy.deepcopy(dict(found.algorithm)), copy.deepcopy(dict(found.job))


def test_what_the_map_makes_is_valid() -> None:
    assert validate_pair(*pair()) == ()
    assert validate_pair(*image()) == ()


ABSENT = object()


@pytest.mark.parametrize(
    ("path", "value", "told", "code"),
    [
        ("metadata.name", "a b", "algorithm.metadata.name", "name"),
        ("metadata.name", "é", "algorithm.metadata.name", "name"),
        ("metadata.name", "x" * 65, "algorithm.metadata.name", "name"),
        ("metadata.description", "x" * 257, "algorithm.metadata.description", "length"),
        ("metadata.ai_project", "x", "algorithm.metadata.ai_project", "key"),
        ("job_config.command", "python a.py", "algorithm.job_config.command", "mixed"),
        ("job_config.engine.image_url", "o/i:1", "algorithm.job_config.engine", "engine"),
        ("job_config.engine.engine_name", "TensorFlow", "algorithm.job_config.engine", "engine"),
        ("job_config.engine", {}, "algorithm.job_config.engine", "engine"),
        ("job_config.engine.engine_id", 4, "algorithm.job_config.engine.engine_id", "type"),
        ("job_config.code_dir", ABSENT, "algorithm.job_config.code_dir", "missing"),
        ("job_config.boot_file", ABSENT, "algorithm.job_config.boot_file", "missing"),
        ("job_config.boot_file", "/b/other.py", "algorithm.job_config.boot_file", "outside"),
        ("job_config.boot_file", "/bucket/code/../x.py", "algorithm.job_config.boot_file", "outside"),
        ("job_config.outputs.0.name", ABSENT, "algorithm.job_config.outputs[0].name", "missing"),
        ("job_config.outputs.0.name", "data_url", "algorithm.job_config.outputs[0].name", "repeated"),
        ("job_config.outputs.0.access_method", "env", "algorithm.job_config.outputs[0].access_method", "key"),
        ("job_config.parameters.0.constraint.type", "int",
         "algorithm.job_config.parameters[0].constraint.type",
         "value"),
        ("job_config.parameters.0.value", 3, "algorithm.job_config.parameters[0].value", "type"),
        ("job_config.parameters.0.value", ABSENT, "algorithm.job_config.parameters[0].value", "missing"),
        ("job_config.parameters", {}, "algorithm.job_config.parameters", "type"),
        ("resource_requirements.0.operator", "notIn", "algorithm.resource_requirements[0].operator", "value"),
        ("resource_requirements.0.values", ["TPU"], "algorithm.resource_requirements[0]", "value"),
    ],
)  # fmt: skip
def test_a_fault_of_an_algorithm_is_told(path: str, value: object, told: str, code: str) -> None:
    body, _ = pair()
    change(body, path, value)
    assert [(one.path, one.code) for one in validate_algorithm(body)] == [(told, code)]


@pytest.mark.parametrize(
    ("path", "value", "told", "code"),
    [
        ("kind", "work", "job.kind", "value"),
        ("metadata.name", ABSENT, "job.metadata.name", "name"),
        ("algorithm.id", ABSENT, "job.algorithm", "algorithm"),
        ("algorithm.code_dir", 1, "job.algorithm.code_dir", "type"),
        ("algorithm.inputs.0.remote", {}, "job.algorithm.inputs[0].remote", "remote"),
        (
            "algorithm.inputs.0.remote.obs.obs_url",
            "",
            "job.algorithm.inputs[0].remote.obs.obs_url",
            "missing",
        ),
        ("algorithm.inputs.0.access_method", "file", "job.algorithm.inputs[0].access_method", "value"),
        ("algorithm.environments", {"A-B": "1"}, "job.algorithm.environments.A-B", "environment-name"),
        ("algorithm.environments", {"A": "$B"}, "job.algorithm.environments.A", "environment-reference"),
        ("algorithm.environments", {f"A{n}": "" for n in range(101)}, "job.algorithm.environments", "length"),
        ("spec.resource.flavor_id", ABSENT, "job.spec.resource", "missing"),
        ("spec.resource.node_count", 0, "job.spec.resource.node_count", "value"),
        ("spec.resource.node_count", "1", "job.spec.resource.node_count", "type"),
        ("spec.resource.node_count", True, "job.spec.resource.node_count", "type"),
        (
            "spec.volumes",
            [{"nfs": {"nfs_server_path": "h:/", "local_path": "/a"}}],
            "job.spec.volumes",
            "pool",
        ),
        ("spec.host", "x", "job.spec.host", "key"),
        ("spec.log_export_path.obs_url", "", "job.spec.log_export_path", "missing"),
    ],
)
def test_a_fault_of_a_job_is_told(path: str, value: object, told: str, code: str) -> None:
    _, body = pair()
    change(body, path, value)
    assert [(one.path, one.code) for one in validate_job(body)] == [(told, code)]


@pytest.mark.parametrize(
    ("path", "value", "told", "code"),
    [
        ("job_config.command", " ", "algorithm.job_config.command", "missing"),
        ("job_config.boot_file", "/bucket/code/a.py", "algorithm.job_config.boot_file", "mixed"),
    ],
)
def test_a_fault_of_an_image_is_told(path: str, value: object, told: str, code: str) -> None:
    body, _ = image()
    change(body, path, value)
    assert [(one.path, one.code) for one in validate_algorithm(body)] == [(told, code)]


def test_a_job_passes_nothing_that_its_algorithm_does_not_know() -> None:
    algorithm, job = pair()
    del algorithm["job_config"]["inputs"]
    assert [(one.path, one.code) for one in validate_pair(algorithm, job)] == [
        ("job.algorithm.inputs[0].name", "unknown")
    ]


def change(body: Any, path: str, value: object) -> None:
    """Set a field of a body by its path, or take it away."""
    *parents, last = path.split(".")
    for one in parents:
        body = body[int(one)] if isinstance(body, list) else body.setdefault(one, {})
    if value is ABSENT:
        del body[last]
    else:
        body[last] = value
