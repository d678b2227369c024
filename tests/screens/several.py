"""Projects that can be told apart by their names, and the tables of secrets that connect to them."""

from __future__ import annotations

from typing import Any

from modelarts_local import LocalService

TOKEN = "token-that-nobody-may-see"
HALF = {"region": "cn-north-4", "project_id": "p", "access_key": "half-of-a-key"}
"""The table of a connection that lacks its secret key."""
FIRST_CREATED = 1_600_000_000_000
DAY = 86_400_000


def rows_of(word: str, count: int) -> list[dict[str, Any]]:
    """Configurations of which every text names the project: `count`, on engines of its own."""
    return [
        {
            "config_name": f"{word}-{number:03}",
            "config_desc": f"a recipe of {word}",
            "create_time": FIRST_CREATED + number * DAY,
            "engine_name": f"Engine {word} {number % 3}",
            "engine_version": f"{word}-1.{number % 2}",
            "user_image_url": f"swr.example.com/{word}/trainer:1",
            "user_command": f"bash run_train.sh {word}",
        }
        for number in range(count)
    ]


def table(service: LocalService, **changes: Any) -> dict[str, Any]:
    """The table of secrets of a connection to a service."""
    return {"endpoint": service.url, "project_id": service.project_id, "token": TOKEN, **changes}
