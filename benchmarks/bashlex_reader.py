"""Read shell texts with bashlex: a process of its own, JSON in and out. Run by `benchmarks.shell_readers`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import bashlex  # type: ignore[import-not-found]  # installed in this process's own environment

Part = str | list[str]
"""The words of a command, or an operator."""


def read(text: str) -> list[Part] | None:
    """Return words and operators in a row, or None where bashlex refuses the text."""
    try:
        trees = bashlex.parse(text)
    except (bashlex.errors.ParsingError, NotImplementedError):
        return None
    row: list[Part] = []
    for number, tree in enumerate(trees):
        row += [";"] if number and row and isinstance(row[-1], list) else []
        row += flat(tree)
    return row


def flat(node: Any) -> list[Part]:
    """Return the words of a node's commands, and the operators between them."""
    if node.kind == "command":
        return [[part.word for part in node.parts if part.kind == "word"]]
    if node.kind in {"list", "pipeline"}:
        return [part for child in node.parts for part in flat(child)]
    if node.kind == "operator":
        return [";" if node.op == "\n" else node.op]
    return ["|"] if node.kind == "pipe" else [] if node.kind == "reservedword" else [node.kind]


def run(texts: Sequence[str], times: int) -> dict[str, Any] | None:
    """Read all texts several times; the fastest round counts."""
    best: dict[str, Any] | None = None
    for _ in range(times):
        readings, broke, total, longest = [], 0, 0.0, 0.0
        for text in texts:
            begin = time.process_time()
            try:
                readings.append(read(text))
            except Exception:  # noqa: BLE001 - a reader's faults are what is counted
                readings.append(None)
                broke += 1
            took = time.process_time() - begin
            total, longest = total + took, max(longest, took)
        each = total / max(len(texts), 1) * 1000
        if best is None or each < best["milliseconds"]:
            best = {"readings": readings, "milliseconds": each, "longest": longest * 1000, "broke": broke}
    return best


given = json.load(sys.stdin)
json.dump(run(given["texts"], given["times"]), sys.stdout)
