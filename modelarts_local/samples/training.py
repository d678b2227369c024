"""What the new training management (API v2) offers: engines and flavors, as its public references show them.

Ids, names, versions and the images of those that the published answers have are theirs; where they give no
image, it is this service's, and begins with `local/`, so that it cannot be mistaken for a real one.
"""

from typing import Any

_UBUNTU = "ubuntu_18.04-x86_64"
# engine_id, engine_name, engine_version, CPU image, GPU image: kept from API v1, for its configurations.
_COMPATIBLE = (
    ("caffe-1.0.0-python2.7", "Caffe", "Caffe-1.0.0-python2.7",
     "modelarts-job-dev-image/caffe1-cpu-cp27:1.0.0", "modelarts-job-dev-image/caffe1-gpu-cuda8-cp27:1.0.0"),
    ("horovod-cp36-tf-1.16.2", "Horovod", "0.16.2-TF-1.13.1-python3.6",
     "modelarts-job-dev-image/tensorflow-gpu-cuda10-cp36-horovod0162:1.13.1",
     "modelarts-job-dev-image/tensorflow-gpu-cuda10-cp36-horovod0162:1.13.1"),
    ("pytorch-cp36-1.3.0", "PyTorch", "PyTorch-1.3.0-python3.6",
     "local/pytorch-cpu-cp36:1.3.0", "local/pytorch-gpu-cp36:1.3.0"),
    ("tensorflow-cp36-1.8.0", "TensorFlow", "TF-1.8.0-python3.6",
     "modelarts-job-dev-image/tensorflow-cpu-cp36:1.8.0",
     "modelarts-job-dev-image/tensorflow-gpu-cuda9-cp36:1.8.0"),
    ("xgboost-sklearn-python3.6", "XGBoost-Sklearn", "XGBoost-0.80-Sklearn-0.18.1-python3.6",
     "modelarts-job-dev-image/python-train-py36:secure", ""),
)  # fmt: skip
# engine_name, engine_version, which is the id too.
_CURRENT = (
    ("Ascend-Powered-Engine", "mindspore_1.7.0-cann_5.1.0-py_3.7-euler_2.8.3-aarch64"),
    ("Ascend-Powered-Engine", "mindspore_2.2.12-cann_7.0.1.1-py_3.9-euler_2.10.7-aarch64-snt3p"),
    ("Ascend-Powered-Engine", "pytorch_2.1.0-cann_7.0.1.1-py_3.9-euler_2.10.7-aarch64-snt3p"),
    ("Ascend-Powered-Engine", "tensorflow_1.15-cann_5.1.0-py_3.7-euler_2.8.3-aarch64"),
    ("Horovod", f"horovod_0.20.0-tensorflow_2.1.0-cuda_10.1-py_3.7-{_UBUNTU}"),
    ("Horovod", f"horovod_0.22.1-pytorch_1.8.0-cuda_10.2-py_3.7-{_UBUNTU}"),
    ("MPI", f"mindspore_1.3.0-cuda_10.1-py_3.7-{_UBUNTU}"),
    ("PyTorch", f"pytorch_1.8.0-cuda_10.2-py_3.7-{_UBUNTU}"),
    ("PyTorch", "pytorch_2.1.0-cuda_12.1-py_3.10.6-ubuntu_22.04-x86_64"),
    ("TensorFlow", f"tensorflow_2.1.0-cuda_10.1-py_3.7-{_UBUNTU}"),
)
_IMAGES = {_CURRENT[4][1]: "aip/horovod_tensorflow:train", _CURRENT[9][1]: "aip/tensorflow_2_1:train"}
# flavor_id, flavor_name, max_num, flavor_type, CPU architecture, cores, memory in GB, cards and their name.
_FLAVORS = (
    ("modelarts.vm.cpu.2u", "Computing CPU(2U) instance", 1, "CPU", "x86", 2, 8, 0, ""),
    ("modelarts.vm.cpu.8u", "Computing CPU(8U) instance", 16, "CPU", "x86", 8, 32, 0, ""),
    ("modelarts.p3.large.public", "Computing GPU(P100) instance", 8, "GPU", "x86", 8, 64, 1, "nvidia-p100"),
    ("modelarts.bm.gpu.v100", "Computing GPU(V100) instance", 16, "GPU", "x86", 8, 64, 1, "nvidia-v100"),
    ("modelarts.bm.gpu.8v100", "Computing GPU(8*V100) instance", 16, "GPU", "x86", 72, 768, 8, "nvidia-v100"),
    ("modelarts.kat1.xlarge", "Ascend: 1*Ascend 910", 16, "Ascend", "arm", 24, 96, 1, "ascend-910"),
    ("modelarts.kat1.8xlarge", "Ascend: 8*Ascend 910", 32, "Ascend", "arm", 192, 720, 8, "ascend-910"),
)


def training_engines() -> list[dict[str, Any]]:
    """Return the engines under the wire's names, by id."""
    kept = [
        _engine(engine_id, name, version, (cpu, gpu, "3.1.0"), "", compatible=True)
        for engine_id, name, version, cpu, gpu in _COMPATIBLE
    ]
    current = []
    for name, version in _CURRENT:
        image = _IMAGES.get(version, f"local/{version.partition('-')[0]}:train")
        current.append(_engine(version, name, version, (image, image, f"{version}-local"), "1102"))
    return sorted([*kept, *current], key=lambda engine: str(engine["engine_id"]))


def training_flavors(flavor_type: str = "") -> list[dict[str, Any]]:
    """Return the flavors of a type (CPU, GPU, Ascend), or of all, under the wire's names."""
    return [_flavor(row) for row in _FLAVORS if flavor_type in ("", row[3])]


def _engine(
    engine_id: str, name: str, version: str, images: tuple[str, ...], user: str, *, compatible: bool = False
) -> dict[str, Any]:
    keys = ("cpu_image_url", "gpu_image_url", "image_version")
    return {
        "engine_id": engine_id,
        "engine_name": name,
        "engine_version": version,
        "v1_compatible": compatible,
        "run_user": user,
        "image_info": dict(zip(keys, images, strict=True)),
    }


def _flavor(row: tuple[str, str, int, str, str, int, int, int, str]) -> dict[str, Any]:
    flavor_id, name, nodes, kind, arch, cores, memory, cards, card = row
    info: dict[str, Any] = {
        "max_num": nodes,
        "cpu": {"arch": arch, "core_num": cores},
        "memory": {"size": memory, "unit": "GB"},
        "disk": {"size": 50, "unit": "GB"},
    }
    if kind == "GPU":
        info["gpu"] = {"unit_num": cards, "product_name": card, "memory": "32 GB"}
    elif kind == "Ascend":  # the references call this number a text
        info["npu"] = {"unit_num": str(cards), "product_name": card, "memory": "32 GB"}
    return {
        "flavor_id": flavor_id,
        "flavor_name": name,
        "flavor_type": kind,
        "billing": {"code": flavor_id, "unit_num": 1},
        "flavor_info": info,
    }
