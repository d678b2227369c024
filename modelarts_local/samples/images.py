"""Custom images and their start commands, good habits and bad.

Whatever looks like a credential here is fake and says so: the AWS documentation's example keys, or the words
"not a real" or "EXAMPLE".
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from modelarts_local.samples.deck import Deck
from modelarts_local.samples.fake_secrets import fake_secrets

RUN = "/home/work/run_train.sh"
APP = "/home/work/user-job-dir"
MINDSPORE = "MindSpore-1.5.1-c79-python3.7-euleros2.8-aarch64"

# The year from which an image is around, its name, its version tag, and the engine version that a
# configuration with it names ("" for none).
IMAGES = (
    (2018.0, "custom-cpu-base", "1.0", "TF-1.8.0-python3.6"),
    (2018.2, "tf1.8-horovod", "0.3", "TF-1.8.0-python3.6"),
    (2019.2, "pytorch1.0-apex", "2019.04", "PyTorch-1.0.0-python3.6"),
    (2019.9, "tf1.15-cuda10.0", "1.15.2", "TF-1.13.1-python3.6-v2"),
    (2020.4, "pytorch1.5-cuda10.2", "1.5.1-r2", "PyTorch-1.4.0-python3.6"),
    (2021.2, "pytorch1.8-cuda11.1", "1.8.1", "PyTorch-1.4.0-python3.6-v2"),
    (2021.4, "mindspore1.5-cann5", "5.0.3", MINDSPORE),
    (2022.5, "pytorch1.12-cuda11.6", "20220914", "PyTorch-1.4.0-python3.6-v2"),
    (2023.0, "mindspore2.0-cann6.3", "2.0.0rc1", MINDSPORE),
    (2023.3, "pytorch2.0-deepspeed", "0.9.5", ""),
    (2024.2, "pytorch2.3-cuda12.1", "2.3.0-py310", ""),
    (2024.6, "llm-finetune", "v0.8.3", ""),
    (2025.4, "pytorch2.6-cuda12.4", "2.6.0-py311", ""),
)
IMAGE_USED_FOR_YEARS = 3.5
HOSTS = (
    "swr.cn-north-4.myhuaweicloud.com",
    "swr.cn-north-4.myhuaweicloud.com",
    "swr.eu-de.otc.t-systems.com",
    "swr.la-south-2.myhuaweicloud.com",
)
CLUSTER_HOST = "100.125.5.235:20202"

# How the image is referred to → how often.
IMAGE_FORMS = {
    "{host}/{team}/{image}:{tag}": 9,
    "{cluster}/{team}/{image}:{tag}": 4,
    "{host}/{team}/{image}:latest": 4,
    "{host}/{team}/{image}": 2,
    "{cluster}/{team}/{image}": 1,
    "{host}/{team}/{image}@sha256:{digest}": 2,
    "{host}/{team}/{image}:{tag}@sha256:{digest}": 1,
}

# Start command → how often. The first ones are as they should be.
COMMANDS = {
    "bash {run} python {app}/{code}/train.py --data_url {app}/data --epochs {n}": 14,
    "/bin/bash {run} python {app}/{code}/train.py --config configs/{model}.yaml": 8,
    "bash {run} python -m torch.distributed.launch --nproc_per_node 8 {app}/{code}/train.py --lr {lr}": 4,
    "bash {run} torchrun --nproc_per_node 8 {app}/{code}/main.py --data {data} --lr {lr}": 4,
    "bash {run} pip install -r {app}/{code}/requirements.txt && bash {run} python {app}/{code}/train.py": 3,
    # Traced: whatever the script sets, keys included, ends up in the log.
    "bash -x {run} python {app}/{code}/train.py --data_url {app}/data": 4,
    "bash -xe {run} python {app}/{code}/main.py": 1,
    "set -x; bash {run} python {app}/{code}/train.py --batch_size 64": 1,
    # Past the script that sets the environment up.
    "python {app}/{code}/train.py --data_url /home/work/data --epochs {n}": 4,
    "cd {app}/{code} && python3 -u main.py --model {model} 2>&1 | tee /tmp/train.log": 2,
    "python {app}/{code}/fetch.py && bash {run} python {app}/{code}/train.py": 1,
    # Credentials in the open; they are drawn, and open nothing.
    "export AWS_ACCESS_KEY_ID={aws_access_key} "
    "AWS_SECRET_ACCESS_KEY={aws_secret_key}; "
    "bash {run} python {app}/{code}/train.py": 1,
    "bash {run} python {app}/{code}/train.py --db_user trainer --password={database_password}": 1,
    "WANDB_API_KEY={wandb_key} bash {run} python {app}/{code}/train.py --wandb online": 1,
    "git clone https://ci-bot:{git_password}@git.example.com/{team}/{code}.git /tmp/c && "
    "bash {run} python /tmp/c/train.py": 1,
    "bash -x {run} python {app}/{code}/train.py --ak {access_key} --sk {secret_key}": 1,
    # Code from somewhere, of some version.
    "curl -sSL https://mirror.example.com/setup.sh | sh && bash {run} python {app}/{code}/train.py": 1,
    "wget -qO- http://mirror.example.com/env.sh | bash; bash {run} python {app}/{code}/main.py": 1,
    "wget http://datasets.example.org/{data}.tar.gz -P /cache && bash {run} python {app}/{code}/train.py": 2,
    "pip install transformers datasets && bash {run} python {app}/{code}/train.py --model {model}": 3,
    "pip install --trusted-host pypi.example.com -i http://pypi.example.com/simple apex; "
    "bash {run} python {app}/{code}/train.py": 1,
    "pip install torch==1.8.1 timm==0.4.12 && bash {run} python {app}/{code}/train.py": 2,
    "chmod -R 777 /cache && bash {run} python {app}/{code}/train.py --cache /cache": 1,
}


@dataclass(frozen=True)
class Image:
    """A custom image: its address, and the engine version that goes with it ("" for none)."""

    address: str
    engine_version: str


class ImageShelf:
    """Custom images and start commands, drawn in the proportions above."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._forms = Deck(rng, IMAGE_FORMS)
        self._commands = Deck(rng, COMMANDS)

    def image(self, team: str, year: float) -> Image:
        """Return an image that a team would use in that year."""
        current = [row for row in IMAGES if row[0] <= year < row[0] + IMAGE_USED_FOR_YEARS] or IMAGES[-3:]
        _, image, tag, engine_version = self._rng.choice(current)
        address = self._forms.draw().format(
            host=HOSTS[hash_of(team) % len(HOSTS)],
            cluster=CLUSTER_HOST,
            team=team,
            image=image,
            tag=tag,
            digest=f"{self._rng.getrandbits(256):064x}",
        )
        return Image(address, engine_version)

    def command(self, fields: Mapping[str, str]) -> str:
        """Return a start command. `fields`: team, code, model, data."""
        epochs, rate = self._rng.choice((5, 10, 30, 50, 90, 100)), self._rng.choice(("1e-4", "3e-5", "0.1"))
        return self._commands.draw().format(run=RUN, app=APP, n=epochs, lr=rate, **fields, **fake_secrets())


def hash_of(text: str) -> int:
    """Return a number that is the same in every process, unlike hash()."""
    return sum(text.encode())
