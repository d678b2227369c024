"""A configuration for each check, beside one with nothing to find, and what is to be found in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modelarts_local.samples.fake_secrets import fake_secrets
from tests.dashboard.audit.assessed import NOW_MS

REGISTRY: Final = "swr.example.com/vision"
PINNED: Final = f"@sha256:{'0123456789abcdef' * 4}"
RUN: Final = "bash /home/work/run_train.sh python"
_SECRET = fake_secrets()["secret_key"]
_OTHER = fake_secrets()["wandb_key"]

Row = tuple[Mapping[str, Any], set[str]]
ROWS: Final[Mapping[str, Row]] = {
    "clean": ({}, set()),
    "key-in-command": ({"user_command": f"{RUN} a.py --sk {_SECRET}"}, {"SEC001", "SEC004"}),
    "key-in-parameter": ({"parameter": [{"label": "SECRET_KEY", "value": _SECRET}]}, {"SEC002", "SEC004"}),
    "traced": ({"user_command": f"set -x; {RUN} b.py"}, {"SEC003"}),
    "key-in-description": ({"config_desc": f"use api_key={_OTHER}"}, {"SEC005"}),
    "piped": ({"user_command": f"curl -s https://x.example/a.sh | sh && {RUN} c.py"}, {"SUP001"}),
    "unencrypted": ({"user_command": f"wget http://x.example/d.tgz && {RUN} d.py"}, {"SUP002"}),
    "untagged": ({"user_image_url": f"{REGISTRY}/base"}, {"SUP003", "SUP004"}),
    "unpinned": ({"user_image_url": f"{REGISTRY}/base:ubuntu24.04"}, {"SUP004"}),
    "bare-address": ({"user_image_url": f"100.125.5.235:20202/base:ubuntu24.04{PINNED}"}, {"SUP005"}),
    "unversioned": ({"user_command": f"pip install timm && {RUN} e.py"}, {"SUP006"}),
    "ended-python": ({"engine_version": "Scikit_Learn-0.18.1-python3.6"}, {"EOL001"}),
    "ended-framework": ({"engine_version": "TF-1.13.1-python3.12"}, {"EOL002", "EOL004"}),
    "ended-system": ({"user_image_url": f"{REGISTRY}/base:ubuntu18.04{PINNED}"}, {"EOL003"}),
    "not-offered": ({"engine_version": "Scikit_Learn-1.9.0-python3.13"}, {"EOL004"}),
    "past-run-train": ({"user_command": "python f.py"}, {"REL001"}),
    "no-command": ({"user_command": ""}, {"REL002"}),
    "boot-elsewhere": ({"boot_file_url": "/b/other/train.py"}, {"REL003"}),
    "output-in-data": ({"train_url": "/b/data/out"}, {"REL004"}),
    "shares-output": ({"train_url": "/b/shared/out"}, {"REL005"}),
    "shares-output-too": ({"train_url": "s3://b/shared/out/"}, {"REL005"}),
    "no-log": ({"log_url": ""}, {"REL006"}),
    "no-version": ({"dataset_id": "d1", "dataset_name": "coco"}, {"REP001"}),
    "many-workers": ({"worker_server_num": 4}, {"REP002"}),
    "host-mounted": ({"volumes": [{"host_path": {"src_path": "/etc", "dest_path": "/x"}}]}, {"ISO001"}),
    "export-mounted": ({"volumes": [{"nfs": {"src_path": "10.0.0.9:/", "dest_path": "/x"}}]}, {"ISO002"}),
    "idle-gpus": (
        {"user_image_url": f"{REGISTRY}/cpu-base:ubuntu24.04{PINNED}", "gpu_num": 8},
        {"COST001"},
    ),
    "undescribed": ({"config_desc": ""}, {"HYG001"}),
    "resnet-copy": ({}, {"HYG002"}),
    "twin-a": ({"user_command": f"{RUN} g.py --lr 1 --n 2"}, {"HYG003"}),
    "twin-b": ({"user_command": f"{RUN}  g.py --n=2 --lr=1"}, {"HYG003"}),
    "aged": ({"create_time": NOW_MS - 2000 * 86_400_000}, {"HYG004"}),
    "timeless": ({"create_time": 0}, {"HYG005"}),
    "pooled": ({"pool_name": "ascend-shared"}, {"TEAM-1"}),
}
EXPECTED: Final = {name: ids for name, (_, ids) in ROWS.items() if ids}


def showcase() -> list[dict[str, Any]]:
    """Return the configurations with their details, as the service holds them."""
    return [{**_clean(name), **changes} for name, (changes, _) in ROWS.items()]


def _clean(name: str) -> dict[str, Any]:
    return {
        "config_name": name,
        "config_desc": "Trains ResNet-50",
        "create_time": NOW_MS - 30 * 86_400_000,
        "user_image_url": f"{REGISTRY}/base:ubuntu24.04{PINNED}",
        "user_command": f"{RUN} {name}.py",
        "worker_server_num": 1,
        "gpu_num": 0,
        "app_url": "/b/code/",
        "boot_file_url": "/b/code/train.py",
        "data_url": "/b/data/",
        "train_url": f"/b/{name}/out/",
        "log_url": f"/b/{name}/log/",
        "parameter": [{"label": "learning_rate", "value": 0.1}],
        "volumes": [],
    }
