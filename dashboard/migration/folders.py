"""Code directories and boot files: paths in object storage, compared as the platform does."""

from __future__ import annotations

from typing import Final

CONFIG: Final = "algorithm.job_config"


def last_folder(code_dir: str) -> str:
    """Return the last folder of a code directory, which v2 names the code's place after."""
    return code_dir.rstrip("/").rpartition("/")[2]


def lies_inside(boot_file: str, code_dir: str) -> bool:
    """Return whether a boot file lies in a code directory."""
    folder = code_dir.rstrip("/") + "/"
    return boot_file.startswith(folder) and len(boot_file) > len(folder) and "/../" not in boot_file


def common_folder(boot_file: str, code_dir: str) -> str | None:
    """Return the folder that holds both; None where that would be a whole bucket, or everything."""
    common: list[str] = []
    for one, other in zip(boot_file.split("/")[:-1], code_dir.rstrip("/").split("/"), strict=False):
        if one != other:
            break
        common.append(one)
    return "/".join(common) + "/" if len([part for part in common if part]) > 1 else None
