"""The fields of a training job configuration of API v1, as its reference documents them."""

from __future__ import annotations

from typing import Final

LISTED: Final = frozenset(
    {
        *("config_name", "config_desc", "create_time", "engine_type", "engine_name", "engine_id"),
        *("engine_version", "user_image_url", "user_command"),
    }
)
"""What the list call tells."""
DETAILED: Final = frozenset(
    {
        *("worker_server_num", "app_url", "boot_file_url", "model_id", "parameter", "spec_id", "spec_code"),
        *("cpu", "core", "gpu_num", "gpu_type", "data_url", "dataset_id", "dataset_version_id"),
        *("dataset_name", "dataset_version_name", "data_source", "train_url", "log_url", "pool_id"),
        *("pool_name", "volumes", "nas_mount_path", "nas_share_addr", "nas_type"),
    }
)
"""What only the detail call tells."""
ANSWER: Final = frozenset({"is_success", "error_code", "error_message", "error_msg"})
"""Fields of the answer beside those of the configuration."""
