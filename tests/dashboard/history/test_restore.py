"""The request that would restore an earlier state; it works on a shell, and is never sent from here."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.history.restore import CannotRestoreError, Place, restoring
from tests.dashboard.history.builders import HOSTILE, detailed, row

WHERE = Place("https://modelarts.example.com", "abc123")
KEY_MASK = "••• (secret key, 40 characters)"
FULL = {
    "worker_server_num": 1,
    "app_url": "/b/app/",
    "boot_file_url": "/b/app/t.py",
    "model_id": 1,
    "spec_id": 2,
    "engine_id": 3,
}


def test_what_has_gone_is_posted_and_what_is_there_is_put() -> None:
    gone = restoring(detailed(**FULL), None, WHERE)
    assert (gone.method, gone.url) == (
        "POST",
        "https://modelarts.example.com/v1/abc123/training-job-configs",
    )
    assert (gone.body["config_name"], gone.body["worker_server_num"]) == ("resnet", 1)
    assert not {"create_time", "engine_name"} & gone.body.keys()
    there = restoring(detailed("a b/c", **FULL), detailed("a b/c", train_url="/new/", **FULL), WHERE)
    assert (there.method, there.url.rpartition("/")[2]) == ("PUT", "a%20b%2Fc")
    assert "config_name" not in there.body
    assert there.body["train_url"] == ""


def test_what_cannot_be_restored_is_said() -> None:
    assert restoring(row(), None, WHERE).without_details
    found = restoring(detailed(), None, WHERE)
    assert found.missing == ("app_url", "boot_file_url", "model_id", "spec_id", "engine_id")
    assert found.lost == ("volumes",)
    whole = {key: value for key, value in detailed(**FULL).items() if key != "volumes"}
    assert restoring(whole, None, WHERE).is_complete


def test_a_masked_secret_becomes_a_variable_named_after_what_it_belongs_to() -> None:
    record = detailed(
        user_command=f"python t.py --secret-key {KEY_MASK} --lr 1",
        parameter=[{"label": "api_token", "value": "••• (token, 20 characters)"}],
    )
    found = restoring(record, None, WHERE)
    assert found.variables == ("MODELARTS_TOKEN", "API_TOKEN", "SECRET_KEY")
    assert found.body["parameter"] == [{"label": "api_token", "value": "${API_TOKEN}"}]
    assert "•" not in found.curl


@pytest.mark.parametrize("name", ["", "  ", ".", "..", "a\ud800"])
def test_a_name_that_cannot_be_sent_is_refused_in_words(name: str) -> None:
    with pytest.raises(CannotRestoreError, match="name"):
        restoring(row(name), None, WHERE)


def sent(curl: str, folder: Path, **variables: str) -> list[str]:
    """The arguments that a shell hands to curl."""
    fake = folder / "curl"
    fake.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    fake.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", **variables}
    done = subprocess.run(["sh", "-c", curl], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split("\0")[:-1]


def test_a_shell_sends_the_secrets_that_its_variables_hold(tmp_path: Path) -> None:
    found = restoring(detailed(user_command=f"x --password={KEY_MASK} $HOME `id`"), None, WHERE)
    arguments = sent(found.curl, tmp_path, MODELARTS_TOKEN="t0ken", PASSWORD="pa$$")
    assert "X-Auth-Token: t0ken" in arguments
    assert json.loads(arguments[-1])["user_command"] == "x --password=pa$$ $HOME `id`"


@settings(max_examples=12)
@given(st.lists(HOSTILE | st.text("'\"$`\\!@\n;&", max_size=8), min_size=3, max_size=3))
def test_no_text_of_a_configuration_does_anything_on_a_shell(texts: list[str]) -> None:
    import tempfile

    record: dict[str, Any] = detailed(
        "n" + texts[0].encode("utf-8", "replace").decode(), config_desc=texts[1]
    )
    record["parameter"] = [{"label": "x", "value": texts[2]}]
    found = restoring(record, None, WHERE)
    with tempfile.TemporaryDirectory() as folder:
        arguments = sent(found.curl, Path(folder), MODELARTS_TOKEN="t")
    assert json.loads(arguments[-1]) == json.loads(json.dumps(found.body))
    assert found.curl.isascii()
