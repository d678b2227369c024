"""Who works in the sample project: each team's naming habit, subjects, languages and preferred engines."""

from collections.abc import Mapping
from dataclasses import dataclass

# What a team can work on: the year from which it exists, and its name.
Subject = tuple[float, str]


@dataclass(frozen=True)
class Team:
    """A team of the sample project.

    `pattern` is its naming habit: `{model}`, `{data}`, `{member}`, `{day}`, `{quarter}` are filled in, `#` is
    a running number (as many digits as there are signs), what stands in brackets is left out of the first.
    `engines` weighs engine names against each other; `images` weighs custom images.
    """

    code: str
    pattern: str
    since: float
    until: float
    size: float
    languages: tuple[str, ...]
    models: tuple[Subject, ...]
    data: tuple[str, ...]
    engines: Mapping[str, float]
    images: float = 1.0
    members: tuple[str, ...] = ("",)


TEAMS = (
    Team(
        "nlp",
        "nlp-{model}-{data}-v#",
        *(2018.3, 2100.0, 1.5),
        ("en", "en", "zh"),
        (
            *((2018.0, "lstm-crf"), (2018.0, "transformer"), (2018.9, "bert-base"), (2019.6, "ernie")),
            *((2020.0, "roberta-wwm"), (2020.4, "t5-small"), (2021.5, "pangu-2_6b")),
            *((2023.2, "glm-6b"), (2023.6, "llama2-7b"), (2024.5, "qwen2-7b"), (2025.3, "qwen3-8b")),
        ),
        ("ft", "ner", "intent", "qa", "summ", "mt-zh-en", "dedup"),
        {"TensorFlow": 1.0, "PyTorch": 1.6, "Ascend-Powered-Engine": 0.8, "MindSpore-GPU": 0.5},
        images=1.3,
    ),
    Team(
        "cv-lab",
        "CV_{model}_{data}[_#]",
        *(2018.0, 2100.0, 1.6),
        ("zh", "zh", "en"),
        (
            *((2018.0, "ResNet50"), (2018.0, "InceptionV3"), (2018.0, "FasterRCNN"), (2018.2, "MobileNetV2")),
            *((2018.4, "YOLOv3"), (2019.6, "EfficientNetB0"), (2020.6, "YOLOv5s"), (2021.4, "SwinT")),
            *((2023.2, "YOLOv8m"), (2023.5, "DINOv2"), (2024.2, "SAM-ViT-B")),
        ),
        ("imagenet", "coco2017", "flowers", "cifar10", "voc07", "plates", "defects"),
        {"TensorFlow": 1.2, "PyTorch": 1.2, "MXNet": 2.0, "Caffe": 2.5, "Ascend-Powered-Engine": 1.0},
    ),
    Team(
        "interns",
        "{member}_{data}#",
        *(2018.2, 2100.0, 0.9),
        ("none", "none", "en"),
        ((2018.0, "mnist"), (2018.0, "resnet18"), (2019.0, "bert-tiny"), (2023.0, "gpt2")),
        ("test", "try", "tmp", "demo", "debug"),
        {"TensorFlow": 1.5, "PyTorch": 1.5, "Scikit_Learn": 0.8, "Ray": 1.0, "Horovod": 1.0},
        members=("jdoe", "lwang", "mueller", "agarcia", "zhangwei", "kdubois", "yhassan"),
    ),
    Team(
        "recsys",
        "rec-{model}-{day}[-#]",
        *(2018.6, 2025.2, 1.0),
        ("zh", "en"),
        ((2018.0, "wide-deep"), (2018.0, "als"), (2018.6, "deepfm"), (2019.4, "din"), (2021.0, "mmoe")),
        ("clicks", "orders", "adlog"),
        {"TensorFlow": 1.2, "Spark_MLlib": 5.0, "XGBoost-Sklearn": 1.6, "PyTorch": 0.5, "Ray": 3.0},
    ),
    Team(
        "speech",
        "asr_{data}_{model}_exp###",
        *(2019.0, 2100.0, 0.8),
        ("en", "zh", "none"),
        ((2018.0, "las"), (2018.0, "tdnn"), (2020.5, "conformer"), (2020.9, "wav2vec2"), (2022.9, "whisper")),
        ("zh", "de", "ar", "es", "far-field"),
        {"PyTorch": 1.5, "TensorFlow": 0.6, "Horovod": 6.0, "MindSpore-GPU": 0.5},
        images=1.4,
    ),
    Team(
        "risk-dus",
        "Risiko_{model}_{quarter}_v#",
        *(2018.8, 2100.0, 0.7),
        ("de", "de", "none"),
        ((2018.0, "Scorecard"), (2018.0, "Betrug"), (2019.5, "Storno"), (2021.0, "Liquiditaet")),
        ("antraege", "buchungen"),
        {"XGBoost-Sklearn": 6.0, "Scikit_Learn": 5.0, "Spark_MLlib": 2.0, "TensorFlow": 0.3, "PyTorch": 0.2},
        images=0.5,
    ),
    Team(
        "meteo",
        "Meteo-{model}-{data}-r#",
        *(2019.7, 2100.0, 0.6),
        ("fr", "fr", "en"),
        ((2018.0, "UNet"), (2018.0, "ConvLSTM"), (2022.3, "GraphCast"), (2023.5, "Pangu")),
        ("Precip", "Vent", "Radar", "ERA5"),
        {"PyTorch": 1.6, "TensorFlow": 0.8, "Ascend-Powered-Engine": 1.2, "MindSpore-GPU": 1.0},
        images=1.2,
    ),
    Team(
        "retail-scl",
        "demanda_{model}_{data}_###",
        *(2020.3, 2100.0, 0.6),
        ("es", "es", "none"),
        ((2018.0, "lstm"), (2018.0, "xgb"), (2020.0, "prophet"), (2021.0, "tft"), (2024.4, "timesfm")),
        ("cl", "mx", "pe", "br"),
        {"TensorFlow": 1.4, "XGBoost-Sklearn": 3.0, "PyTorch": 1.0, "Scikit_Learn": 1.0},
        images=0.8,
    ),
    Team(
        "doc-ocr",
        "ocr-{data}-{model}-###",
        *(2020.0, 2100.0, 0.7),
        ("ar", "he", "ar"),
        ((2018.0, "crnn"), (2019.0, "aster"), (2021.7, "trocr"), (2024.0, "donut")),
        ("arabic", "hebrew", "invoices", "plates"),
        {"PyTorch": 1.4, "TensorFlow": 1.0, "Ascend-Powered-Engine": 0.7, "MindSpore-GPU": 0.6},
        images=1.1,
    ),
    Team(
        "platform",
        "bench-{model}-{data}-r#",
        *(2018.2, 2100.0, 0.7),
        ("en", "none"),
        (
            *((2018.0, "resnet50"), (2018.0, "allreduce"), (2019.0, "bert-large"), (2020.5, "obs-io")),
            *((2022.0, "gpt-1b"), (2024.0, "moe-16x")),
        ),
        ("1p", "8p", "16p", "8p-fp16", "32p-amp"),
        dict.fromkeys(("Caffe", "MXNet", "Ascend-Powered-Engine", "MindSpore-GPU", "Horovod", "Ray"), 1.5)
        | {"TensorFlow": 1.0, "PyTorch": 1.0},
    ),
)
