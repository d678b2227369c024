"""Configurations of API v1 for tests: the published examples of its reference, and small ones."""

from __future__ import annotations

from typing import Any

# The reference's sample request for a training job configuration.
CREATED: dict[str, Any] = {
    "config_name": "testConfig", "config_desc": "This is config", "worker_server_num": 1,
    "app_url": "/usr/app/", "boot_file_url": "/usr/app/boot.py",
    "parameter": [{"label": "learning_rate", "value": "0.01"}, {"label": "batch_size", "value": "32"}],
    "spec_id": 1, "dataset_id": "38277e62-9e59-48f4-8d89-c8cf41622c24",
    "dataset_version_id": "2ff0d6ba-c480-45ae-be41-09a8369bfc90", "engine_id": 1,
    "train_url": "/usr/train/", "log_url": "/usr/log/", "model_id": 1,
}  # fmt: skip

# The reference's sample answer of the detail call.
DETAIL: dict[str, Any] = {
    "spec_code": "xxx", "user_image_url": "100.125.5.235:20202/jobmng/custom-cpu-base:1.0",
    "user_command": "bash -x /home/work/run_train.sh python"
    " /home/work/user-job-dir/app/mnist/mnist_softmax.py --data_url /home/work/user-job-dir/app/mnist_data",
    "dataset_version_id": "2ff0d6ba-c480-45ae-be41-09a8369bfc90", "engine_name": "xxx", "is_success": True,
    "nas_mount_path": "/home/work/nas", "worker_server_num": 1, "nas_share_addr": "192.168.8.150:/",
    "train_url": "/test/minst/train_out/out1/", "nas_type": "nfs", "spec_id": 4,
    "parameter": [{"label": "learning_rate", "value": 0.01}], "log_url": "/usr/log/",
    "config_name": "config123", "app_url": "/usr/app/", "create_time": 1559045426000,
    "dataset_id": "38277e62-9e59-48f4-8d89-c8cf41622c24",
    "volumes": [
        {"nfs": {"id": "43b37236-9afa-4855-8174-32254b9562e7", "src_path": "192.168.8.150:/",
                 "dest_path": "/home/work/nas", "read_only": False}},
        {"host_path": {"src_path": "/root/work", "dest_path": "/home/mind", "read_only": False}},
    ],
    "cpu": "64", "model_id": 4, "boot_file_url": "/usr/app/boot.py", "dataset_name": "dataset-test",
    "pool_id": "pool9928813f", "config_desc": "This is a config desc test", "gpu_num": 1,
    "data_source": [{"type": "obs", "data_url": "/test/minst/data/"}], "pool_name": "pnt1",
    "dataset_version_name": "dataset-version-test", "core": "8", "engine_type": 1, "engine_id": 3,
    "engine_version": "TF-1.8.0-python2.7", "data_url": "/test/minst/data/",
}  # fmt: skip


def preset(**changes: object) -> dict[str, Any]:
    """A configuration on a preset engine that is ready, with changes; None takes a field away."""
    wire: dict[str, Any] = {
        "config_name": "resnet50", "config_desc": "baseline", "create_time": 1524189990635,
        "engine_type": 1, "engine_id": 4, "engine_name": "TensorFlow", "engine_version": "TF-1.8.0-python3.6",
        "app_url": "/bucket/code/", "boot_file_url": "/bucket/code/train.py", "worker_server_num": 1,
        "spec_code": "modelarts.vm.gpu.v100", "gpu_num": 1, "model_id": 0,
    }  # fmt: skip
    return _changed(wire, changes)


def custom(**changes: object) -> dict[str, Any]:
    """A configuration with an image of one's own that is ready, with changes; None takes a field away."""
    wire: dict[str, Any] = {
        "config_name": "bert", "create_time": 1524189990635,
        "user_image_url": "swr.cn-north-4.myhuaweicloud.com/org/train:1.0",
        "user_command": "python /home/work/user-job-dir/code/train.py", "app_url": "/bucket/code/",
        "worker_server_num": 1, "spec_code": "modelarts.vm.gpu.v100", "gpu_num": 1, "model_id": -1,
    }  # fmt: skip
    return _changed(wire, changes)


def _changed(wire: dict[str, Any], changes: dict[str, object]) -> dict[str, Any]:
    return {key: value for key, value in {**wire, **changes}.items() if value is not None}
