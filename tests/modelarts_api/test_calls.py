"""What each call sends, and what it makes of a documented answer."""

from __future__ import annotations

import ast
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

import pytest
from requests import PreparedRequest

import modelarts_api
from modelarts_api import Client, Configuration, ConfigurationQuery, Engine, TokenCredentials
from modelarts_api.credentials import Credentials
from modelarts_api.detail import DataSource, RunParameter, Volume
from modelarts_local import LocalService
from tests.modelarts_api.scripted_service import PROJECT_ID, ScriptedService, as_json, listing

PUBLISHED_ROW = {
    "config_name": "config123",
    "config_desc": "",
    "create_time": 1524189990635,
    "engine_type": 1,
    "engine_name": "TensorFlow",
    "engine_id": 3,
    "engine_version": "TF-1.4.0-python2.7",
    "user_image_url": "100.125.5.235:20202/jobmng/custom-cpu-base:1.0",
    "user_command": "bash -x /home/work/run_train.sh python app/mnist.py",
}


def test_a_list_is_one_request_with_every_parameter_spelled_out() -> None:
    with ScriptedService(lambda _: listing([PUBLISHED_ROW], total=40)) as service, service.client() as client:
        page = client.list_configurations()
    (request,) = service.requests
    assert request.path == f"/v1/{PROJECT_ID}/training-job-configs"
    assert request.query == {
        "per_page": "10", "page": "1", "sortBy": "config_name", "order": "desc", "config_type": "custom",
    }  # fmt: skip
    assert page.total == 40
    assert page.configurations == (Configuration.from_wire(PUBLISHED_ROW),)


def test_a_published_row_is_read_whole() -> None:
    row = Configuration.from_wire(PUBLISHED_ROW)
    assert row.name == "config123"
    assert row.created_at == datetime(2018, 4, 20, 2, 6, 30, 635_000, UTC)
    assert (row.engine_type, row.engine_id) == (1, 3)
    assert row.image_url == "100.125.5.235:20202/jobmng/custom-cpu-base:1.0"
    assert row.command == "bash -x /home/work/run_train.sh python app/mnist.py"
    assert row.problems == ()
    assert dict(row.raw) == PUBLISHED_ROW


def test_a_search_is_sent_percent_encoded_without_a_plus() -> None:
    query = ConfigurationQuery(search_content="résnet 50+a/b~c*&x=y", order="asc", page=3, per_page=1000)
    with ScriptedService(lambda _: listing([])) as service, service.client() as client:
        client.list_configurations(query)
    assert service.requests[0].target.partition("?")[2] == (
        "per_page=1000&page=3&sortBy=config_name&order=asc&config_type=custom"
        "&search_content=r%C3%A9snet%2050%2Ba%2Fb~c%2A%26x%3Dy"
    )


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_a_blank_search_is_not_sent(blank: str) -> None:
    with ScriptedService(lambda _: listing([])) as service, service.client() as client:
        client.list_configurations(ConfigurationQuery(search_content=blank))
    assert "search_content" not in service.requests[0].query


def test_no_configurations_at_all_may_come_as_null() -> None:
    answer = as_json({"is_success": True, "config_total_count": 0, "configs": None})
    with ScriptedService(lambda _: answer) as service, service.client() as client:
        assert client.list_configurations().configurations == ()


def test_a_detail_holds_every_documented_field() -> None:
    wire = PUBLISHED_ROW | {
        "is_success": True, "worker_server_num": 2, "app_url": "/usr/app/",
        "boot_file_url": "/usr/app/boot.py",
        "model_id": 4, "spec_id": 4, "spec_code": "modelarts.vm.gpu.v100", "cpu": "64", "core": "8",
        "gpu_num": 1, "gpu_type": "nvidia-v100", "data_url": "/test/", "dataset_id": "d1",
        "dataset_version_id": "v1", "dataset_name": "faces", "dataset_version_name": "V001",
        "train_url": "/out/", "log_url": "/log/", "pool_id": "p1", "pool_name": "p100",
        "nas_mount_path": "/home/work/nas", "nas_share_addr": "192.168.8.150:/", "nas_type": "nfs",
        "parameter": [{"label": "learning_rate", "value": 0.01}, {"label": "epochs", "value": "30"}],
        "data_source": [{"type": "obs", "data_url": "/test/minst/"}, {"type": "dataset", "dataset_id": "d2"}],
        "volumes": [
            {"nfs": {"id": "n1", "src_path": "192.168.8.150:/", "dest_path": "/nas", "read_only": True}},
            {"host_path": {"src_path": "/root/work", "dest_path": "/home/mind"}},
        ],
    }  # fmt: skip
    with ScriptedService(lambda _: as_json(wire)) as service, service.client() as client:
        detail = client.get_configuration("config123", config_type="sample")
    assert service.requests[0].target == f"/v1/{PROJECT_ID}/training-job-configs/config123?config_type=sample"
    assert isinstance(detail, Configuration)
    assert (detail.worker_count, detail.code_url, detail.output_url) == (2, "/usr/app/", "/out/")
    assert (detail.cpu, detail.core, detail.gpu_num, detail.spec_id) == ("64", "8", 1, 4)
    assert detail.parameters == (RunParameter("learning_rate", 0.01), RunParameter("epochs", "30"))
    assert detail.data_sources[1] == DataSource("dataset", None, "d2", None)
    assert detail.volumes == (
        Volume("nfs", "n1", "192.168.8.150:/", "/nas", read_only=True),
        Volume("host_path", None, "/root/work", "/home/mind", read_only=False),
    )
    assert detail.problems == ()
    shown = {str(getattr(detail, name)) for name in detail.__dataclass_fields__}
    assert {value for value in wire.values() if isinstance(value, str)} <= shown


@pytest.mark.parametrize(
    ("name", "segment"), [("a b", "a%20b"), ("../x?y#z", "..%2Fx%3Fy%23z"), ("模型", "%E6%A8%A1%E5%9E%8B")]
)
def test_a_name_is_one_segment_of_the_path_whatever_it_holds(name: str, segment: str) -> None:
    with ScriptedService(lambda _: as_json({"config_name": name})) as service, service.client() as client:
        assert client.get_configuration(name).name == name
    assert service.requests[0].path == f"/v1/{PROJECT_ID}/training-job-configs/{segment}"


@pytest.mark.parametrize("name", ["", " ", ".", ".."])
def test_a_name_that_would_lead_elsewhere_is_refused(name: str) -> None:
    with ScriptedService(lambda _: listing([])) as service:
        with service.client() as client, pytest.raises(ValueError, match="name must be a name"):
            client.get_configuration(name)
        assert service.requests == []


def test_engines_are_listed() -> None:
    wire = {
        "engines": [{"engine_type": 13, "engine_id": 130, "engine_name": "Ascend", "engine_version": "1.0"}]
    }
    with ScriptedService(lambda _: as_json(wire)) as service, service.client() as client:
        assert client.list_engines() == [Engine(13, "Ascend", 130, "1.0")]
    assert service.requests[0].target == f"/v1/{PROJECT_ID}/job/ai-engines?job_type=train"


def test_the_token_is_the_only_authorisation_even_if_a_netrc_has_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with ScriptedService(lambda _: listing([])) as service:
        for credentials in (TokenCredentials(" MIIEvQ \n"), None):
            with service.client(credentials) as client:
                client.list_configurations()
    with_token, without = (request.headers for request in service.requests)
    assert with_token["x-auth-token"] == "MIIEvQ"
    assert "x-auth-token" not in without
    assert "authorization" not in with_token
    assert "authorization" not in without


def test_cookies_are_not_kept() -> None:
    with ScriptedService(lambda _: listing([], Set_Cookie="a=b")) as service, service.client() as client:
        client.list_configurations()
        client.list_configurations()
    assert all("cookie" not in request.headers for request in service.requests)


def test_an_endpoint_may_have_a_path_and_a_slash_at_its_end() -> None:
    with ScriptedService(lambda _: listing([])) as service:
        client = Client(f"{service.url}/gateway/", PROJECT_ID)
        client.list_configurations()
        client.close()
    assert service.requests[0].path == f"/gateway/v1/{PROJECT_ID}/training-job-configs"


@pytest.mark.parametrize(
    "endpoint",
    ["", "modelarts.example.com", "ftp://host", "https://", "https://u:hunter2@host", "https://h/?a=hunter2",
     "https://h/#hunter2", "https://host:port", "https://[::1"],
)  # fmt: skip
def test_an_endpoint_that_is_none_is_refused_without_repeating_it(endpoint: str) -> None:
    with pytest.raises(ValueError, match="endpoint must be a URL") as caught:
        Client(endpoint, PROJECT_ID)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"project_id": " "}, "project_id"),
        ({"timeout": (5, 0)}, "timeout"),
        ({"retries": -1}, "retries"),
        ({"max_connections": 0}, "max_connections"),
        ({"time_limit": 0}, "time_limit"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Client(**{"endpoint": "https://host", "project_id": "p"} | settings)


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("per_page", 0, "from 1 to 1000"),
        ("per_page", 1001, "from 1 to 1000"),
        ("per_page", True, "from 1 to 1000"),
        ("per_page", "10", "from 1 to 1000"),
        ("page", 0, "at least 1"),
        ("sort_by", "name", "config_name, config_desc, create_time"),
        ("order", "DESC", "asc, desc"),
        ("config_type", "all", "custom, sample"),
        ("search_content", None, "text"),
        ("search_content", "\ud800", "UTF-8"),
    ],
)
def test_a_query_says_what_it_does_not_allow(field: str, value: object, allowed: str) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        ConfigurationQuery(**{field: value})
    assert allowed in str(caught.value)
    assert ascii(value) in str(caught.value) or repr(value) in str(caught.value)


def test_samples_cannot_be_sorted_by_their_creation_time() -> None:
    assert ConfigurationQuery(config_type="custom", sort_by="create_time").page == 1
    with pytest.raises(ValueError, match="sort_by must be one of config_name, config_desc for samples"):
        ConfigurationQuery(config_type="sample", sort_by="create_time")


def test_the_package_says_what_is_public_and_needs_requests_alone() -> None:
    script = (
        "import sys, modelarts_api; "
        "others = {'streamlit', 'pandas', 'plotly', 'starlette', 'modelarts_local'}; "
        "print(others & sys.modules.keys() or 'none')"
    )
    root = Path(modelarts_api.__file__).parent.parent
    output = run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True).stdout
    assert output.strip() == "none"
    assert all(hasattr(modelarts_api, name) for name in modelarts_api.__all__)


class _Watching(Credentials):
    """Notes which functions of the wrapper stand between a call and the session, as a request is prepared."""

    def __init__(self) -> None:
        self.depths: dict[str, list[str]] = {}

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        package = str(Path(modelarts_api.__file__).parent)
        ours = [frame.name for frame in traceback.extract_stack() if frame.filename.startswith(package)]
        self.depths[ours[0]] = ours
        return r


def test_from_a_method_of_the_client_to_the_session_are_five_calls_at_most() -> None:
    credentials = _Watching()
    with LocalService(1) as service, Client(service.url, service.project_id, credentials) as client:
        name = str(client.list_configurations().configurations[0].name)
        client.get_configuration(name)
        client.list_engines()
        client.list_training_engines()
        client.list_training_flavors()
    assert set(credentials.depths) == {
        "list_configurations", "get_configuration", "list_engines", "list_training_engines",
        "list_training_flavors",
    }  # fmt: skip
    assert {name: ours for name, ours in credentials.depths.items() if len(ours) > 5} == {}


def _functions() -> list[tuple[str, int]]:
    """Every function of the wrapper, and how many lines it has beside its docstring."""
    found = []
    for file in sorted(Path(modelarts_api.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                first = node.body[0]
                documented = ast.get_docstring(node) is not None
                text = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
                found.append((f"{file.name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1 - text))
    return found


def test_no_function_of_the_wrapper_is_longer_than_25_lines() -> None:
    assert [each for each in _functions() if each[1] > 25] == []
