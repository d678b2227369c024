"""The engine versions that ModelArts v1 has offered, and when the sample project uses each.

Types, ids, names and versions are from the public API references. Where these give no number (types of Ray
and Horovod, most ids), it is this service's: types from 901, ids from 9001, so that they cannot be mistaken
for real ones. The years of use are invented after the frameworks' releases.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """An engine version, and its use over time: years as fractions, weight against the others at its peak."""

    engine_type: int
    engine_id: int
    engine_name: str
    engine_version: str
    adopted: float
    peak: float
    abandoned: float
    weight: float

    def wire(self) -> dict[str, int | str]:
        """Return the engine under the wire's names."""
        return {
            "engine_type": self.engine_type,
            "engine_id": self.engine_id,
            "engine_name": self.engine_name,
            "engine_version": self.engine_version,
        }

    def use_at(self, year: float) -> float:
        """Return how much of the work goes to it: straight up to the peak, then down, ever more slowly."""
        if not self.adopted <= year < self.abandoned:
            return 0.0
        if year < self.peak:
            return self.weight * (0.08 + 0.92 * (year - self.adopted) / (self.peak - self.adopted))
        # The square keeps a long, thin tail: somebody always stays on the old version.
        remaining: float = ((self.abandoned - year) / (self.abandoned - self.peak)) ** 2
        return self.weight * remaining


# type, id, name, version, adopted, peak, abandoned, weight
ENGINES = tuple(
    Engine(*row)
    for row in (
        (1, 1, "TensorFlow", "TF-1.4.0-python2.7", 2017.9, 2018.4, 2019.8, 5),
        (1, 3, "TensorFlow", "TF-1.8.0-python2.7", 2018.4, 2018.9, 2020.8, 4),
        (1, 4, "TensorFlow", "TF-1.8.0-python3.6", 2018.5, 2019.2, 2021.6, 7),
        (1, 9001, "TensorFlow", "TF-1.13.1-python2.7", 2019.2, 2019.5, 2020.9, 1.6),
        (1, 9002, "TensorFlow", "TF-1.13.1-python3.6", 2019.2, 2020.0, 2023.8, 9),
        (1, 9003, "TensorFlow", "TF-1.13.1-python3.6-v2", 2020.4, 2020.9, 2024.5, 3),
        (1, 9004, "TensorFlow", "TF-2.1.0-python3.6", 2020.2, 2021.2, 2032.0, 8),
        (2, 9005, "MXNet", "MXNet-1.2.1-python3.6", 2018.5, 2019.0, 2021.9, 2.5),
        (2, 501, "MXNet", "MXNet-1.2.1-python2.7", 2018.4, 2018.7, 2020.5, 2),
        (4, 8, "Caffe", "Caffe-1.0.0-python2.7", 2017.9, 2018.3, 2020.4, 2.5),
        (5, 9006, "Spark_MLlib", "Spark-2.3.2-python2.7", 2018.8, 2019.1, 2020.6, 0.8),
        (5, 9007, "Spark_MLlib", "Spark-2.3.2-python3.6", 2018.8, 2019.9, 2024.0, 1.6),
        (5, 9008, "Spark_MLlib", "Spark-2.2.0-python2.7", 2018.0, 2018.5, 2019.9, 1),
        (5, 9009, "Spark_MLlib", "Spark-2.2.0-python3.6", 2018.2, 2018.8, 2020.5, 0.8),
        (6, 9010, "Scikit_Learn", "Scikit_Learn-0.18.1-python3.6", 2018.3, 2019.6, 2028.0, 2),
        (9, 9011, "XGBoost-Sklearn", "XGBoost-0.80-Sklearn-0.18.1-python2.7", 2018.7, 2019.0, 2020.4, 0.8),
        (9, 100, "XGBoost-Sklearn", "XGBoost-0.80-Sklearn-0.18.1-python3.6", 2018.7, 2020.3, 2034.0, 2.6),
        (10, 9012, "PyTorch", "PyTorch-1.0.0-python2.7", 2019.0, 2019.2, 2020.1, 1),
        (10, 9013, "PyTorch", "PyTorch-1.0.0-python3.6", 2019.0, 2019.5, 2021.5, 6),
        (10, 9014, "PyTorch", "PyTorch-1.3.0-python2.7", 2019.9, 2020.0, 2020.6, 0.5),
        (10, 9015, "PyTorch", "PyTorch-1.3.0-python3.6", 2019.9, 2020.3, 2022.0, 5),
        (10, 9016, "PyTorch", "PyTorch-1.4.0-python3.6", 2020.2, 2021.0, 2025.5, 10),
        (10, 9017, "PyTorch", "PyTorch-1.4.0-python3.6-v2", 2020.7, 2022.0, 2034.0, 9),
        (901, 9018, "Ray", "RAY-0.7.4-python3.6", 2019.8, 2020.2, 2021.8, 0.6),
        (13, 130, "Ascend-Powered-Engine", "TF-1.15-python3.7-aarch64", 2020.5, 2021.5, 2030.0, 3),
        (13, 9019, "Ascend-Powered-Engine", "Mindspore-1.1.1-python3.7-aarch64", 2021.1, 2021.3, 2022.1, 1.5),
        (
            *(13, 9020, "Ascend-Powered-Engine", "MindSpore-1.2.0-c77-python3.7-euleros2.8-aarch64"),
            *(2021.3, 2021.6, 2022.6, 2.2),
        ),
        (
            *(13, 9021, "Ascend-Powered-Engine", "MindSpore-1.3-cann_5.0.2-python3.7-euleros2.8-aarch64"),
            *(2021.6, 2021.8, 2022.8, 1.2),
        ),
        (
            *(13, 9022, "Ascend-Powered-Engine", "MindSpore-1.3.0-c78-python3.7-euleros2.8-aarch64"),
            *(2021.6, 2021.9, 2023.3, 2.2),
        ),
        (
            *(13, 9023, "Ascend-Powered-Engine", "MindSpore-1.5.1-c79-python3.7-euleros2.8-aarch64"),
            *(2021.9, 2022.6, 2034.0, 5),
        ),
        (17, 9024, "MindSpore-GPU", "MindSpore-1.1.0-python3.7", 2021.0, 2021.4, 2024.0, 1.6),
        (902, 9025, "Horovod", "0.16.2-TF-1.13.1-python3.6", 2019.5, 2019.9, 2022.2, 1.2),
    )
)
