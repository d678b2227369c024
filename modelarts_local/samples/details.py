"""What the detail call adds to a listed configuration: made from its name when asked for, always the same.

Copies share the details of their original, and attempts at one thing its code directory and data.
"""

import random
import re
import uuid
from collections.abc import Mapping
from typing import Any

from modelarts_local.samples.fake_secrets import fake_secrets
from modelarts_local.samples.names import family_name, original_name

# spec_id, spec_code, cpu, core, gpu_num, gpu_type
Flavour = tuple[int, str, str, str, int, str]
CPU_FLAVOURS: tuple[Flavour, ...] = (
    (1, "modelarts.vm.cpu.2u", "8", "2", 0, ""),
    (2, "modelarts.vm.cpu.8u", "32", "8", 0, ""),
)
GPU_FLAVOURS: tuple[Flavour, ...] = (
    (4, "modelarts.p3.large.public", "64", "8", 1, "nvidia-p100"),
    (5, "modelarts.bm.gpu.v100", "64", "8", 1, "nvidia-v100"),
    (7, "modelarts.bm.gpu.8v100", "768", "72", 8, "nvidia-v100"),
)
ASCEND_FLAVOURS: tuple[Flavour, ...] = (
    (11, "modelarts.kat1.xlarge", "96", "24", 1, "Ascend 910"),
    (12, "modelarts.kat1.8xlarge", "720", "192", 8, "Ascend 910"),
)
CPU_ENGINES = {"Scikit_Learn", "Spark_MLlib", "XGBoost-Sklearn"}

BOOT_FILES = ("train.py", "main.py", "run.py", "boot.py", "src/train.py")
BOOT_FILE_ELSEWHERE = 0.05
POOLS = (("pool7f3a", "gpu-dedicated"), ("pool19c2", "ascend-shared"), ("poolb04d", "research"))

# Hyperparameters as people type them in: numbers and texts side by side.
PARAMETERS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("learning_rate", (0.01, 0.001, "0.0001", "1e-4", 3e-05)),
    ("batch_size", (32, "64", "128", 256)),
    ("epochs", (10, "30", "90", 100)),
    ("optimizer", ("adam", "sgd", "lamb")),
    ("num_gpus", (1, "8")),
    ("seed", (0, 42, "1234")),
    ("warmup_steps", (500, "1000")),
    ("weight_decay", (0.0001, "0.01", 0)),
    ("save_checkpoint", ("true", "True", "false")),
    ("resume_from", ("", "s3://checkpoints/last.ckpt")),
)
# The environment of a custom image's container. The credentials are drawn, and open nothing.
ENVIRONMENT: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("NCCL_DEBUG", ("INFO", "WARN")),
    ("OMP_NUM_THREADS", ("8", 4)),
    ("PYTHONUNBUFFERED", ("1",)),
    ("HF_HUB_OFFLINE", ("1", "0")),
    ("MAX_STEPS", ("10000", 50000)),
    ("WANDB_MODE", ("offline", "online")),
    ("WANDB_API_KEY", (fake_secrets()["wandb_key"],)),
    ("DB_PASSWORD", (fake_secrets()["database_password"],)),
)


def generate_details(listed: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return the detail call's own fields for a listed configuration, whatever the listing holds."""
    name = str(listed.get("config_name"))
    rng = random.Random(f"{seed}/{original_name(name)}")  # noqa: S311 - sample data, reproducible
    family = _path_segment(family_name(name))
    bucket = f"{_path_segment(re.split('[-_]', name, maxsplit=1)[0]).lower()}-train"
    home = f"/{bucket}/{family}"
    has_image = bool(listed.get("user_image_url"))
    return {
        "worker_server_num": rng.choice((1, 1, 1, 1, 2, 4, 8)),
        **_code(home, bucket, rng),
        "model_id": -1 if has_image else 0,
        "parameter": _parameters(rng, ENVIRONMENT if has_image else PARAMETERS),
        **_flavour(listed.get("engine_name"), rng),
        **_data(home, bucket, rng),
        **_outputs(home, rng),
        **_pool(rng),
        "volumes": _volumes(rng),
        **_nas(rng),
    }


def _path_segment(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:64] or "project"


def _code(home: str, bucket: str, rng: random.Random) -> dict[str, Any]:
    directory = f"{home}/code/"
    inside = rng.random() >= BOOT_FILE_ELSEWHERE
    boot_file = rng.choice(BOOT_FILES)
    return {"app_url": directory, "boot_file_url": f"{directory if inside else f'/{bucket}/old/'}{boot_file}"}


def _parameters(rng: random.Random, choices: tuple[tuple[str, tuple[Any, ...]], ...]) -> list[dict[str, Any]]:
    chosen = rng.sample(choices, rng.randint(0, min(6, len(choices))))
    return [{"label": label, "value": rng.choice(values)} for label, values in chosen]


def _flavour(engine_name: object, rng: random.Random) -> dict[str, Any]:
    flavours = GPU_FLAVOURS
    if engine_name == "Ascend-Powered-Engine":
        flavours = ASCEND_FLAVOURS
    elif engine_name in CPU_ENGINES:
        flavours = CPU_FLAVOURS
    keys = ("spec_id", "spec_code", "cpu", "core", "gpu_num", "gpu_type")
    return dict(zip(keys, rng.choice(flavours), strict=True))


def _data(home: str, bucket: str, rng: random.Random) -> dict[str, Any]:
    """Return one OBS path, one dataset (with or without a version), or a list of sources."""
    kind = rng.choice(("path", "path", "dataset", "unversioned", "sources", "none"))
    path = f"{home}/data/" if rng.random() < 0.7 else f"/{bucket}/shared-data/"
    if kind == "path":
        return {"data_url": path, "data_source": [{"type": "obs", "data_url": path}]}
    if kind == "none":
        return {"data_source": []}
    dataset = _dataset(rng, versioned=kind != "unversioned")
    if kind != "sources":
        flat = {f"dataset_{key}": value for key, value in dataset.items()}
        return {**flat, "data_source": [_source(dataset)]}
    unversioned = _dataset(rng, versioned=rng.random() < 0.5)
    return {"data_source": [{"type": "obs", "data_url": path}, _source(dataset), _source(unversioned)]}


def _dataset(rng: random.Random, *, versioned: bool) -> dict[str, str]:
    dataset = {"id": _uuid(rng), "name": f"dataset-{rng.randrange(16**4):04x}"}
    if versioned:
        dataset |= {"version_id": _uuid(rng), "version_name": f"V{rng.randint(1, 9):03d}"}
    return dataset


def _source(dataset: Mapping[str, str]) -> dict[str, str]:
    source = {"type": "dataset", "dataset_id": dataset["id"]}
    return source | ({"dataset_version": dataset["version_id"]} if "version_id" in dataset else {})


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _outputs(home: str, rng: random.Random) -> dict[str, str]:
    """Make up an output and a log directory; sometimes no logs, or the output on top of the input."""
    train_url = f"{home}/data/" if rng.random() < 0.04 else f"{home}/output/"
    return {"train_url": train_url, "log_url": f"{home}/log/" if rng.random() < 0.8 else ""}


def _pool(rng: random.Random) -> dict[str, str]:
    if rng.random() < 0.6:
        return {}
    pool_id, pool_name = rng.choice(POOLS)
    return {"pool_id": pool_id, "pool_name": pool_name}


def _volumes(rng: random.Random) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = []
    if rng.random() < 0.25:
        nfs = {
            "id": _uuid(rng),
            "src_path": f"192.168.8.{rng.randint(2, 250)}:/",
            "dest_path": "/home/work/nas",
        }
        volumes.append({"nfs": {**nfs, **_access(rng)}})
    if rng.random() < 0.12:
        source = rng.choice(("/root/work", "/data/cache", "/var/run", "/mnt/scratch"))
        volumes.append({"host_path": {"src_path": source, "dest_path": "/home/mind", **_access(rng)}})
    return volumes


def _access(rng: random.Random) -> dict[str, bool]:
    """Say read-only, writable, or nothing, which means writable."""
    return rng.choice(({"read_only": True}, {"read_only": True}, {"read_only": False}, {}))


def _nas(rng: random.Random) -> dict[str, str]:
    if rng.random() < 0.9:
        return {}
    address = f"192.168.8.{rng.randint(2, 250)}:/"
    return {"nas_mount_path": "/home/work/nas", "nas_share_addr": address, "nas_type": "nfs"}
