"""The journeys of docs/architecture.md lead through functions that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (\d+)(?:–(\d+))? \| (`[^|]*) \|", re.MULTILINE)


def defined() -> dict[str, set[str]]:
    """Return the functions, methods and classes of each module, by its path without the ending."""
    found = {}
    for package in ("dashboard", "modelarts_api"):
        for file in (ROOT / package).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found[file.relative_to(ROOT).with_suffix("").as_posix()] = set(_names(tree, ""))
    return found


def _names(node: ast.AST, inside: str) -> list[str]:
    names = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            names += [inside + child.name, *_names(child, f"{inside}{child.name}.")]
    return names


def journeys() -> dict[str, str]:
    """Return the text of each journey, by its heading."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    return {section.splitlines()[0]: section for section in sections if re.match(r"\d\. ", section)}


@pytest.mark.parametrize("journey", journeys())
def test_every_function_of_a_journey_is_where_it_is_said_to_be(journey: str) -> None:
    modules, missing = defined(), []
    for first, last, cell in ROW.findall(journeys()[journey]):
        words = re.findall(r"`([^`]+)`", cell)
        assert len(words) == int(last or first) - int(first) + 1, f"{first}: {cell}"
        missing += [word for word in words if not _is_there(word, modules)]
    assert missing == []


@pytest.mark.parametrize("journey", journeys())
def test_every_function_that_is_named_beside_a_journey_is_there(journey: str) -> None:
    prose = re.sub(r"^\|.*$", "", journeys()[journey].partition("\n")[2], flags=re.MULTILINE)
    modules = defined()
    words = [word for word in re.findall(r"`([^`]+)`", prose) if not word.startswith("tests/")]
    there = [word for word in words if _is_there(word, modules) or _is_module(word, modules)]
    assert words == there


def _is_module(word: str, modules: dict[str, set[str]]) -> bool:
    return "/" in word and any(f"/{path}".endswith(f"/{word}") for path in modules)


def _is_there(word: str, modules: dict[str, set[str]]) -> bool:
    """Whether there is such a thing: `ui/table.draw` in that module, `Facets.of` or `_row` in any."""
    place, slash, rest = word.rpartition("/")
    module, dot, name = rest.partition(".")
    if dot and module.islower():
        end = f"/{place}{slash}{module}"
        return any(name in names for path, names in modules.items() if f"/{path}".endswith(end))
    return any(f".{each}".endswith(f".{word}") for names in modules.values() for each in names)


def test_a_function_that_is_not_there_is_found() -> None:
    modules = defined()
    assert not _is_there("ui/table.nowhere", modules)
    assert not _is_there("Facets.nowhere", modules)
    assert not _is_there("_nowhere", modules)
