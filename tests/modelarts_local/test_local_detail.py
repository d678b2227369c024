"""The detail and the engines call over HTTP."""

from urllib.parse import quote

import pytest
import requests

from modelarts_local import LocalService
from modelarts_local.samples.catalogue import DETAIL_FIELDS
from modelarts_local.samples.fake_secrets import fake_secrets


def details(service, fetch, name, **query):
    return fetch(service, f"training-job-configs/{quote(name, safe='')}", **query)


@pytest.fixture(scope="module")
def rows(project):
    url = f"{project.url}/v1/{project.project_id}/training-job-configs"
    return requests.get(url, params={"per_page": 1000}, timeout=10).json()["configs"]


@pytest.fixture(scope="module")
def all_details(project, rows):
    url = f"{project.url}/v1/{project.project_id}/training-job-configs"
    with requests.Session() as session:
        return [session.get(f"{url}/{row['config_name']}", timeout=10).json() for row in rows]


def test_details_are_the_listed_row_and_documented_fields(rows, all_details):
    for row, detail in zip(rows, all_details, strict=True):
        assert {key: detail[key] for key in row} == row
        assert set(detail) - set(row) <= DETAIL_FIELDS


def test_every_documented_field_occurs_and_what_an_audit_looks_for(all_details):
    assert set().union(*all_details) >= DETAIL_FIELDS
    elsewhere = [d for d in all_details if not d["boot_file_url"].startswith(d["app_url"])]
    assert 0 < len(elsewhere) < 40
    values = [p["value"] for d in all_details for p in d["parameter"]]
    assert {type(value) for value in values} == {int, float, str}
    assert fake_secrets()["database_password"] in values
    sources = [source for d in all_details for source in d["data_source"]]
    assert {source["type"] for source in sources} == {"obs", "dataset"}
    assert {"dataset_version" in s for s in sources if s["type"] == "dataset"} == {True, False}
    volumes = [
        (kind, v.get("read_only")) for d in all_details for entry in d["volumes"] for kind, v in entry.items()
    ]
    assert set(volumes) == {(kind, access) for kind in ("nfs", "host_path") for access in (True, False, None)}
    assert {bool(d["log_url"]) for d in all_details} == {True, False}
    assert len({d["worker_server_num"] for d in all_details}) > 2


def test_details_of_a_name_are_the_same_in_another_service(fetch, rows, all_details):
    with LocalService([rows[17]]) as service:
        assert details(service, fetch, rows[17]["config_name"]).json() == all_details[17]
    with LocalService([rows[17]], seed=1) as service:
        assert details(service, fetch, rows[17]["config_name"]).json() != all_details[17]


def test_copies_share_the_details_of_their_original(rows, all_details):
    by_name = {d["config_name"]: d for d in all_details}
    copies = [name for name in by_name if name.endswith("-copy") and name.removesuffix("-copy") in by_name]
    assert copies
    for name in copies:
        own, original = (
            {key: value for key, value in by_name[n].items() if key in DETAIL_FIELDS}
            for n in (name, name.removesuffix("-copy"))
        )
        assert own == original


def test_given_details_are_the_whole_answer_and_not_in_the_list(fetch):
    given = {"config_name": "mine", "unknown": 1, "app_url": None, "volumes": "text"}
    with LocalService([given, {"config_name": "bare"}]) as service:
        assert details(service, fetch, "mine").json() == given
        listed = fetch(service, search_content="mine").json()["configs"]
        assert listed == [{"config_name": "mine", "unknown": 1}]
        assert "app_url" in details(service, fetch, "bare").json()


@pytest.mark.parametrize("name", ["a/b", "<b>x</b> &?#", "محاولة", "-", "%2F", "a" * 300])
def test_any_name_can_be_asked_for(fetch, name):
    with LocalService([{"config_name": name}]) as service:
        answer = details(service, fetch, name)
        assert answer.status_code == 200
        assert answer.json()["config_name"] == name


def test_of_two_with_one_name_the_first_is_shown(fetch):
    with LocalService([{"config_name": "twin", "mark": 1}, {"config_name": "twin", "mark": 2}]) as service:
        assert details(service, fetch, "twin").json()["mark"] == 1


def test_an_unknown_name_is_not_found(project, fetch):
    response = details(project, fetch, "nobody-has-this")
    assert response.status_code == 404
    assert response.json()["error_code"] == "ModelArts.0015"


def test_samples_and_configurations_of_one_s_own_are_apart(project, fetch):
    assert details(project, fetch, "sample-mnist-caffe").status_code == 404
    sample = details(project, fetch, "sample-mnist-caffe", config_type="sample").json()
    assert sample["engine_name"] == "Caffe"
    assert "create_time" not in sample
    assert details(project, fetch, "sample-mnist-caffe", config_type="x").status_code == 400


def test_engines_are_the_documented_ones(project, fetch):
    answer = fetch(project, "job/ai-engines", job_type="train").json()
    engines = answer["engines"]
    assert all(set(e) == {"engine_type", "engine_id", "engine_name", "engine_version"} for e in engines)
    assert (
        len({e["engine_id"] for e in engines})
        == len({e["engine_version"] for e in engines})
        == len(engines)
        == 32
    )
    assert {
        "engine_type": 1,
        "engine_id": 4,
        "engine_name": "TensorFlow",
        "engine_version": "TF-1.8.0-python3.6",
    } in engines
    assert {e["engine_name"]: e["engine_type"] for e in engines} == {
        "TensorFlow": 1,
        "MXNet": 2,
        "Caffe": 4,
        "Spark_MLlib": 5,
        "Scikit_Learn": 6,
        "XGBoost-Sklearn": 9,
        "PyTorch": 10,
        "Ascend-Powered-Engine": 13,
        "MindSpore-GPU": 17,
        "Ray": 901,
        "Horovod": 902,
    }
    assert fetch(project, "job/ai-engines").json() == answer
    assert fetch(project, "job/ai-engines", job_type="other").status_code == 400
