"""The local service is the documented API to somebody else's client as well."""

import json
import subprocess
import sys
from pathlib import Path

from modelarts_local import LocalService

SCRIPT = Path(__file__).with_name("public_client.py")


def test_a_public_client_library_can_talk_to_it_unchanged(fetch):
    with LocalService(320) as service:
        command = [sys.executable, str(SCRIPT), service.url, service.project_id]
        told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert told.returncode == 0, told.stderr
        rows = fetch(service, per_page=1000, sortBy="create_time", order="asc").json()["configs"]
        detail = fetch(service, f"training-job-configs/{rows[0]['config_name']}").json()
    got = json.loads(told.stdout)
    assert got["names"] == [row["config_name"] for row in rows]
    assert len(got["names"]) == 320
    assert got["opened"] == {
        "name": detail["config_name"],
        "engine": detail["engine_name"],
        "code": detail["app_url"],
    }
    assert {"PyTorch", "TensorFlow"} <= set(got["engines"])
