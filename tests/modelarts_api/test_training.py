"""What API v2 offers is read whole, and tolerantly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_api import (
    AccessKeyCredentials,
    Client,
    Engine,
    InvalidResponseError,
    NotFoundError,
    TrainingEngine,
    TrainingFlavor,
)
from modelarts_local import LocalService
from tests.modelarts_api.scripted_service import PROJECT_ID, ScriptedService, as_json

PUBLISHED_ENGINE = {
    "engine_id": "caffe-1.0.0-python2.7",
    "engine_name": "Caffe",
    "engine_version": "caffe-1.0.0-python2.7",
    "v1_compatible": True,
    "run_user": "",
    "image_info": {
        "cpu_image_url": "modelarts-job-dev-image/caffe1-cpu-cp27:1.0.0",
        "gpu_image_url": "modelarts-job-dev-image/caffe1-gpu-cuda8-cp27:1.0.0",
        "image_version": "3.1.0",
    },
}
PUBLISHED_FLAVOR = {
    "flavor_id": "modelarts.vm.cpu.8u",
    "flavor_name": "Computing CPU(8U) instance",
    "flavor_type": "CPU",
    "billing": {"code": "modelarts.vm.cpu.8u", "unit_num": 1},
    "flavor_info": {
        "max_num": 16,
        "cpu": {"arch": "x86", "core_num": 8},
        "memory": {"size": 32, "unit": "GB"},
        "disk": {"size": 50, "unit": "GB"},
    },
}


def test_a_published_engine_is_read_whole() -> None:
    with ScriptedService(lambda _: as_json({"total": 1, "items": [PUBLISHED_ENGINE]})) as service:
        with service.client() as client:
            (engine,) = client.list_training_engines()
        assert service.requests[0].target == f"/v2/{PROJECT_ID}/training-job-engines"
    assert engine == TrainingEngine(
        engine_id="caffe-1.0.0-python2.7",
        engine_name="Caffe",
        engine_version="caffe-1.0.0-python2.7",
        v1_compatible=True,
        run_user="",
        cpu_image_url="modelarts-job-dev-image/caffe1-cpu-cp27:1.0.0",
        gpu_image_url="modelarts-job-dev-image/caffe1-gpu-cuda8-cp27:1.0.0",
        image_version="3.1.0",
    )
    assert dict(engine.raw) == PUBLISHED_ENGINE


def test_a_published_flavor_is_read_whole() -> None:
    with ScriptedService(lambda _: as_json({"total_count": 1, "flavors": [PUBLISHED_FLAVOR]})) as service:
        with service.client() as client:
            (flavor,) = client.list_training_flavors()
        assert service.requests[0].target == f"/v2/{PROJECT_ID}/training-job-flavors"
    assert (flavor.flavor_id, flavor.flavor_type, flavor.max_num) == ("modelarts.vm.cpu.8u", "CPU", 16)
    assert (flavor.cpu_arch, flavor.cpu_cores) == ("x86", 8)
    assert (flavor.memory_size, flavor.memory_unit) == (32, "GB")
    assert (flavor.disk_size, flavor.disk_unit) == (50, "GB")
    assert (flavor.gpu_count, flavor.npu_count, flavor.problems) == (None, None, ())
    assert dict(flavor.raw) == PUBLISHED_FLAVOR


def test_cards_are_read_of_either_kind_and_a_number_as_text_counts() -> None:
    info = {
        "gpu": {"unit_num": 8, "product_name": "nvidia-v100", "memory": "32GB"},
        "npu": {"unit_num": "4", "product_name": "ascend-910", "memory": "32GB"},
    }
    flavor = TrainingFlavor.from_wire({"flavor_id": "x", "max_num": 2, "flavor_info": {**info, "max_num": 9}})
    assert (flavor.gpu_count, flavor.gpu_name, flavor.gpu_memory) == (8, "nvidia-v100", "32GB")
    assert (flavor.npu_count, flavor.npu_name, flavor.npu_memory) == (4, "ascend-910", "32GB")
    assert flavor.max_num == 2


def test_the_local_services_are_read_without_a_problem() -> None:
    with LocalService(1, auth="access-key") as service:
        key: Any = service.authorisation
        credentials = AccessKeyCredentials(key.access_key, key.secret_key, project_id=service.project_id)
        with Client(service.url, credentials=credentials) as client:
            engines, flavors = client.list_training_engines(), client.list_training_flavors()
        assert key.failed_signatures == 0
    assert len(engines) == 15
    assert {engine.engine_version for engine in engines if engine.v1_compatible} >= {"TF-1.8.0-python3.6"}
    assert {flavor.npu_count for flavor in flavors if flavor.flavor_type == "Ascend"} == {1, 8}
    assert not [each for each in (*engines, *flavors) if each.problems]


def test_a_cloud_without_them_is_a_not_found() -> None:
    with LocalService(1, offers_v2=False) as service, Client(service.url, service.project_id) as client:
        for call in (client.list_training_engines, client.list_training_flavors):
            with pytest.raises(NotFoundError, match=r"APIG\.0101"):
                call()


@pytest.mark.parametrize("answer", [{}, {"items": None, "flavors": {}}, {"items": "x", "flavors": 7}])
def test_another_shape_is_refused(answer: dict[str, Any]) -> None:
    with ScriptedService(lambda _: as_json(answer)) as service, service.client() as client:
        with pytest.raises(InvalidResponseError, match="items is not an array"):
            client.list_training_engines()
        with pytest.raises(InvalidResponseError, match="flavors is not an array"):
            client.list_training_flavors()


def test_what_cannot_be_read_is_named_by_its_place() -> None:
    wire = {
        "flavor_id": 7,
        "flavor_info": {
            "max_num": "many",
            "cpu": [],
            "gpu": {"unit_num": [], "product_name": 1},
            "memory": {"size": "x"},
        },
    }
    assert TrainingFlavor.from_wire(wire).problems == (
        "flavor_id: expected text, got 7",
        "flavor_info.cpu: expected an object, got an array of 0",
        "flavor_info.gpu.unit_num: expected a whole number, got an array of 0",
        "flavor_info.gpu.product_name: expected text, got 1",
        "flavor_info.memory.size: expected a whole number, got 'x'",
        "flavor_info.max_num: expected a whole number, got 'many'",
    )
    assert TrainingEngine.from_wire({"image_info": {"cpu_image_url": 1}, "v1_compatible": 2}).problems == (
        "v1_compatible: expected true or false, got 2",
        "image_info.cpu_image_url: expected text, got 1",
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(("engine_id", "image_info", "v1_compatible", "flavor_id", "flavor_info", "max_num"))


@given(JSON | st.dictionaries(KEYS, JSON | st.dictionaries(st.sampled_from(("cpu", "gpu", "disk")), JSON)))
def test_any_json_value_is_an_offer(wire: Any) -> None:
    for kind in (Engine, TrainingEngine, TrainingFlavor):
        offer = kind.from_wire(wire)
        assert dict(offer.raw) == (wire if isinstance(wire, dict) else {})
        assert isinstance(offer.problems, tuple)
