"""A validator of both bodies, by what the references, the vendor's SDK and the Terraform provider say.

It knows nothing of v1 and of how a body was made: bodies that people have changed can be checked, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.migration.decision_values import NAME, TYPES
from dashboard.migration.folders import lies_inside
from dashboard.migration.parameters import MAX_ENVIRONMENT, environment_fault
from dashboard.migration.shapes import ALGORITHM, JOB, Array, Object, Type
from dashboard.migration.variables import MARKER

MAX_DESCRIPTION: Final = 256
VALID_TYPES: Final = ("Choice", "Range", "None")
DATA_TYPES: Final = ("obs", "modelarts_dataset")
ACCESS_METHODS: Final = ("parameter", "env")
REQUIREMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "flavor_type": ("CPU", "GPU", "Ascend"),
    "device_distributed_mode": ("multiple", "singular"),
    "host_distributed_mode": ("multiple", "singular"),
}
JOB_KINDS: Final = (
    *("job", "federated_pool_job", "edge_job", "hetero_job", "mrs_job", "autosearch_job", "diag_job"),
    "visualization_job",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a body: where, a stable code, and a message without values."""

    path: str
    code: str
    message: str


def validate_pair(algorithm: Mapping[str, Any], job: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return everything that is wrong with an algorithm's body and a job's, and between the two."""
    faults = [*validate_algorithm(algorithm), *validate_job(job)]
    return tuple(faults) or tuple(_between(algorithm, job))


def validate_algorithm(body: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return everything that is wrong with the body of POST /v2/{project_id}/algorithms."""
    return tuple(_misfits(body, ALGORITHM, "algorithm") or _algorithm(body))


def validate_job(body: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return everything that is wrong with the body of POST /v2/{project_id}/training-jobs."""
    return tuple(_misfits(body, JOB, "job") or _job(body))


_IS: Final[Mapping[Type, Any]] = {
    "text": lambda value: isinstance(value, str),
    "whole": lambda value: type(value) is int,
    "number": lambda value: type(value) in {int, float},
    "flag": lambda value: isinstance(value, bool),
    "texts": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "map": lambda value: isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values()),
}


def _misfits(value: Any, shape: Object | Array, path: str) -> list[Fault]:
    """Return what has another type than documented, and keys that no reference knows."""
    if isinstance(shape, Array):
        if not isinstance(value, list):
            return [Fault(path, "type", "it is no list")]
        return [
            fault
            for index, item in enumerate(value)
            for fault in _misfits(item, shape.of, f"{path}[{index}]")
        ]
    if not isinstance(value, (dict, Mapping)):
        return [Fault(path, "type", "it is no object")]
    faults: list[Fault] = []
    for key, item in value.items():
        if type(item) is shape.exact.get(key):
            continue
        inner = shape.fields.get(key)
        if inner is None:
            faults.append(Fault(f"{path}.{str(key)[:64]}", "key", "no reference knows this key"))
        elif not isinstance(inner, str):
            faults += _misfits(item, inner, f"{path}.{key}")
        elif not _IS[inner](item):
            faults.append(Fault(f"{path}.{key}", "type", f"it is not of the type {inner}"))
    return faults


def _metadata(body: Mapping[str, Any], path: str) -> Iterator[Fault]:
    metadata = body.get("metadata", {})
    if not NAME.fullmatch(metadata.get("name", "")):
        yield Fault(f"{path}.metadata.name", "name", "it is not 1 to 64 letters, digits, _ and -")
    if len(metadata.get("description", "")) > MAX_DESCRIPTION:
        yield Fault(
            f"{path}.metadata.description", "length", f"it has more than {MAX_DESCRIPTION} characters"
        )


def _algorithm(body: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _metadata(body, "algorithm")
    config, path = body.get("job_config", {}), "algorithm.job_config"
    yield from _engine(config, path)
    for index, output in enumerate(config.get("outputs", ())):
        if not output.get("name"):
            yield Fault(f"{path}.outputs[{index}].name", "missing", "an output needs a name")
    for index, one in enumerate(config.get("inputs", ())):
        if any(item.get("data_type") not in DATA_TYPES for item in one.get("remote_constraints", ())):
            yield Fault(f"{path}.inputs[{index}].remote_constraints", "value", "unknown data_type")
    for index, parameter in enumerate(config.get("parameters", ())):
        yield from _parameter(parameter, f"{path}.parameters[{index}]")
    yield from _repeated(config, path)
    for index, one in enumerate(body.get("resource_requirements", ())):
        yield from _requirement(one, f"algorithm.resource_requirements[{index}]")


def _engine(config: Mapping[str, Any], path: str) -> Iterator[Fault]:
    """Yield what is wrong with the two shapes: a preset engine with code, or an image with a command."""
    engine = config.get("engine", {})
    ways = _engine_ways(engine)
    if len(ways) != 1:
        yield Fault(
            f"{path}.engine", "engine", "exactly one of engine_id, name with version, image_url is needed"
        )
    elif ways == ["image_url"]:
        if not config.get("command", "").strip():
            yield Fault(f"{path}.command", "missing", "an image needs a start command")
        if "boot_file" in config:
            yield Fault(f"{path}.boot_file", "mixed", "an image takes no boot file")
    else:
        yield from _preset(config, path)


def _engine_ways(engine: Mapping[str, Any]) -> list[str]:
    ways = [key for key in ("engine_id", "image_url") if engine.get(key)]
    named = [key for key in ("engine_name", "engine_version") if engine.get(key)]
    if named:
        ways.append("named" if len(named) == 2 else named[0])
    return ways if ways not in (["engine_name"], ["engine_version"]) else []


def _preset(config: Mapping[str, Any], path: str) -> Iterator[Fault]:
    if "command" in config:
        yield Fault(f"{path}.command", "mixed", "a preset engine takes no start command")
    for key in ("code_dir", "boot_file"):
        if not config.get(key):
            yield Fault(f"{path}.{key}", "missing", "a preset engine needs it")
    code, boot = config.get("code_dir"), config.get("boot_file")
    if code and boot and not lies_inside(boot, code):
        yield Fault(f"{path}.boot_file", "outside", "it does not lie in the code directory")


def _parameter(parameter: Mapping[str, Any], path: str) -> Iterator[Fault]:
    constraint = parameter.get("constraint", {})
    if not parameter.get("name"):
        yield Fault(f"{path}.name", "missing", "a parameter needs a name")
    if constraint.get("type") not in TYPES:
        yield Fault(f"{path}.constraint.type", "value", f"it is none of {', '.join(TYPES)}")
    if constraint.get("editable") and "value" not in parameter:
        yield Fault(f"{path}.value", "missing", "an editable parameter needs a value")
    if constraint.get("valid_type", "None") not in VALID_TYPES:
        yield Fault(f"{path}.constraint.valid_type", "value", f"it is none of {', '.join(VALID_TYPES)}")


def _repeated(config: Mapping[str, Any], path: str) -> Iterator[Fault]:
    """Yield names that stand twice among inputs, outputs and parameters."""
    seen: set[str] = set()
    for kind in ("inputs", "outputs", "parameters"):
        for index, one in enumerate(config.get(kind, ())):
            name = one.get("name", "")
            if name in seen:
                yield Fault(f"{path}.{kind}[{index}].name", "repeated", "another one has the same name")
            seen.add(name)


def _requirement(one: Mapping[str, Any], path: str) -> Iterator[Fault]:
    allowed = REQUIREMENTS.get(one.get("key", ""))
    if allowed is None or not set(one.get("values", ())) <= set(allowed):
        yield Fault(path, "value", "unknown key or value")
    if one.get("operator") != "in":
        yield Fault(f"{path}.operator", "value", "it is not in")


def _job(body: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _metadata(body, "job")
    if body.get("kind") not in JOB_KINDS:
        yield Fault("job.kind", "value", "no such kind of job")
    algorithm = body.get("algorithm", {})
    yield from _job_algorithm(algorithm)
    for kind, allowed in (("inputs", ("obs", "dataset")), ("outputs", ("obs",))):
        for index, channel in enumerate(algorithm.get(kind, ())):
            yield from _channel(channel, f"job.algorithm.{kind}[{index}]", allowed)
    yield from _repeated(algorithm, "job.algorithm")
    yield from _environments(algorithm.get("environments", {}))
    yield from _spec(body.get("spec", {}))


def _job_algorithm(algorithm: Mapping[str, Any]) -> Iterator[Fault]:
    ways = {
        "id": bool(algorithm.get("id")),
        "subscription": bool(algorithm.get("subscription_id")) and bool(algorithm.get("item_version_id")),
        "code": bool(algorithm.get("boot_file")),
        "image": bool(algorithm.get("engine", {}).get("image_url")),
    }
    if sum(ways.values()) != 1:
        yield Fault("job.algorithm", "algorithm", "exactly one of id, subscription, code and image is needed")
    elif ways["code"] or ways["image"]:
        yield from _engine(algorithm, "job.algorithm")


def _channel(channel: Mapping[str, Any], path: str, allowed: tuple[str, ...]) -> Iterator[Fault]:
    remote = channel.get("remote", {})
    if not channel.get("name"):
        yield Fault(f"{path}.name", "missing", "it needs a name")
    if len(remote) != 1 or not set(remote) <= set(allowed):
        yield Fault(f"{path}.remote", "remote", f"exactly one of {', '.join(allowed)} is needed")
    elif "obs" in remote and not remote["obs"].get("obs_url"):
        yield Fault(f"{path}.remote.obs.obs_url", "missing", "it is empty")
    elif "dataset" in remote and not (remote["dataset"].get("id") and remote["dataset"].get("version_id")):
        yield Fault(f"{path}.remote.dataset", "missing", "a dataset needs an id and a version")
    if channel.get("access_method", "parameter") not in ACCESS_METHODS:
        yield Fault(f"{path}.access_method", "value", "it is neither parameter nor env")


def _environments(environments: Mapping[str, str]) -> Iterator[Fault]:
    if len(environments) > MAX_ENVIRONMENT:
        yield Fault("job.algorithm.environments", "length", f"there are more than {MAX_ENVIRONMENT}")
    for name, value in environments.items():
        fault = environment_fault(name, MARKER.sub("", value))
        if fault is not None:
            yield Fault(f"job.algorithm.environments.{name[:64]}", fault[0], "v2 does not take this variable")


def _spec(spec: Mapping[str, Any]) -> Iterator[Fault]:
    resource = spec.get("resource", {})
    if not resource.get("flavor_id") and not resource.get("pool_id"):
        yield Fault("job.spec.resource", "missing", "a flavor or a dedicated pool is needed")
    if resource.get("node_count", 1) < 1:
        yield Fault("job.spec.resource.node_count", "value", "at least one node is needed")
    volumes = spec.get("volumes", ())
    if volumes and not resource.get("pool_id"):
        yield Fault("job.spec.volumes", "pool", "volumes are mounted in dedicated pools only")
    for index, volume in enumerate(volumes):
        path = f"job.spec.volumes[{index}]"
        if len(volume) != 1:
            yield Fault(path, "volume", "exactly one of nfs, pfs and obs is needed")
        for kind, inner in volume.items():
            if not inner.get("local_path") or not inner.get(
                f"{kind}_server_path" if kind == "nfs" else f"{kind}_path"
            ):
                yield Fault(f"{path}.{kind}", "missing", "both paths are needed")
    log = spec.get("log_export_path")
    if log is not None and not any(log.values()):
        yield Fault("job.spec.log_export_path", "missing", "it is empty")


def _between(algorithm: Mapping[str, Any], job: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what the job passes and the algorithm does not know."""
    config = algorithm.get("job_config", {})
    for kind in ("inputs", "outputs", "parameters"):
        known = {one.get("name") for one in config.get(kind, ())}
        if kind == "parameters" and config.get("parameters_customization"):
            continue
        for index, one in enumerate(job.get("algorithm", {}).get(kind, ())):
            if one.get("name") not in known:
                yield Fault(
                    f"job.algorithm.{kind}[{index}].name", "unknown", "the algorithm has none of this name"
                )
