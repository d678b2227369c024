"""Where the data comes from and where the output goes: inputs and outputs of both bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dashboard.migration import rules
from dashboard.migration.commands import Rewritten
from dashboard.migration.decision_values import KEEP
from dashboard.migration.draft import Draft
from dashboard.migration.lookups import Origin, Origins
from dashboard.migration.reasons import Suggestion
from dashboard.migration.record import text_of
from dashboard.migration.statements import Basis, Rule

_PATH: Final = re.compile(r"(?:obs://|/)[^\s/].*", re.DOTALL)
_KEEP: Final = Suggestion(KEEP, "the operator still serves it", Basis.JUDGEMENT, "ours")
INPUTS: Final = ("algorithm.job_config.inputs", "job.algorithm.inputs")
OUTPUTS: Final = ("algorithm.job_config.outputs", "job.algorithm.outputs")
_OUTPUT_ORIGINS: Final[Origins] = {".name": (rules.OUTPUT_NAME, ())}


class _Place(NamedTuple):
    """A place in object storage, or a dataset, with v1's fields that name it."""

    fields: tuple[str, ...]
    rule: Rule
    type_field: tuple[str, ...] = ()
    url: str | None = None
    dataset: tuple[str, str | None] | None = None
    dataset_name: str | None = None


class _End(NamedTuple):
    """The remote end of an input or output as the job names it, with the origins of its fields."""

    data_type: str
    value: Mapping[str, Mapping[str, str]]
    origins: tuple[tuple[str, Origin], ...]


def _path_end(url: str, rule: Rule, fields: tuple[str, ...]) -> _End:
    return _End("obs", {"obs": {"obs_url": url}}, (("obs.obs_url", (rule, fields)),))


def put_data(draft: Draft, command: Rewritten | None) -> None:
    """Put in inputs and outputs, those that a start command names among them."""
    channels = dict(command.channels) if command is not None else {}
    places = list(_sources(draft))
    if (url := channels.get("data_url")) is not None:
        _add_from_command(draft, places, url)
    for place in places:
        _put_input(draft, place, _access(command, draft.length(INPUTS[0])))
    _put_output(draft, command, channels.get("train_url"))


def _add_from_command(draft: Draft, places: list[_Place], url: str) -> None:
    """Put the command's path first: it is what the script reads. Another one is a question."""
    decided = draft.decided("path", url)
    same = [one for one in places if one.url is not None and _plain(one.url) == _plain(decided or url)]
    if same:
        places.remove(same[0])
        places.insert(0, same[0])
        return
    others = [one.url for one in places if one.url is not None]
    if others and decided is None:
        message = f"The command reads {url}, the configuration says {others[0]}."
        draft.because("data-differs", message, "user_command", url)
    places.insert(0, _Place(("user_command",), rules.INPUT_OF_COMMAND, url=url))


def _plain(url: str) -> str:
    """Return a path in object storage without its scheme and last slash."""
    return re.sub(r"^(?:s3|obs):/", "", url).rstrip("/")


def _sources(draft: Draft) -> Iterator[_Place]:
    """Yield every source once: data_url, the dataset, and those in data_source."""
    seen: set[Any] = set()
    for place in _all_sources(draft):
        key = _plain(place.url) if place.url is not None else place.dataset
        if key in seen:
            draft.drop(rules.GONE_REPEATED, *place.fields, *place.type_field)
        else:
            seen.add(key)
            yield place


def _all_sources(draft: Draft) -> Iterator[_Place]:
    record = draft.record
    if (url := record.text("data_url")) is not None:
        yield _Place(("data_url",), rules.INPUT, url=url)
    if (dataset := record.text("dataset_id")) is not None:
        pair = (dataset, record.text("dataset_version_id"))
        fields = ("dataset_id", "dataset_version_id") if pair[1] else ("dataset_id",)
        yield _Place(fields, rules.INPUT, dataset=pair, dataset_name=record.text("dataset_name"))
    for path, item in record.objects("data_source"):
        type_field = (f"{path}.type",) if "type" in item else ()
        if (url := text_of(item, "data_url")) is not None:
            yield _Place((f"{path}.data_url",), rules.INPUT, type_field, url)
        if (dataset := text_of(item, "dataset_id")) is not None:
            pair = (dataset, text_of(item, "dataset_version"))
            fields = (f"{path}.dataset_id", *((f"{path}.dataset_version",) if pair[1] else ()))
            yield _Place(fields, rules.INPUT, type_field, dataset=pair)


def _put_input(draft: Draft, place: _Place, access: Rule) -> None:
    if place.dataset is not None:
        _put_dataset(draft, place, place.dataset, access)
    elif place.url is not None:
        url, rule = _checked_path(draft, place.url, place.rule, place.fields)
        _add_input(draft, place, access, _path_end(url, rule, place.fields))


def _add_input(draft: Draft, place: _Place, access: Rule, end: _End) -> None:
    """Add an input to both bodies."""
    index = draft.length(INPUTS[0])
    name = "data_url" if index == 0 else f"data_url_{index}"
    declared = {"name": name, "remote_constraints": [{"data_type": end.data_type}]}
    typed_by = place.type_field or place.fields
    draft.append(INPUTS[0], declared, draft.lookups.origins(_declared, typed_by))
    _pass(draft, INPUTS[1], name, access, end)


def _declared(typed_by: tuple[str, ...]) -> Origins:
    """Return the origins of an input as the algorithm declares it."""
    return {
        ".name": (rules.INPUT_NAME, ()),
        ".remote_constraints[0].data_type": (rules.DATA_TYPE, typed_by),
    }


def _pass(draft: Draft, path: str, name: str, access: Rule, end: _End) -> None:
    """Add an input or output to those that the job passes."""
    method = "env" if access is rules.ACCESS_ENVIRONMENT else "parameter"
    rule = rules.INPUT_NAME if path is INPUTS[1] else rules.OUTPUT_NAME
    passed = {"name": name, "access_method": method, "remote": end.value}
    draft.append(path, passed, draft.lookups.origins(_passed, rule, access, end.origins))


def _passed(rule: Rule, access: Rule, end: tuple[tuple[str, Origin], ...]) -> Origins:
    """Return the origins of an input or output as the job passes it."""
    return {
        ".name": (rule, ()),
        ".access_method": (access, ()),
        **{f".remote.{below}": origin for below, origin in end},
    }


def _access(command: Rewritten | None, index: int) -> Rule:
    """Return how the script learns an input's local path: as an argument, unless the command takes none."""
    if command is None or command.appends:
        return rules.ACCESS_PARAMETER
    taken = index == 0 and "data_url" in dict(command.channels)
    return rules.ACCESS_PARAMETER if taken else rules.ACCESS_ENVIRONMENT


def _put_dataset(draft: Draft, place: _Place, dataset: tuple[str, str | None], access: Rule) -> None:
    # In one piece: a dataset's cases, each of which ends here or goes on to its version.
    identity, version = dataset
    decided = draft.decided("dataset", identity)
    if decided is None:
        message = f"The dataset {identity} is one of the old ones, which Huawei Cloud ended on 2024-10-31."
        draft.because("old-dataset", message, place.fields[0], identity, (_KEEP,))
        draft.drop(rules.GONE_DATASET, *place.fields, *place.type_field)
        return
    if isinstance(decided, dict) and "obs_url" in decided:
        _add_input(draft, place, access, _path_end(decided["obs_url"], rules.INPUT_CHOSEN, place.fields))
        return
    chosen = isinstance(decided, dict)
    if chosen:
        identity, version = decided["id"], decided["version_id"]
    rule = rules.INPUT_CHOSEN if chosen else place.rule
    values, origins = {"id": identity}, [("dataset.id", (rule, place.fields[:1]))]
    if version is None:
        draft.because(
            "dataset-version", f"No version of the dataset {identity} is named.", place.fields[0], identity
        )
    else:
        values["version_id"] = version
        origins.append(("dataset.version_id", (rule, place.fields[1:])))
    if place.dataset_name is not None and not chosen:
        values["name"] = place.dataset_name
        origins.append(("dataset.name", (rule, ("dataset_name",))))
    _add_input(draft, place, access, _End("modelarts_dataset", {"dataset": values}, tuple(origins)))


def _put_output(draft: Draft, command: Rewritten | None, from_command: str | None) -> None:
    url = draft.record.text("train_url")
    fields: tuple[str, ...] = ("train_url",)
    if from_command is not None:
        decided = draft.decided("path", from_command)
        if url is not None and decided is None and _plain(url) != _plain(from_command):
            message = f"The command writes to {from_command}, the configuration says {url}."
            draft.because("data-differs", message, "user_command", from_command)
        url, fields = from_command, ("user_command",) if url is None else ("train_url", "user_command")
    if url is None:
        return
    rule = rules.OUTPUT if fields[0] == "train_url" else rules.INPUT_OF_COMMAND
    url, rule = _checked_path(draft, url, rule, fields)
    takes = command is None or command.appends or from_command is not None
    access = rules.ACCESS_PARAMETER if takes else rules.ACCESS_ENVIRONMENT
    draft.append(OUTPUTS[0], {"name": "train_url"}, _OUTPUT_ORIGINS)
    _pass(draft, OUTPUTS[1], "train_url", access, _path_end(url, rule, fields))


def put_log(draft: Draft) -> None:
    """Put in where logs go."""
    url = draft.record.text("log_url")
    if url is not None:
        url, rule = _checked_path(draft, url, rules.LOG, ("log_url",))
        draft.put("job.spec.log_export_path.obs_url", url, rule, "log_url")


def _checked_path(draft: Draft, url: str, rule: Rule, fields: tuple[str, ...]) -> tuple[str, Rule]:
    """Return a path as v2 takes it, and the rule that made it so; ask where it is none."""
    decided = draft.decided("path", url)
    if decided is not None:
        return decided, rules.INPUT_CHOSEN
    if url.startswith("s3://"):
        url, rule = f"obs://{url.removeprefix('s3://')}", rules.INPUT_SCHEME
    if not _PATH.fullmatch(url):
        draft.because("data-path", f"{url} is no path in object storage.", fields[0], url)
    return url, rule
