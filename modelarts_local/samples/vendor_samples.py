"""What `config_type=sample` lists: the examples that come with the platform, without a creation time."""

from typing import Any

from modelarts_local.samples.engines import ENGINES

# Name, description, engine version.
VENDOR_SAMPLES = (
    ("sample-mnist-tensorflow", "Handwritten digit recognition with TensorFlow", "TF-1.8.0-python3.6"),
    ("sample-mnist-mxnet", "Handwritten digit recognition with MXNet", "MXNet-1.2.1-python3.6"),
    ("sample-mnist-caffe", "Handwritten digit recognition with Caffe", "Caffe-1.0.0-python2.7"),
    ("sample-mnist-pytorch", "Handwritten digit recognition with PyTorch", "PyTorch-1.0.0-python3.6"),
    ("sample-flowers-resnet50", "Flower classification with ResNet-50", "TF-1.13.1-python3.6"),
    ("sample-imagenet-resnet101", "ImageNet classification on eight GPUs", "MXNet-1.2.1-python3.6"),
    ("sample-coco-fasterrcnn", "Object detection with Faster R-CNN", "TF-1.13.1-python3.6"),
    ("sample-coco-yolov3", "Object detection with YOLOv3", "TF-2.1.0-python3.6"),
    ("sample-voc-deeplabv3", "Semantic segmentation with DeepLabv3", "TF-1.13.1-python3.6"),
    ("sample-iris-sklearn", "Iris classification with scikit-learn", "Scikit_Learn-0.18.1-python3.6"),
    ("sample-titanic-xgboost", "Survival prediction with XGBoost", "XGBoost-0.80-Sklearn-0.18.1-python3.6"),
    ("sample-movies-als", "Film recommendation with alternating least squares", "Spark-2.3.2-python3.6"),
    ("sample-bert-classification", "Text classification with BERT", "TF-1.13.1-python3.6-v2"),
    ("sample-bert-ner-pytorch", "Named entity recognition with BERT", "PyTorch-1.4.0-python3.6"),
    ("sample-resnet50-ascend", "ResNet-50 on Ascend 910", "TF-1.15-python3.7-aarch64"),
    (
        "sample-lenet-mindspore",
        "LeNet with MindSpore",
        "MindSpore-1.5.1-c79-python3.7-euleros2.8-aarch64",
    ),
    ("sample-horovod-imagenet", "Distributed training with Horovod", "0.16.2-TF-1.13.1-python3.6"),
    ("sample-cartpole-ray", "Reinforcement learning with Ray", "RAY-0.7.4-python3.6"),
)


def vendor_samples(count: int | None = None) -> list[dict[str, Any]]:
    """Return the first `count` samples (None: all eighteen); beyond these they repeat with a number."""
    wires = {engine.engine_version: engine.wire() for engine in ENGINES}
    samples = []
    for number in range(len(VENDOR_SAMPLES) if count is None else count):
        round_number, position = divmod(number, len(VENDOR_SAMPLES))
        name, description, version = VENDOR_SAMPLES[position]
        name = f"{name}-{round_number + 1}" if round_number else name
        samples.append({"config_name": name, "config_desc": description, **wires[version]})
    return samples
