"""A Dockerfile carried out without a container engine: its steps in sandboxes, in place of layers.

The base image is this machine: its /usr, libraries and /etc below, and at /usr/local, where the official
Python images have theirs, a copy of the Python that runs these tests, with its installer and nothing else.
What a step writes must be below /usr/local or a WORKDIR; elsewhere it finds a read-only file system.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from docker.utils.build import exclude_paths
from dockerfile_parse import DockerfileParser

from tests.deploy.sandbox import Sandbox

BASE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LD_LIBRARY_PATH": "/usr/local/lib",  # where a Python of another prefix may look for its own library
}
OF_THE_NETWORK = ("PIP_", "UV_", "SSL_CERT_", "REQUESTS_CA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""How this machine reaches its package index; a build is given that, an image does not keep it."""
INSTALLERS = ("pip", "setuptools", "wheel", "_distutils_hack", "distutils-precedence")


@dataclass
class Stage:
    """What a FROM and the steps below it have made. `places` holds the folders that may be written."""

    base: str
    places: dict[str, Path]
    environment: dict[str, str] = field(default_factory=BASE_ENVIRONMENT.copy)
    workdir: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    def located(self, path: str) -> Path:
        """Where a path of the image is on this machine. KeyError when no step may write there."""
        whole = os.path.normpath(os.path.join(self.workdir, path))  # noqa: PTH118 - a path of the image
        for place, source in self.places.items():
            if whole == place or whole.startswith(f"{place}/"):
                return source / whole[len(place) :].lstrip("/")
        raise KeyError(whole)


class Image:
    """A Dockerfile's last stage, built from a folder of what there is to build from."""

    def __init__(self, context: Path, scratch: Path) -> None:
        self._context, self._scratch = context, scratch
        ignored = (context / ".dockerignore").read_text(encoding="utf-8").splitlines()
        self.files = {path for path in exclude_paths(str(context), ignored) if (context / path).is_file()}
        self.instructions = list(_instructions(context / "Dockerfile"))
        self.stages: dict[str, Stage] = {}
        self.arguments: dict[str, str] = {}
        for name, value in self.instructions:
            self._carry_out(name, value)
        self.last = list(self.stages.values())[-1]

    def _carry_out(self, name: str, value: str) -> None:
        if name == "ARG":
            assert not self.stages, "an argument of one stage only is not carried out here"
            self.arguments |= [value.split("=", 1)]
            return
        if name == "FROM":
            base, _, alias = string.Template(value).substitute(self.arguments).partition(" AS ")
            self.stages[alias or str(len(self.stages))] = self._begun(base)
            return
        stage = list(self.stages.values())[-1]
        words = shlex.split(string.Template(value).safe_substitute(stage.environment))
        if name == "WORKDIR":
            stage.workdir = value
            stage.places.setdefault(value, self._new_folder())
        elif name == "COPY":
            self._copy(stage, words)
        elif name == "RUN":
            _sandbox(stage, {**_of_the_network(), "HOME": "/tmp"}).run(["/bin/sh", "-c", value], seconds=600)
        elif name == "ENV":
            stage.environment |= dict(word.split("=", 1) for word in words)
        elif name == "USER":
            stage.user = value
        elif name == "EXPOSE":
            stage.ports.append(int(value))
        elif name == "HEALTHCHECK":
            stage.health = json.loads(value.partition(" CMD ")[2])
        elif name == "CMD":
            stage.command = json.loads(value)
        else:
            raise NotImplementedError(f"{name} {value}")

    def _begun(self, base: str) -> Stage:
        python = self._new_folder()
        shutil.copytree(sys.base_prefix, python, dirs_exist_ok=True, symlinks=True, ignore=_only_installers)
        return Stage(base, {"/usr/local": python})

    def _copy(self, stage: Stage, words: list[str]) -> None:
        *sources, target = words
        if sources[0].startswith("--from="):
            built = self.stages[sources[0].removeprefix("--from=")].located(sources[1])
            # Linked: nothing writes to a layer that is done.
            shutil.copytree(
                built, stage.located(target), symlinks=True, copy_function=os.link, dirs_exist_ok=True
            )
            return
        for source_name in sources:
            copied = [
                path for path in self.files if path == source_name or path.startswith(f"{source_name}/")
            ]
            assert copied, f"{source_name} is not there to be copied"
            whole = target if not target.endswith("/") else f"{target}{source_name}"
            for path in copied:
                place = stage.located(whole + path[len(source_name) :])
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self._context / path, place)

    def _new_folder(self) -> Path:
        folder = self._scratch / f"layer-{len(list(self._scratch.iterdir()))}"
        folder.mkdir(mode=0o755)
        return folder

    def container(self, mounted: dict[str, Path], environment: dict[str, str]) -> Sandbox:
        """What `docker run --read-only --tmpfs /tmp --cap-drop ALL` gives the image's user."""
        stage = self.last
        uid, _, gid = stage.user.partition(":")
        assert uid == gid
        return Sandbox(
            readable={**stage.places, **mounted},
            environment={**stage.environment, **environment},
            folder=stage.workdir,
            uid=int(uid),
        )


def _instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    parser = DockerfileParser(fileobj=io.BytesIO(dockerfile.read_bytes()))
    for entry in parser.structure:
        if entry["instruction"] != "COMMENT":
            yield entry["instruction"], entry["value"]


def _sandbox(stage: Stage, environment: dict[str, str]) -> Sandbox:
    return Sandbox(
        writable=stage.places, environment={**environment, **stage.environment}, folder=stage.workdir
    )


def _of_the_network() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.upper().startswith(OF_THE_NETWORK)}


def _only_installers(folder: str, names: list[str]) -> set[str]:
    if Path(folder).name == "site-packages":
        return {name for name in names if not name.startswith(INSTALLERS)}
    return {"test", "__pycache__"} & set(names)
