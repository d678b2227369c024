"""Records and states for the tests of the history."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

LIST: dict[str, Any] = {
    "config_name": "resnet",
    "config_desc": "first run",
    "create_time": 1_600_000_000_000,
    "engine_name": "PyTorch",
    "engine_version": "PyTorch-1.4.0-python3.6",
    "user_image_url": "swr.cn-north-4.myhuaweicloud.com/team/train:1.0",
    "user_command": "python train.py --lr 0.1 --epochs 20",
}
DETAIL: dict[str, Any] = {
    **LIST,
    "worker_server_num": 1,
    "parameter": [{"label": "lr", "value": "0.1"}, {"label": "seed", "value": 7}],
    "data_source": [{"data_url": "/bucket/a/"}],
    "volumes": [{"nfs": {"src_path": "10.0.0.1:/x", "dest_path": "/cache", "read_only": True}}],
    "log_url": "/bucket/log/",
}


def row(name: str = "resnet", **fields: Any) -> dict[str, Any]:
    """A record as the list has it."""
    return LIST | {"config_name": name} | fields


def detailed(name: str = "resnet", **fields: Any) -> dict[str, Any]:
    """A record with its details."""
    return DETAIL | {"config_name": name} | fields


HOSTILE = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)
"""Any text, broken surrogates and control characters included."""
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=True) | HOSTILE
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
    max_leaves=6,
)
COMMANDS = st.sampled_from(
    (
        "python train.py --lr 0.1",
        "python train.py --epochs 3 --lr 0.1",
        "python train.py --lr 0.2 -v",
        "bash run.sh && python x.py a b",
        "LR=1 torchrun --nproc_per_node 8 t.py --x=1",
        "echo 'unfinished",
        "",
    )
)
RECORDS = st.fixed_dictionaries(
    {"config_name": st.sampled_from("abc")},
    optional={
        "create_time": st.integers(1, 2),
        "engine_name": st.sampled_from(("PyTorch", "TensorFlow")) | SCALARS,
        "user_command": COMMANDS | VALUES,
        "parameter": st.lists(
            st.fixed_dictionaries({"label": st.sampled_from("xy")}, optional={"value": SCALARS}), max_size=3
        )
        | VALUES,
        "volumes": VALUES,
        "unheard_of": VALUES,
    },
)
STATES = st.lists(RECORDS, max_size=6)
