"""What the text of an engine version says: framework, Python, accelerator, system.
 Two grammars, both of words joined by hyphens. That of API v1 begins with the framework's name and version:
``TF-1.13.1-python3.6-v2``, ``XGBoost-0.80-Sklearn-0.18.1-python2.7``; Horovod's leaves its name out and
begins with a version that another framework follows: ``0.16.2-TF-1.13.1-python3.6``. That of v2 joins a
name and its version by an underscore: ``pytorch_1.8.0-cuda_10.2-py_3.7-ubuntu_18.04-x86_64``, optionally
with a chip, the day of the build and a hash. v2 also knows ``tensorflow-cp36-1.8.0``. A text with a word
that neither knows is not half read: None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from dashboard.parsing.product_line import ProductLine, product_line

MAX_LENGTH = 256
"""Characters. The longest published text has 91."""

FRAMEWORKS: Mapping[str, str] = {
    "tf": "TensorFlow",
    "tensorflow": "TensorFlow",
    "pytorch": "PyTorch",
    "torch": "PyTorch",
    "mxnet": "MXNet",
    "caffe": "Caffe",
    "mindspore": "MindSpore",
    "xgboost": "XGBoost",
    "sklearn": "Scikit-learn",
    "scikit_learn": "Scikit-learn",
    "scikitlearn": "Scikit-learn",
    "spark": "Spark MLlib",
    "spark_mllib": "Spark MLlib",
    "horovod": "Horovod",
    "ray": "Ray",
}
"""How names are written in engine versions, lower case → what the project calls the framework."""

_VERSION = r"\d+(?:\.\d+){0,4}(?:\.?(?:rc|a|b|alpha|beta|post|dev)\.?\d+)?"
_NAMES = "|".join(sorted(FRAMEWORKS, key=len, reverse=True))
_SYSTEMS = {"euleros": "euleros", "euler": "euleros", "ubuntu": "ubuntu", "hce": "hce", "centos": "centos"}


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework by its canonical name, and the version where the text tells it."""

    name: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """An engine version, read. What the text does not say is None.

    `further` are the frameworks that come with the first one; `variant` holds the marks that the grammar
    allows and does not explain ("v2", "c77", "roma"), joined by hyphens; `build` is the day and hash of a
    build.
    """

    text: str
    style: Literal["v1", "v2"]
    framework: str
    framework_version: str | None = None
    further: tuple[Framework, ...] = ()
    python: str | None = None
    cuda: str | None = None
    cann: str | None = None
    cpu: bool = False
    os: str | None = None
    arch: str | None = None
    chip: str | None = None
    variant: str | None = None
    build: str | None = None

    @property
    def framework_line(self) -> str | None:
        """Return the framework and its line, as end-of-life dates tell lines apart: "TensorFlow 1.x".

        Horovod spreads the work of another framework: where that is named, its line counts.
        """
        name, version = self.framework, self.framework_version
        if name == "Horovod" and self.further:
            name, version = self.further[0].name, self.further[0].version
        line = product_line(name, version)
        return None if line is None else str(line)

    @property
    def python_line(self) -> str | None:
        """Return Python and its line: "Python 3.6"."""
        line = product_line("Python", self.python)
        return None if line is None else str(line)

    @property
    def product_lines(self) -> tuple[ProductLine, ...]:
        """Return every line that it is built on: frameworks, Python, and Ubuntu or CentOS."""
        products = [
            (self.framework, self.framework_version),
            *((one.name, one.version) for one in self.further),
        ]
        products.append(("Python", self.python))
        system, _, version = (self.os or "").partition(" ")
        products += [(name, version) for name in ("Ubuntu", "CentOS") if name.lower() == system]
        lines = (product_line(name, version) for name, version in products)
        return tuple(line for line in lines if line is not None)


@dataclass(slots=True)
class _Draft:
    """What the words read so far have said."""

    frameworks: list[Framework] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    variants: list[str] = field(default_factory=list)
    begun: bool = False
    """Whether something has been said behind the frameworks, which come first."""

    def name(self, framework: Framework) -> bool:
        """Add a framework; False where it has been named already, or comes too late."""
        if self.begun or any(one.name == framework.name for one in self.frameworks):
            return False
        self.frameworks.append(framework)
        return True

    def say(self, key: str, value: str) -> bool:
        """Hold a value; False where the text has said one already, or no framework yet."""
        self.begun = True
        return bool(self.frameworks) and self.values.setdefault(key, value) is value


def parse_engine_version(text: str) -> EngineVersion | None:
    """Return what an engine version says, or None where any part of it is not of the two grammars."""
    if len(text) > MAX_LENGTH or not text.isascii():
        return None
    draft = _Draft()
    rest = text.lower()
    style: Literal["v1", "v2"] = "v2" if _STYLE_V2.match(rest) else "v1"
    rest = _read_unnamed_horovod(rest, draft)
    while rest:
        position = _read_word(rest, draft)
        if position is None:
            return None
        rest = rest[position:]
    return _engine(text, style, draft)


_STYLE_V2 = re.compile(rf"(?:{_NAMES})(?:_\d|-cp\d)|xgboost-sklearn-python")
_UNNAMED_HOROVOD = re.compile(rf"({_VERSION})-(?=(?:tf|tensorflow|pytorch|torch)-\d)")


def _read_unnamed_horovod(rest: str, draft: _Draft) -> str:
    """Read the version that stands for Horovod where a text begins with one; return what is left."""
    found = _UNNAMED_HOROVOD.match(rest)
    if found is None:
        return rest
    draft.name(Framework("Horovod", found[1]))
    return rest[found.end() :]


def _read_word(rest: str, draft: _Draft) -> int | None:
    """Read the word at the start; return where the next begins, or None where no grammar knows it."""
    for pattern, read in _WORDS:
        found = pattern.match(rest)
        if found is not None:
            return found.end() if read(found, draft) else None
    return None


def _framework(found: re.Match[str], draft: _Draft) -> bool:
    return draft.name(Framework(FRAMEWORKS[found["name"]], found["version"]))


def _framework_cp(found: re.Match[str], draft: _Draft) -> bool:
    """Read ``tensorflow-cp36-1.8.0``, and ``horovod-cp36-tf-1.16.2``: there the version is the other's."""
    draft.values["python"] = dotted_python(found["cp"])
    return len(draft.values) == 1 and _framework(found, draft)


def _value(key: str) -> Callable[[re.Match[str], _Draft], bool]:
    return lambda found, draft: draft.say(key, found[1])


def _system(found: re.Match[str], draft: _Draft) -> bool:
    name, version = _SYSTEMS[found["system"]], found["release"]
    if name == "ubuntu" and "." not in version:
        version = f"{version[:2]}.{version[2:]}"
    return draft.say("os", f"{name} {version}")


def _variant(found: re.Match[str], draft: _Draft) -> bool:
    draft.begun = True
    draft.variants.append(found[1])
    return bool(draft.frameworks)


def dotted_python(digits: str) -> str:
    """Return the version of a tag's digits: "36" is 3.6, "310" is 3.10."""
    return f"{digits[0]}.{digits[1:]}"


def _word(pattern: str) -> re.Pattern[str]:
    """Compile a word's pattern: it ends at a hyphen, which is taken too, or with the text."""
    return re.compile(rf"(?:{pattern})(?:-(?=.)|\Z)", re.ASCII)


_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Draft], bool]], ...] = (
    (_word(rf"(?P<name>{_NAMES})-cp(?P<cp>[23]\d{{1,2}})(?:-(?P<version>{_VERSION}))?"), _framework_cp),
    (_word(rf"(?P<name>{_NAMES})[-_](?P<version>{_VERSION})"), _framework),
    (_word(r"(?P<name>xgboost|sklearn)(?=-(?:sklearn-)?python)(?P<version>(?!))?"), _framework),
    (_word(r"py(?:thon)?[-_]?([23](?:\.\d{1,2}){1,2})"), _value("python")),
    (_word(rf"cuda_?({_VERSION})"), _value("cuda")),
    (_word(rf"cann_?({_VERSION})"), _value("cann")),
    (_word(r"(cpu)"), _value("cpu")),
    (_word(r"(?P<system>ubuntu)_?(?P<release>\d\d\.?\d\d)"), _system),
    (_word(rf"(?P<system>euleros|euler|hce|centos)_?(?P<release>{_VERSION})"), _system),
    (_word(r"(x86_64|aarch64)"), _value("arch")),
    (_word(r"(snt\d+[a-z0-9]{0,4}(?:-300[a-z0-9]{0,4})?|d(?:910|310)[a-z0-9]{0,2})"), _value("chip")),
    (_word(r"(20\d{6}(?:\d{6})?(?:-[0-9a-f]{7,40})?)"), _value("build")),
    (_word(r"(v\d{1,2}|c\d{2}|roma)"), _variant),
)
"""The words of both grammars. Each pattern is tried at the place, so no text is read twice over."""


def _engine(text: str, style: Literal["v1", "v2"], draft: _Draft) -> EngineVersion | None:
    """Return the whole, or None where no framework is named or nothing tells a version or a Python."""
    if not draft.frameworks:
        return None
    first, *further = draft.frameworks
    values = dict(draft.values)
    cpu = values.pop("cpu", None) is not None
    if first.version is None and "python" not in values:
        return None
    engine = EngineVersion(text, style, first.name, first.version, tuple(further), cpu=cpu)
    return replace(engine, **values, variant="-".join(draft.variants) or None)  # type: ignore[arg-type]
