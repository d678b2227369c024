"""The table of allowed imports, read from the code: a room may use only what stands in its row."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("app.py", "pages", "modelarts_api", "dashboard")

# Longest prefix wins. Each room: the rooms of ours it may import, and the outside libraries it may import.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "app": ({"dashboard.automatic_runs", "dashboard.guard", "dashboard.serving"}, {"streamlit", "starlette"}),
    "pages": ({"dashboard.ui", "dashboard.loading"}, {"streamlit"}),
    "modelarts_api.errors": (set(), set()),
    "modelarts_api.concealment": (set(), set()),
    "modelarts_api.regions": (set(), set()),
    "modelarts_api.reading": (set(), set()),
    "modelarts_api.models": ({"modelarts_api.reading"}, set()),
    "modelarts_api.detail": ({"modelarts_api.models", "modelarts_api.reading"}, set()),
    "modelarts_api.credentials": ({"modelarts_api.concealment", "modelarts_api.errors"}, {"requests"}),
    "modelarts_api.http": (
        {
            "modelarts_api.concealment",
            "modelarts_api.credentials",
            "modelarts_api.errors",
            "modelarts_api.http",
            "modelarts_api.reading",
        },
        {"requests", "urllib3"},
    ),
    "modelarts_api.authorisation": (
        {
            "modelarts_api.authorisation",
            "modelarts_api.credentials",
            "modelarts_api.errors",
            "modelarts_api.http",
        },
        {"requests"},
    ),
    "modelarts_api.inventory": ({"modelarts_api.errors", "modelarts_api.models"}, set()),
    "modelarts_api.client": (
        {
            "modelarts_api.credentials",
            "modelarts_api.detail",
            "modelarts_api.errors",
            "modelarts_api.http",
            "modelarts_api.inventory",
            "modelarts_api.models",
            "modelarts_api.reading",
        },
        set(),
    ),
    "modelarts_api.verdict": (
        {
            "modelarts_api.client",
            "modelarts_api.credentials",
            "modelarts_api.errors",
            "modelarts_api.http",
            "modelarts_api.models",
        },
        set(),
    ),
    "modelarts_api.diagnosis": (
        {"modelarts_api.client", "modelarts_api.errors", "modelarts_api.http", "modelarts_api.verdict"},
        set(),
    ),
    "modelarts_api": ({"modelarts_api"}, set()),
    "modelarts_api.local": ({"modelarts_api.local"}, {"starlette", "uvicorn"}),
    "dashboard.view": (set(), set()),
    "dashboard.settings": ({"dashboard.settings", "modelarts_api", "modelarts_api.regions"}, set()),
    "dashboard.calls": ({"modelarts_api"}, set()),
    "dashboard.traffic": ({"modelarts_api"}, set()),
    "dashboard.diagnoses": ({"modelarts_api", "modelarts_api.diagnosis"}, set()),
    "dashboard.loopback": (set(), set()),
    "dashboard.access": (set(), set()),
    "dashboard.policy": ({"dashboard.access", "dashboard.loopback"}, set()),
    "dashboard.guard": (
        {"dashboard.guard", "dashboard.loopback", "dashboard.policy"},
        {"streamlit", "starlette", "google"},
    ),
    "dashboard.parsing": ({"dashboard.parsing"}, set()),
    "dashboard.frames": ({"modelarts_api"}, {"pandas"}),
    "dashboard.analysis": ({"dashboard.view"}, {"pandas", "numpy"}),
    "dashboard.palette": ({"dashboard.frames"}, set()),
    "dashboard.figures": ({"dashboard.analysis", "dashboard.palette"}, {"pandas", "plotly"}),
    "dashboard.exports": ({"dashboard.view"}, set()),
    "dashboard.load_history": (set(), set()),
    "dashboard.automatic_runs": (set(), {"starlette", "streamlit", "google"}),
    "dashboard.metrics": (
        {
            "dashboard",
            "dashboard.load_history",
            "dashboard.loading",
            "dashboard.settings",
            "dashboard.traffic",
        },
        {"prometheus_client", "streamlit"},
    ),
    "dashboard.inventories": (
        {"dashboard.analysis", "dashboard.frames", "dashboard.load_history", "modelarts_api"},
        {"pandas"},
    ),
    "dashboard.loading": (
        {
            "dashboard.analysis",
            "dashboard.calls",
            "dashboard.diagnoses",
            "dashboard.guard",
            "dashboard.inventories",
            "dashboard.settings",
            "dashboard.traffic",
            "dashboard.view",
            "modelarts_api",
            "modelarts_api.http.exchanges",
            "modelarts_api.local",
        },
        {"streamlit", "pandas"},
    ),
    "dashboard.ui": (
        {"dashboard", "modelarts_api", "modelarts_api.detail", "modelarts_api.diagnosis"},
        {"streamlit", "pandas", "streamlit_plotly_basic"},
    ),
    "dashboard.main": ({"dashboard.ui", "dashboard.loading", "dashboard.settings"}, {"streamlit"}),
    "dashboard.serving": (
        {"dashboard", "dashboard.loading", "dashboard.metrics", "dashboard.ui"},
        {"starlette", "anyio", "streamlit", "streamlit_plotly_basic"},
    ),
    "dashboard": (set(), set()),
}
STANDARD = {"__future__"}


def _modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        path = ROOT / room
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), file


def _imports(file: Path, module: str) -> Iterator[str]:
    """Every module that a file imports, `from package import module` as package.module where that is one."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute here"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                path = ROOT / inner.replace(".", "/")
                yield inner if path.is_dir() or path.with_suffix(".py").is_file() else str(node.module)


def _row(module: str) -> tuple[set[str], set[str]]:
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        if (prefix := ".".join(parts[:length])) in ALLOWED:
            return ALLOWED[prefix]
    raise AssertionError(f"{module} stands in no row of the table: give it one")


def _is_ours(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in {"app", "pages", "modelarts_api", "dashboard"}


def _may(module: str, imported: str) -> bool:
    import sys

    ours, outside = _row(module)
    top = imported.split(".", maxsplit=1)[0]
    if not _is_ours(imported):
        return top in outside or top in sys.stdlib_module_names
    if module == "modelarts_api":  # where the public names come together
        return imported.startswith("modelarts_api.") and not imported.startswith("modelarts_api.local")
    return any(
        imported == room or (room != "modelarts_api" and imported.startswith(f"{room}.")) for room in ours
    )


@pytest.mark.parametrize(("module", "file"), list(_modules()), ids=lambda value: str(value).split("/")[-1])
def test_a_room_imports_only_what_its_row_allows(module: str, file: Path) -> None:
    """Imports run one way; each library lives in its own rooms."""
    wrong = sorted({name for name in _imports(file, module) if not _may(module, name)})
    assert not wrong, f"{module} may not import {', '.join(wrong)}"


def test_only_the_loading_room_caches() -> None:
    """House rule: one file caches."""
    caching = {name for name, file in _modules() if "st.cache_" in file.read_text(encoding="utf-8")}
    assert caching == {"dashboard.loading"}


def test_a_screen_is_a_paragraph() -> None:
    """House rule: a screen is under 40 lines and defines nothing."""
    for file in sorted((ROOT / "pages").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 40, file.name
        definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, definitions)], file.name
