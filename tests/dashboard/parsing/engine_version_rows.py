"""Engine versions, and by hand what they say. What a row leaves out is not said."""

from __future__ import annotations

from typing import Any

V1, V2 = "v1", "v2"
UBUNTU, EULER = "ubuntu 18.04", "euleros 2.8.3"
SKLEARN = ("Scikit-learn", "0.18.1")


def row(
    text: str, style: str, framework: str, version: str | None, **others: Any
) -> tuple[str, dict[str, Any]]:
    """Return a text with every field that is not at its default."""
    return text, {"style": style, "framework": framework, "framework_version": version, **others}


ROWS = [
    row("TF-1.4.0-python2.7", V1, "TensorFlow", "1.4.0", python="2.7"),
    row("TF-1.8.0-python3.6", V1, "TensorFlow", "1.8.0", python="3.6"),
    row("TF-1.13.1-python3.6-v2", V1, "TensorFlow", "1.13.1", python="3.6", variant="v2"),
    row("tf-1.13.1-python2.7", V1, "TensorFlow", "1.13.1", python="2.7"),
    row("TF-1.15-python3.7-aarch64", V1, "TensorFlow", "1.15", python="3.7", arch="aarch64"),
    row("TF-2.1.0-python3.6", V1, "TensorFlow", "2.1.0", python="3.6"),
    row("TF-2.1.0", V1, "TensorFlow", "2.1.0"),
    row("MXNet-1.2.1-python2.7", V1, "MXNet", "1.2.1", python="2.7"),
    row("Caffe-1.0.0-python2.7", V1, "Caffe", "1.0.0", python="2.7"),
    row("caffe-1.0.0-python2.7", V1, "Caffe", "1.0.0", python="2.7"),
    row("Spark-2.3.2-python3.6", V1, "Spark MLlib", "2.3.2", python="3.6"),
    row("Spark_MLlib-2.2.0-python2.7", V1, "Spark MLlib", "2.2.0", python="2.7"),
    row("Scikit_Learn-0.18.1-python3.6", V1, "Scikit-learn", "0.18.1", python="3.6"),
    row("XGBoost-0.80-Sklearn-0.18.1-python2.7", V1, "XGBoost", "0.80", further=[SKLEARN], python="2.7"),
    row("XGBoost-0.80-Sklearn-0.18.1-python3.6", V1, "XGBoost", "0.80", further=[SKLEARN], python="3.6"),
    row("PyTorch-1.0.0-python2.7", V1, "PyTorch", "1.0.0", python="2.7"),
    row("PyTorch-1.4.0-python3.6-v2", V1, "PyTorch", "1.4.0", python="3.6", variant="v2"),
    row("PYTORCH-1.3.0-PYTHON3.6", V1, "PyTorch", "1.3.0", python="3.6"),
    row("PyTorch-1.0.0-python3.6", V1, "PyTorch", "1.0.0", python="3.6"),
    row("PyTorch-1.3.0-python2.7", V1, "PyTorch", "1.3.0", python="2.7"),
    row("MXNet-1.2.1-python3.6", V1, "MXNet", "1.2.1", python="3.6"),
    row("RAY-0.7.4-python3.6", V1, "Ray", "0.7.4", python="3.6"),
    row(
        "0.16.2-TF-1.13.1-python3.6",
        V1,
        "Horovod",
        "0.16.2",
        further=[("TensorFlow", "1.13.1")],
        python="3.6",
    ),
    row("MindSpore-1.1.0-python3.7", V1, "MindSpore", "1.1.0", python="3.7"),
    row("Mindspore-0.5-python3.7-aarch64", V1, "MindSpore", "0.5", python="3.7", arch="aarch64"),
    row(
        "MindSpore-1.2.0-c77-python3.7-euleros2.8-aarch64",
        *(V1, "MindSpore", "1.2.0"),
        **{"python": "3.7", "os": "euleros 2.8", "arch": "aarch64", "variant": "c77"},
    ),
    row(
        "MindSpore-1.3-cann_5.0.2-python3.7-euleros2.8-aarch64",
        *(V1, "MindSpore", "1.3"),
        **{"cann": "5.0.2", "python": "3.7", "os": "euleros 2.8", "arch": "aarch64"},
    ),
    row("tensorflow-cp36-1.8.0", V2, "TensorFlow", "1.8.0", python="3.6"),
    row("pytorch-cp36-1.3.0", V2, "PyTorch", "1.3.0", python="3.6"),
    row("pytorch-cp310-2.1.0", V2, "PyTorch", "2.1.0", python="3.10"),
    row("horovod-cp36-tf-1.16.2", V2, "Horovod", None, further=[("TensorFlow", "1.16.2")], python="3.6"),
    row("xgboost-sklearn-python3.6", V2, "XGBoost", None, further=[("Scikit-learn", None)], python="3.6"),
    row("tensorflow_1.15", V2, "TensorFlow", "1.15"),
    row("pytorch_1.8.0-cuda_10.2", V2, "PyTorch", "1.8.0", cuda="10.2"),
    row(
        "pytorch_1.8.0-cuda_10.2-py_3.7-ubuntu_18.04-x86_64",
        *(V2, "PyTorch", "1.8.0"),
        **{"cuda": "10.2", "python": "3.7", "os": UBUNTU, "arch": "x86_64"},
    ),
    row(
        "pytorch_1.8.0-cuda_10.2-py_3.7-ubuntu_18.04-x86_64-20221118143845-d65d817",
        *(V2, "PyTorch", "1.8.0"),
        **{
            "cuda": "10.2",
            "python": "3.7",
            "os": UBUNTU,
            "arch": "x86_64",
            "build": "20221118143845-d65d817",
        },
    ),
    row(
        "pytorch_2.1.0-cuda_12.1-py_3.10.6-ubuntu_22.04-x86_64",
        *(V2, "PyTorch", "2.1.0"),
        **{"cuda": "12.1", "python": "3.10.6", "os": "ubuntu 22.04", "arch": "x86_64"},
    ),
    row(
        "tensorflow_2.6.0-cuda_11.2-py_3.7-ubuntu_18.04-x86_64",
        *(V2, "TensorFlow", "2.6.0"),
        **{"cuda": "11.2", "python": "3.7", "os": UBUNTU, "arch": "x86_64"},
    ),
    row(
        "mindspore_1.2.0-py_3.7-cuda_10.1-ubuntu_18.04-x86_64",
        *(V2, "MindSpore", "1.2.0"),
        **{"cuda": "10.1", "python": "3.7", "os": UBUNTU, "arch": "x86_64"},
    ),
    row(
        "mindspore_1.3.0-cuda_10.1-py_3.7-ubuntu_1804-x86_64",
        *(V2, "MindSpore", "1.3.0"),
        **{"cuda": "10.1", "python": "3.7", "os": UBUNTU, "arch": "x86_64"},
    ),
    row(
        "mindspore_1.7.0-cpu-py_3.7-ubuntu_18.04-x86_64",
        *(V2, "MindSpore", "1.7.0"),
        **{"cpu": True, "python": "3.7", "os": UBUNTU, "arch": "x86_64"},
    ),
    row(
        "horovod_0.20.0-tensorflow_2.1.0-cuda_10.1-py_3.7-ubuntu_18.04-x86_64",
        *(V2, "Horovod", "0.20.0"),
        further=[("TensorFlow", "2.1.0")],
        **{"cuda": "10.1", "python": "3.7", "os": UBUNTU, "arch": "x86_64"},
    ),
    row(
        "horovod_0.22.1-pytorch_1.8.0-cuda_10.2-py_3.7-ubuntu_18.04-x86_64",
        *(V2, "Horovod", "0.22.1"),
        further=[("PyTorch", "1.8.0")],
        **{"cuda": "10.2", "python": "3.7", "os": UBUNTU, "arch": "x86_64"},
    ),
    row(
        "mindspore_1.6.0-cann_5.0.3.6-py_3.7-euler_2.8.3-aarch64",
        *(V2, "MindSpore", "1.6.0"),
        **{"cann": "5.0.3.6", "python": "3.7", "os": EULER, "arch": "aarch64"},
    ),
    row(
        "tensorflow_1.15.0-cann_6.3.0-py_3.7-euler_2.8.3",
        *(V2, "TensorFlow", "1.15.0"),
        **{"cann": "6.3.0", "python": "3.7", "os": EULER},
    ),
    row(
        "mindspore_1.7.0-cann_5.1.0-py_3.7-euler_2.8.3-aarch64-d910-20220906",
        *(V2, "MindSpore", "1.7.0"),
        **{
            "cann": "5.1.0",
            "python": "3.7",
            "os": EULER,
            "arch": "aarch64",
            "chip": "d910",
            "build": "20220906",
        },
    ),
    row(
        "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b",
        *(V2, "PyTorch", "1.11.0"),
        **{"cann": "7.0.1", "python": "3.9", "os": "euleros 2.10.7", "arch": "aarch64", "chip": "snt9b"},
    ),
    row(
        "mindspore_1.9.0-cann_6.0.1-py_3.7-euler_2.9.9-x86_64-snt3p-300i",
        *(V2, "MindSpore", "1.9.0"),
        **{"cann": "6.0.1", "python": "3.7", "os": "euleros 2.9.9", "arch": "x86_64", "chip": "snt3p-300i"},
    ),
    row(
        "mindspore_1.6.0-cann_5.0.3.6-py_3.7-euler_2.8.3-aarch64-snt9-roma-20211231193205-33131ee",
        *(V2, "MindSpore", "1.6.0"),
        **{"cann": "5.0.3.6", "python": "3.7", "os": EULER, "arch": "aarch64", "chip": "snt9"},
        **{"variant": "roma", "build": "20211231193205-33131ee"},
    ),
    row(
        "pytorch_2.7.1-cann_8.3.rc1-py_3.11-hce_2.0.2509-aarch64-snt9b-20251205091605-e41006e",
        *(V2, "PyTorch", "2.7.1"),
        **{"cann": "8.3.rc1", "python": "3.11", "os": "hce 2.0.2509", "arch": "aarch64", "chip": "snt9b"},
        **{"build": "20251205091605-e41006e"},
    ),
]

UNREAD = [
    "",
    " ",
    "TF",
    "TF-1.13.1-",
    "-TF-1.13.1-python3.6",
    "TF-1.13.1--python3.6",
    " TF-1.13.1-python3.6",
    "TF-1.13.1-python3.6\n",
    "TF-1.13.1-python3.6-custom",
    "TF-1.13.1-python3.6-python2.7",
    "TF-1.13.1-TF-2.1.0-python3.6",
    "TF-1.13.1-python",
    "TF-1.13.1-python36",
    "python3.6-TF-1.13.1",
    "TF-1.13.1-python3.6-Sklearn-0.18.1",
    "1.2.0-c77-python3.7-aarch64",
    "0.16.2-python3.6",
    "MyFramework-1.0-python3.6",
    "tensorflow-gpu-cuda10-cp36",
    "tensorflow_x.y-py_3.7",
    "pytorch_1.8.0-cuda_10.2-py_3.7-ubuntu_18.04-x86_64-snt3p.",
    "pytorch_1.8.0...",
    "PyTorch 1.8.0",
    "\u0422F-1.13.1-python3.6",
    "TF-1.13.1-python3.6" + "-v2" * 100,
    "<script>alert(1)</script>",
]
"""What is not wholly of one of the grammars. One begins with a Cyrillic letter."""

LINES = {
    "TF-1.13.1-python3.6-v2": ("TensorFlow 1.x", "Python 3.6"),
    "TF-2.1.0-python3.6": ("TensorFlow 2.1", "Python 3.6"),
    "PyTorch-1.3.0-python2.7": ("PyTorch 1.3", "Python 2.7"),
    "pytorch_2.1.0-cuda_12.1-py_3.10.6-ubuntu_22.04-x86_64": ("PyTorch 2.1", "Python 3.10"),
    "MindSpore-1.3-cann_5.0.2-python3.7-euleros2.8-aarch64": ("MindSpore 1.3", "Python 3.7"),
    "mindspore_1.10.0-cann_6.0.1-py_3.7-euler_2.8.3-aarch64": ("MindSpore 1.10", "Python 3.7"),
    "MXNet-1.2.1-python3.6": ("MXNet", "Python 3.6"),
    "Caffe-1.0.0-python2.7": ("Caffe 1.0", "Python 2.7"),
    "Spark-2.3.2-python3.6": ("Spark 2.3", "Python 3.6"),
    "XGBoost-0.80-Sklearn-0.18.1-python2.7": ("XGBoost 0.80", "Python 2.7"),
    "0.16.2-TF-1.13.1-python3.6": ("TensorFlow 1.x", "Python 3.6"),
    "tensorflow_1.15": ("TensorFlow 1.x", None),
    "xgboost-sklearn-python3.6": (None, "Python 3.6"),
}
"""The lines of the framework and of Python."""

ALL_LINES = {
    "horovod_0.20.0-tensorflow_2.1.0-cuda_10.1-py_3.7-ubuntu_18.04-x86_64": [
        ("Horovod", "all"),
        ("TensorFlow", "2.1"),
        ("Python", "3.7"),
        ("Ubuntu", "18.04"),
    ],
    "0.16.2-TF-1.13.1-python3.6": [("Horovod", "all"), ("TensorFlow", "1.x"), ("Python", "3.6")],
    "MindSpore-1.2.0-c77-python3.7-euleros2.8-aarch64": [("MindSpore", "1.2"), ("Python", "3.7")],
}
"""Every product line that an engine is built on, as (product, line)."""
