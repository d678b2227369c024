"""What import-linter's contracts in pyproject.toml cannot say of the house."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("dashboard", "modelarts_api", "modelarts_local")
OUTSIDE = {
    "app": {"dashboard.server", "starlette", "streamlit", "pathlib"},
    "pages": {"dashboard.ui"},
}
"""What the files that are no package may import."""
CACHED = re.compile(r"^\| `(\S+\.py)` \|", re.MULTILINE)
"""A row of the table in docs/architecture.md: every file with a functools cache, and of what."""
SPEAKING = ("app.py", *PACKAGES, "benchmarks", "pages", "plotly_basic/streamlit_plotly_basic")
DOCSTRING = re.compile(r'^ *(?:(?:async )?def |\) -> ).*:(?:  #.*)?\n +r?"""(\S+?)(?=\s|""")', re.MULTILINE)
"""The first word of a function's docstring, as ruff formats functions."""
VERB = re.compile(r"[A-Z][a-z]*([^s\W]|ss)[.,:;]?")
"""A word that may be an imperative: no name, no quotation, no plural and no third person."""
NO_VERB = re.compile(
    r"(A|All|An|Another|As|At|Both|By|Each|Every|Everything|For|From|How|If|In|It|Its|Latency|Many|More|Most"
    r"|No|None|Nothing|Of|On|One|Only|Other|Part|Plain|Security|So|Some|Text|That|The|Their|There|These"
    r"|They|This|Those|True|What|When|Where|Whether|Which|Who|Whoever|Why|With|Without)[.,:;]?"
)
"""What a docstring begins with that says what something is, and not what it does."""
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        path = ROOT / folder
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imports(file: Path) -> Iterator[str]:
    """Every module that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            yield str(node.module)


@pytest.mark.parametrize("file", [ROOT / "app.py", *_files("pages")], ids=lambda file: file.name)
def test_the_entrance_and_the_screens_take_from_the_room_next_to_them(file: Path) -> None:
    allowed = OUTSIDE["app" if file.name == "app.py" else "pages"]
    wrong = [
        name for name in _imports(file) if not any(f"{name}.".startswith(f"{room}.") for room in allowed)
    ]
    assert not wrong, f"{file.name} may not import {', '.join(wrong)}"


def test_a_screen_is_a_paragraph() -> None:
    """House rule: a screen is under 40 lines and defines nothing."""
    for file in _files("pages"):
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 40, file.name
        definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, definitions)], file.name


def test_a_function_over_25_lines_says_why_it_is_in_one_piece() -> None:
    """House rule: what is longer (signature and docstring apart) wants splitting, or one comment."""
    for file in _files(*PACKAGES, "plotly_basic/streamlit_plotly_basic"):
        lines = file.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if not body or node.end_lineno is None or node.end_lineno - body[0].lineno < 25:
                    continue
                told = [line for line in lines[node.lineno : node.end_lineno] if "# In one piece" in line]
                assert told, f"{file.relative_to(ROOT)}: {node.name}"


def test_a_file_over_300_lines_is_the_one_that_has_to_be_one() -> None:
    """House rule; what is private of Streamlit stays together, so that an upgrade breaks in one place."""
    files = _files(*PACKAGES, "pages", "plotly_basic/streamlit_plotly_basic")
    long = [file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > 300]
    assert long == ["streamlit_private.py"]


def test_nothing_is_cached_by_streamlit_and_the_rest_is_known() -> None:
    """House rule: every cache has a bound, and goes with what it is of."""
    caching = {}
    for file in _files("dashboard", "pages"):
        text = file.read_text(encoding="utf-8")
        assert "st.cache_" not in text, file
        if re.search(r"^from functools import .*\bcache\b|lru_cache", text, re.MULTILINE):
            caching[file.relative_to(ROOT).as_posix()] = text
    said = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## What is kept")[2]
    assert sorted(caching) == sorted(CACHED.findall(said))


def test_docstrings_of_functions_begin_with_a_verb() -> None:
    """House rule, for properties, too: "Return …", where ruff's D401 allows a noun."""
    wrong = []
    for file in _files(*SPEAKING):
        text = file.read_text(encoding="utf-8")
        for found in DOCSTRING.finditer(text):
            if not VERB.fullmatch(found[1]) or NO_VERB.fullmatch(found[1]):
                line = text.count("\n", 0, found.start(1)) + 1
                wrong.append(f"{file.relative_to(ROOT)}:{line}: {found[1]}")
    assert not wrong, "\n".join(wrong)


def test_what_is_asked_of_the_service_enters_by_one_door() -> None:
    """Only these two files call the client, and what they get goes through data/rows.py."""
    calls = re.compile(r"\.(list_configurations|list_all_configurations|get_configuration)\(")
    callers = {
        file.relative_to(ROOT).as_posix()
        for file in _files("dashboard", "pages")
        if calls.search(file.read_text(encoding="utf-8"))
    }
    assert callers == {"dashboard/data/projects.py", "dashboard/data/loads.py"}
    for name in callers:
        assert "rows." in (ROOT / name).read_text(encoding="utf-8")


def test_the_picture_in_the_readme_has_the_rooms_that_there_are() -> None:
    picture = README.partition("## How it is built")[2].partition("```text")[2].partition("```")[0]
    drawn = set(re.findall(r"\b(dashboard/\w+|modelarts_api|modelarts_local)/", picture))
    there = {
        f"dashboard/{folder.name}"
        for folder in (ROOT / "dashboard").iterdir()
        if (folder / "__init__.py").exists()
    }
    assert drawn == there | {"modelarts_api", "modelarts_local"}
    lines = [set(re.findall(r"\bdashboard/(\w+)/", line)) for line in picture.splitlines()]
    downwards = [room for line in lines for room in sorted(line)]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [re.findall(r"\w+", layer) for layer in contracts["contracts"][0]["layers"]]
    height = {room: place for place, layer in enumerate(layers) for room in layer}
    assert downwards == sorted(downwards, key=lambda room: height[room])
