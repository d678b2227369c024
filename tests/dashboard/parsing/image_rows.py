"""Image references, and by hand what they are made of and what they say of their inside."""

from __future__ import annotations

from dataclasses import dataclass, field

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8


@dataclass(frozen=True)
class Row:
    """A reference; `hints` are (product, version, text), in the order of the text."""

    text: str
    registry: str | None
    repository: str
    tag: str | None
    kind: str
    short: str
    digest: str | None = None
    is_ip: bool = False
    cpu: bool = False
    hints: list[tuple[str, str | None, str]] = field(default_factory=list)


SWR = "swr.cn-north-4.myhuaweicloud.com"
CPU = ("CPU", None, "cpu")

ROWS = [
    # Names, registries, ports.
    Row("busybox", None, "busybox", None, "none", "busybox"),
    Row("team/trainer", None, "team/trainer", None, "none", "trainer"),
    Row("team/trainer:1.2", None, "team/trainer", "1.2", "other", "trainer:1.2"),
    Row("team/trainer:latest", None, "team/trainer", "latest", "latest", "trainer:latest"),
    Row("team/trainer:Latest", None, "team/trainer", "Latest", "other", "trainer:Latest"),
    Row("a/b/c/d:e", None, "a/b/c/d", "e", "other", "d:e"),
    Row(f"{SWR}/team/trainer:1.2", SWR, "team/trainer", "1.2", "other", "trainer:1.2"),
    Row(f"{SWR}/team/trainer", SWR, "team/trainer", None, "none", "trainer"),
    Row("swr.example.com:443/team/trainer", "swr.example.com:443", "team/trainer", None, "none", "trainer"),
    Row("swr.example.com:443/t/u:v", "swr.example.com:443", "t/u", "v", "other", "u:v"),
    Row("localhost/a", "localhost", "a", None, "none", "a"),
    Row("localhost:5000/a:b", "localhost:5000", "a", "b", "other", "a:b"),
    Row("registry:5000/a", "registry:5000", "a", None, "none", "a"),
    Row("registry/a", None, "registry/a", None, "none", "a"),
    Row("registry:5000", None, "registry", "5000", "other", "registry:5000"),
    Row("Registry/a", "Registry", "a", None, "none", "a"),
    Row("a.b/c", "a.b", "c", None, "none", "c"),
    Row("xn--e1aybc.example/c", "xn--e1aybc.example", "c", None, "none", "c"),
    # Addresses.
    Row(
        "100.125.5.235:20202/jobmng/base:1.0",
        "100.125.5.235:20202",
        "jobmng/base",
        "1.0",
        "other",
        "base:1.0",
        is_ip=True,
    ),
    Row("10.0.0.1/a/b", "10.0.0.1", "a/b", None, "none", "b", is_ip=True),
    Row("[2001:db8::1]:5000/a/b:c", "[2001:db8::1]:5000", "a/b", "c", "other", "b:c", is_ip=True),
    Row("[::1]/a", "[::1]", "a", None, "none", "a", is_ip=True),
    Row("1.2.3.4.5/a", "1.2.3.4.5", "a", None, "none", "a"),
    Row("999.0.0.1/a", "999.0.0.1", "a", None, "none", "a"),
    # Digests.
    Row(f"a@{SHA256}", None, "a", None, "digest", "a@sha256:0123456789ab", digest=SHA256),
    Row(f"a:1.0@{SHA256}", None, "a", "1.0", "digest", "a:1.0", digest=SHA256),
    Row(f"a:latest@{SHA256}", None, "a", "latest", "digest", "a:latest", digest=SHA256),
    Row(
        f"h.example:1/a@{SHA512}", "h.example:1", "a", None, "digest", "a@sha512:0123456789ab", digest=SHA512
    ),
    Row(f"a@md5+x:{'0' * 32}", None, "a", None, "digest", "a@md5+x:000000000000", digest=f"md5+x:{'0' * 32}"),
    # Separators and lengths.
    Row("x/a.b_c__d-e---f:g", None, "x/a.b_c__d-e---f", "g", "other", "a.b_c__d-e---f:g"),
    Row("a:_.-x", None, "a", "_.-x", "other", "a:_.-x"),
    Row(f"a:{'b' * 128}", None, "a", "b" * 128, "other", f"a:{'b' * 128}"),
    Row("a" * 255, None, "a" * 255, None, "none", "a" * 255),
    # What names and tags say.
    Row(
        "ubuntu:18.04",
        None,
        "ubuntu",
        "18.04",
        "other",
        "ubuntu:18.04",
        hints=[("Ubuntu", "18.04", "ubuntu:18.04")],
    ),
    Row(
        "t/ubuntu1604:v1",
        None,
        "t/ubuntu1604",
        "v1",
        "other",
        "ubuntu1604:v1",
        hints=[("Ubuntu", "16.04", "ubuntu1604")],
    ),
    Row(
        "t/a:ubuntu_18.04",
        None,
        "t/a",
        "ubuntu_18.04",
        "other",
        "a:ubuntu_18.04",
        hints=[("Ubuntu", "18.04", "ubuntu_18.04")],
    ),
    Row(
        "t/ubuntu-20.04",
        None,
        "t/ubuntu-20.04",
        None,
        "none",
        "ubuntu-20.04",
        hints=[("Ubuntu", "20.04", "ubuntu-20.04")],
    ),
    Row(
        "t/a:bionic-1", None, "t/a", "bionic-1", "other", "a:bionic-1", hints=[("Ubuntu", "18.04", "bionic")]
    ),
    Row("centos:7", None, "centos", "7", "other", "centos:7", hints=[("CentOS", "7", "centos:7")]),
    Row(
        "centos:7.9.2009",
        None,
        "centos",
        "7.9.2009",
        "other",
        "centos:7.9.2009",
        hints=[("CentOS", "7.9.2009", "centos:7.9.2009")],
    ),
    Row("t/our-centos:7", None, "t/our-centos", "7", "other", "our-centos:7"),
    Row(
        "t/train-centos7:1",
        None,
        "t/train-centos7",
        "1",
        "other",
        "train-centos7:1",
        hints=[("CentOS", "7", "centos7")],
    ),
    Row("t/a:debian10", None, "t/a", "debian10", "other", "a:debian10", hints=[("Debian", "10", "debian10")]),
    Row(
        "python:3.7-slim-buster",
        *(None, "python", "3.7-slim-buster", "other", "python:3.7-slim-buster"),
        hints=[("Python", "3.7", "python:3.7"), ("Debian", "10", "buster")],
    ),
    Row("t/our-python:3.7", None, "t/our-python", "3.7", "other", "our-python:3.7"),
    Row(
        "t/alpine3.12:a",
        None,
        "t/alpine3.12",
        "a",
        "other",
        "alpine3.12:a",
        hints=[("Alpine", "3.12", "alpine3.12")],
    ),
    Row(
        "nvidia/cuda:11.2.0-cudnn8-runtime-ubuntu20.04",
        *(
            None,
            "nvidia/cuda",
            "11.2.0-cudnn8-runtime-ubuntu20.04",
            "other",
            "cuda:11.2.0-cudnn8-runtime-ubuntu20.04",
        ),
        hints=[("CUDA", "11.2.0", "cuda:11.2.0"), ("Ubuntu", "20.04", "ubuntu20.04")],
    ),
    Row(
        "t/torch:1.13-cu117",
        None,
        "t/torch",
        "1.13-cu117",
        "other",
        "torch:1.13-cu117",
        hints=[("CUDA", "11.7", "cu117")],
    ),
    Row(
        "t/cuda102-base",
        None,
        "t/cuda102-base",
        None,
        "none",
        "cuda102-base",
        hints=[("CUDA", "10.2", "cuda102")],
    ),
    Row(
        f"{SWR}/t/custom-base-cuda10.2-cp36-ubuntu18.04-x86:1.1",
        *(SWR, "t/custom-base-cuda10.2-cp36-ubuntu18.04-x86", "1.1", "other"),
        "custom-base-cuda10.2-cp36-ubuntu18.04-x86:1.1",
        hints=[("CUDA", "10.2", "cuda10.2"), ("Python", "3.6", "cp36"), ("Ubuntu", "18.04", "ubuntu18.04")],
    ),
    Row(
        "t/caffe1-gpu-cuda8-cp27:1.0.0",
        *(None, "t/caffe1-gpu-cuda8-cp27", "1.0.0", "other", "caffe1-gpu-cuda8-cp27:1.0.0"),
        hints=[("CUDA", "8", "cuda8"), ("Python", "2.7", "cp27")],
    ),
    Row(
        f"{SWR}/t/torch_ascend:pytorch_2.7.1-cann_8.3.rc1-py_3.11-hce_2.0.2509-aarch64-snt9b",
        *(SWR, "t/torch_ascend", "pytorch_2.7.1-cann_8.3.rc1-py_3.11-hce_2.0.2509-aarch64-snt9b", "other"),
        "torch_ascend:pytorch_2.7.1-cann_8.3.rc1-py_3.11-hce_2.0.2509-aarch64-snt9b",
        hints=[
            ("CANN", "8.3.rc1", "cann_8.3.rc1"),
            ("Python", "3.11", "py_3.11"),
            ("HCE", "2.0.2509", "hce_2.0.2509"),
        ],
    ),
    Row(
        "t/mindspore-ascend910-cp37-euleros2.8-training:1.3.0",
        *(None, "t/mindspore-ascend910-cp37-euleros2.8-training", "1.3.0", "other"),
        "mindspore-ascend910-cp37-euleros2.8-training:1.3.0",
        hints=[("Python", "3.7", "cp37"), ("EulerOS", "2.8", "euleros2.8")],
    ),
    Row(
        "t/a:torch_npu2.1.0",
        None,
        "t/a",
        "torch_npu2.1.0",
        "other",
        "a:torch_npu2.1.0",
        hints=[("torch_npu", "2.1.0", "torch_npu2.1.0")],
    ),
    Row(
        "t/torch_npu_1_11:x",
        None,
        "t/torch_npu_1_11",
        "x",
        "other",
        "torch_npu_1_11:x",
        hints=[("torch_npu", "1.11", "torch_npu_1_11")],
    ),
    Row(
        "t/torch-npu:x",
        None,
        "t/torch-npu",
        "x",
        "other",
        "torch-npu:x",
        hints=[("torch_npu", None, "torch-npu")],
    ),
    Row(
        "t/python-train-py36:secure",
        None,
        "t/python-train-py36",
        "secure",
        "other",
        "python-train-py36:secure",
        hints=[("Python", "3.6", "py36")],
    ),
    Row("t/a:py310", None, "t/a", "py310", "other", "a:py310", hints=[("Python", "3.10", "py310")]),
    Row("ubuntu18.04/a:b", "ubuntu18.04", "a", "b", "other", "a:b"),
    Row("t/barracuda10:1", None, "t/barracuda10", "1", "other", "barracuda10:1"),
    # For CPUs.
    Row(
        "t/custom-cpu-base:1.3",
        None,
        "t/custom-cpu-base",
        "1.3",
        "other",
        "custom-cpu-base:1.3",
        cpu=True,
        hints=[CPU],
    ),
    Row("t/a:1.0-cpu", None, "t/a", "1.0-cpu", "other", "a:1.0-cpu", cpu=True, hints=[CPU]),
    Row("t/cpu-gpu:1", None, "t/cpu-gpu", "1", "other", "cpu-gpu:1", hints=[CPU]),
    Row(
        "t/cpu:cuda10", None, "t/cpu", "cuda10", "other", "cpu:cuda10", hints=[CPU, ("CUDA", "10", "cuda10")]
    ),
    Row("t/cpufreq:1", None, "t/cpufreq", "1", "other", "cpufreq:1"),
    Row("cpu/a:1", None, "cpu/a", "1", "other", "a:1"),
]

UNREAD = [
    "",
    " ",
    "a ",
    " a",
    "a\n",
    "A",
    "a/B",
    "Team/B:c",
    "/a",
    "a/",
    "a//b",
    "a:",
    "a:b:c",
    "a:b/c:d:e",
    ":a",
    "a@",
    "@a",
    "a@sha256:" + "0" * 63,
    "a@sha256:" + "0" * 65,
    "a@sha256:" + "A" * 64,
    "a@sha256",
    "a@md5:" + "0" * 31,
    f"a@{SHA256}@{SHA256}",
    f"a@{SHA256}:b",
    "0123456789abcdef" * 4,
    "-a",
    "a-",
    "a..b",
    "a___b",
    "a._b",
    ".a/b",
    "-a.b/c",
    "a.b-/c",
    "a.b:/c",
    "a.b:x/c",
    "[::1/a",
    "[1::2::3]/a",
    "[::ffff:1.2.3.4]/a",
    "a:" + "b" * 129,
    "a:-b",
    "a" * 256,
    "https://swr.example.com/a:b",
    "swr.<region>.myhuaweicloud.com/a/b:1.3",
    "swr.{region}.myhuaweicloud.com/a/b:1.3",
    "${REGISTRY}/a:b",
    "\u0430/b",
    "a:tag with blanks",
    "<img src=x onerror=alert(1)>",
]
"""What is no image reference. One begins with a Cyrillic letter."""
