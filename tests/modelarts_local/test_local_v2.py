"""The calls of API v2: what they answer, and a cloud that does not have them."""

import pytest
import requests

from modelarts_local import LocalService


def get(service, path, project_id=None, **query):
    url = f"{service.url}/v2/{project_id or service.project_id}/{path}"
    return requests.get(url, params=query, timeout=10)


@pytest.fixture(scope="module")
def service():
    with LocalService(1) as service:
        yield service


def test_engines_are_of_the_published_form(service):
    answer = get(service, "training-job-engines").json()
    assert answer["total"] == len(answer["items"]) == 15
    for engine in answer["items"]:
        assert set(engine) == {
            "engine_id", "engine_name", "engine_version", "v1_compatible", "run_user", "image_info"
        }  # fmt: skip
        assert set(engine["image_info"]) == {"cpu_image_url", "gpu_image_url", "image_version"}
    ids = [engine["engine_id"] for engine in answer["items"]]
    assert ids == sorted(set(ids))
    kept = [engine["engine_version"] for engine in answer["items"] if engine["v1_compatible"]]
    assert "TF-1.8.0-python3.6" in kept
    assert len(kept) == 5


def test_flavors_are_of_the_published_form_and_can_be_filtered(service):
    answer = get(service, "training-job-flavors").json()
    assert answer["total_count"] == len(answer["flavors"]) == 7
    assert {flavor["flavor_type"] for flavor in answer["flavors"]} == {"CPU", "GPU", "Ascend"}
    for flavor in answer["flavors"]:
        info = flavor["flavor_info"]
        assert info["max_num"] >= 1
        assert set(info["cpu"]) == {"arch", "core_num"}
        assert ("gpu" in info) is (flavor["flavor_type"] == "GPU")
        assert ("npu" in info) is (flavor["flavor_type"] == "Ascend")
    only = get(service, "training-job-flavors", flavor_type="Ascend").json()
    assert [flavor["flavor_type"] for flavor in only["flavors"]] == ["Ascend"] * only["total_count"]


@pytest.mark.parametrize("path", ["training-job-engines", "training-job-flavors"])
def test_they_are_of_this_project_and_need_what_the_others_need(path, service):
    assert get(service, path, "0" * 32).json()["error_code"] == "ModelArts.0210"
    with LocalService(1, token="t") as guarded:
        assert get(guarded, path).status_code == 401


@pytest.mark.parametrize("path", ["training-job-engines", "training-job-flavors"])
def test_an_old_cloud_does_not_know_them(path):
    with LocalService(1, offers_v2=False) as service:
        answer = get(service, path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "APIG.0101")


def test_no_other_path_of_v2_is_there(service):
    assert get(service, "algorithms").json()["error_code"] == "APIG.0101"
