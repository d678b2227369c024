"""What an audit has to find in the sample project: written down for each part that it is made of.

Checks are named by their ids. Of the engines the ends are meant that had been published by the end of 2026.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from modelarts_local.samples.images import APP, COMMANDS, RUN

DAY_MS = 86_400_000
LIMIT_DAYS = 365
# Start command, by how it begins and what it holds → findings. The first that fits counts.
COMMAND_FINDINGS: tuple[tuple[str, str], ...] = (
    (r"export AWS_ACCESS_KEY_ID=", "SEC001"),
    (r".*--password=", "SEC001"),
    (r"WANDB_API_KEY=", "SEC001"),
    (r"git clone https://ci-bot:", "SEC001"),
    (r"bash -x .*--ak .*--sk ", "SEC001 SEC003"),
    (r"bash -xe? ", "SEC003"),
    (r"set -x;", "SEC003"),
    (r"python \S+/fetch\.py && bash ", ""),
    (r"python |cd ", "REL001"),
    (r"curl -sSL https://\S+ \| sh", "SUP001"),
    (r"wget -qO- http://\S+ \| bash", "SUP001 SUP002"),
    (r"wget http://", "SUP002"),
    (r"pip install transformers datasets ", "SUP006"),
    (r"pip install --trusted-host \S+ -i http://", "SUP002 SUP006"),
    (r"pip install torch==1\.8\.1 timm==0\.4\.12|chmod |(?:/bin/)?bash /home/work/run_train\.sh ", ""),
)
# What of fake_secrets a command of each kind holds.
COMMAND_SECRETS: Mapping[str, tuple[str, ...]] = {
    "export AWS": ("aws_access_key", "aws_secret_key"),
    "--password=": ("database_password",),
    "WANDB_API_KEY=": ("wandb_key",),
    "https://ci-bot:": ("git_password",),
    "--sk ": ("access_key", "secret_key"),
}
PARAMETER_SECRETS = {"WANDB_API_KEY": "wandb_key", "DB_PASSWORD": "database_password"}
DISTRIBUTED = re.compile(r"torchrun|torch\.distributed|NCCL_DEBUG|Horovod")
TEMPORARY = re.compile(r"(?<![a-z])(?:tmp|test|copy|old|backup)(?![a-z])", re.IGNORECASE)


def expected_findings(
    listed: Sequence[Mapping[str, Any]], details: Sequence[Mapping[str, Any]], now_ms: int
) -> list[set[str]]:
    """Return the ids of the checks that fail for each configuration, given its listing and its details."""
    found = [
        {*_of_listing(row, now_ms), *_of_details(row, detail)}
        for row, detail in zip(listed, details, strict=True)
    ]
    twins = Counter(map(_start, listed))
    outputs = Counter(detail["train_url"] for detail in details)
    secrets = Counter(
        name for row, detail in zip(listed, details, strict=True) for name in _secrets(row, detail)
    )
    for ids, row, detail in zip(found, listed, details, strict=True):
        if row.get("user_image_url") and twins[_start(row)] > 1:
            ids.add("HYG003")
        if outputs[detail["train_url"]] > 1:
            ids.add("REL005")
        if any(secrets[name] > 1 for name in _secrets(row, detail)):
            ids.add("SEC004")
    return found


def _of_listing(row: Mapping[str, Any], now_ms: int) -> Iterator[str]:
    yield from _command_findings(row.get("user_command") or "").split()
    yield from _image_findings(row.get("user_image_url") or "")
    if version := row.get("engine_version"):
        yield "EOL001"  # there is none with a Python newer than 3.7
        if version != "Scikit_Learn-0.18.1-python3.6":  # of which nobody has said when it ends
            yield "EOL002"
    if not row["config_desc"]:
        yield "HYG001"
    if TEMPORARY.search(row["config_name"]):
        yield "HYG002"
    if row["create_time"] <= now_ms - LIMIT_DAYS * DAY_MS:
        yield "HYG004"


def _command_findings(command: str) -> str:
    return next((ids for pattern, ids in COMMAND_FINDINGS if command and re.match(pattern, command)), "")


def _image_findings(image: str) -> Iterator[str]:
    if not image:
        return
    name = image.rpartition("/")[2]
    if "@sha256:" not in image:
        yield "SUP004"
        if ":" not in name or name.endswith(":latest"):
            yield "SUP003"
    if image.startswith("100."):
        yield "SUP005"


def _of_details(row: Mapping[str, Any], detail: Mapping[str, Any]) -> Iterator[str]:
    labels = [parameter["label"] for parameter in detail["parameter"]]
    sources = detail["data_source"]
    kinds = [kind for volume in detail["volumes"] for kind in volume]
    if "/old/" in detail["boot_file_url"]:
        yield "REL003"
    if detail["train_url"] in {detail.get("data_url"), *(source.get("data_url") for source in sources)}:
        yield "REL004"
    if not detail["log_url"]:
        yield "REL006"
    if any(source["type"] == "dataset" and "dataset_version" not in source for source in sources):
        yield "REP001"
    told = " ".join([*labels, row.get("user_command") or "", row.get("engine_name") or ""])
    if detail["worker_server_num"] > 1 and not DISTRIBUTED.search(told):
        yield "REP002"
    if "host_path" in kinds:
        yield "ISO001"
    if "nfs" in kinds or "nas_share_addr" in detail:  # each is the root of an export
        yield "ISO002"
    if "custom-cpu-base" in (row.get("user_image_url") or "") and detail["gpu_num"] > 0:
        yield "COST001"
    if PARAMETER_SECRETS.keys() & set(labels):
        yield "SEC002"


def _start(row: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(row.get(key) for key in ("engine_version", "user_image_url", "user_command"))


def _secrets(row: Mapping[str, Any], detail: Mapping[str, Any]) -> set[str]:
    command = row.get("user_command") or ""
    found = {name for sign, names in COMMAND_SECRETS.items() if sign in command for name in names}
    labels = (parameter["label"] for parameter in detail["parameter"])
    return found | {PARAMETER_SECRETS[label] for label in labels if label in PARAMETER_SECRETS}


@cache
def unlisted_commands() -> tuple[str, ...]:
    """Return the start commands of the sample project that no row above is about."""
    shown = (template.replace("{run}", RUN).replace("{app}", APP) for template in COMMANDS)
    return tuple(text for text in shown if not any(re.match(row, text) for row, _ in COMMAND_FINDINGS))
