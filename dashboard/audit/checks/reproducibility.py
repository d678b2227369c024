"""Reproducibility: whether the same configuration trains the same thing again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from dashboard.audit.check import Check, Context, Family, Scope
from dashboard.audit.facts import Facts, listed, shown
from dashboard.audit.outcome import PASSED, CannotAssessError, Failed, Outcome, Severity, Span
from dashboard.data.record import COMMAND, ENGINE, PARAMETERS, VERSION
from dashboard.parsing import started_programs

_DISTRIBUTED: Final = re.compile(
    r"(?<![a-z])(?:dist|distributed|ddp|fsdp|horovod|hvd|hccl|nccl|gloo|mpi|mpirun|deepspeed|accelerate|torchrun"
    r"|rank|rank_table|world_size|nproc|nnodes|num_nodes|num_workers_total|master_addr|master_port|init_method"
    r"|ps_hosts|worker_hosts|job_name|task_index|tf_config|parameter_server|allreduce|multi_node|multinode)(?![a-z])"
)


class REP001(Check):
    """A dataset without a version is whatever it holds on the day: the same configuration trains on other
    data later, and a result cannot be explained any more."""

    family = Family.REPRODUCIBILITY
    title = "Dataset without a version"
    severity = Severity.MEDIUM
    remedy = "Publish a version of the dataset, and name it."
    basis = "own"
    fields = ("dataset_id", "dataset_name", "dataset_version_id", "dataset_version_name", "data_source")
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where a dataset is named, and no version of it."""
        found = dict(_unversioned(facts))
        words = f"No version is named of the dataset {listed(map(shown, found))}."
        return Failed(words, tuple(map(Span, found.values()))) if found else PASSED


def _unversioned(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield each dataset without a version, and the path of the field that names it."""
    versions = [facts.text(f"dataset_version_{key}") for key in ("id", "name")]
    for field in ("dataset_name", "dataset_id"):
        if (name := facts.text(field)) and not any(versions):
            yield name, field
            break
    for place, source in enumerate(facts.objects("data_source")):
        dataset = source.get("dataset_id")
        if isinstance(dataset, str) and dataset.strip() and not source.get("dataset_version"):
            if facts.text("dataset_id") == dataset:
                continue
            yield dataset, f"data_source[{place}].dataset_id"


class REP002(Check):
    """Several workers that nothing in the configuration tells of each other may each train alone, at several
    times the price."""

    family = Family.REPRODUCIBILITY
    title = "Several workers, and no sign of distributed training"
    severity = Severity.INFO
    remedy = "See whether the code finds its peers by itself; if not, use one worker, or a launcher."
    basis = "own"
    fields = ("worker_server_num", COMMAND, PARAMETERS, ENGINE, VERSION)
    scope: ClassVar[Scope] = "detail"

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Fail where neither command, parameters nor engine speak of it."""
        workers = facts.number("worker_server_num")
        if workers is None:
            raise CannotAssessError("no number of workers is given")
        if workers <= 1 or _speaks_of_it(facts):
            return PASSED
        return Failed(
            f"{workers:,} workers, and no sign that they know each other.", (Span("worker_server_num"),)
        )


def _speaks_of_it(facts: Facts) -> bool:
    texts = [facts.text(name) for name in (ENGINE, VERSION, COMMAND)]
    for parameter in facts.objects(PARAMETERS):
        texts += [str(parameter.get("label") or ""), str(parameter.get("value") or "")]
    if any(_DISTRIBUTED.search(text.lower()) for text in texts):
        return True
    command = facts.command
    return command is not None and any(program.launchers for program in started_programs(command))


CHECKS: Iterable[type[Check]] = (REP001, REP002)
