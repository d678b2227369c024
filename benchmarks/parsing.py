"""How much of a corpus the parsers read, how fast, and what else could read start commands.

    python -m benchmarks.parsing CORPUS.jsonl [--unread]

A corpus is a file of JSON Lines, ``{"kind": …, "text": …}``, of kind engine_version, image, command, or row
(a configuration as JSON, whose fields are taken as such). Commands are read beside bashlex, shlex and the
bare tree of tree-sitter, and compared with the rows of the tests, which were written by hand. These rows rank
the others: our own reader was mended until it got them all.
"""

import argparse
import json
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.report import Table
from benchmarks.shell_readers import OPERATORS, READERS, Reading, Run, bashlex, run
from dashboard.parsing import Command, parse_command, parse_engine_version, parse_image_reference
from tests.dashboard.parsing.command_rows import ROWS

FIELDS = {"engine_version": "engine_version", "user_image_url": "image", "user_command": "command"}
READ: Mapping[str, Callable[[str], object]] = {
    "engine_version": parse_engine_version,
    "image": parse_image_reference,
    "command": lambda text: read if isinstance(read := parse_command(text), Command) else None,
}
HOSTILE = (
    *("(", ")", "( ", "$(", "`", "{ ", "((", "[[ ", "${a:-", "a=(", "<<a ", "<<a\n", "<(", "x@(a|", "$["),
    *('"', "'", '"$(', "\\", "a;", "a|", "a && ", "a ", "! ", "if a; then ", "case a in ", "[a](b) "),
    *("eval ", "bash -c '", "\0", "é", "$x ", "--a=$x ", "> f ", "# "),
)
"""Repeated to 8,000 characters."""
COLUMNS = (
    *("reader", "read", "of those valid for bash", "read though invalid", "rows right", "wrong", "refused"),
    *("ms each", "hostile, ms at most", "broke off"),
)


def main() -> None:
    """Print all tables."""
    options = _options()
    corpus = corpus_of(options.corpus)
    print(_shares(corpus).markdown(), end="\n\n")
    print(_commands(corpus["command"]).markdown())
    if options.unread:
        for kind, read in READ.items():
            print(f"\nNot read, {kind}:", *(f"\n  {text}" for text in corpus[kind] if read(text) is None))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parsing", description=__doc__)
    parser.add_argument("corpus", type=Path, help="a file of JSON Lines, {kind, text}")
    parser.add_argument("--unread", action="store_true", help="list what is not read")
    return parser.parse_args()


def corpus_of(path: Path) -> dict[str, list[str]]:
    """Return the texts by kind, each once, in the order of the file."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines():
        for kind, text in _texts(json.loads(line)):
            found[kind][text] = None
    return {kind: list(found[kind]) for kind in READ}


def _texts(line: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if line["kind"] != "row":
        yield line["kind"], line["text"]
        return
    row = json.loads(line["text"])
    yield from ((kind, row[field]) for field, kind in FIELDS.items() if row.get(field))


def _shares(corpus: Mapping[str, Sequence[str]]) -> Table:
    table = Table("Share read, by kind", ["kind", "different texts", "read", "share", "ms each"])
    for kind, read in READ.items():
        result = run(lambda text, read=read: [] if read(text) is not None else None, corpus[kind])  # type: ignore[misc]
        count = sum(reading is not None for reading in result.readings)
        share = f"{count / max(len(corpus[kind]), 1):.1%}"
        table.add(kind, str(len(corpus[kind])), str(count), share, f"{result.milliseconds:.3f}")
    return table


def _commands(commands: Sequence[str]) -> Table:
    valid = [text for text in commands if _is_valid(text)]
    rows = [row for row in ROWS if all(isinstance(part, list) or part in OPERATORS for part in row.flat)]
    table = Table("Start commands, by reader", [*COLUMNS], note=_note(commands, valid, len(rows)))
    hostile = [(text * 8000)[:8000] for text in HOSTILE]
    for name, result in _results([*commands, *(row.text for row in rows)], hostile):
        of_corpus = dict(zip(commands, result[0].readings, strict=False))
        of_rows = result[0].readings[len(commands) :]
        read = [text for text in commands if of_corpus[text] is not None]
        right = sum(_same(reading, row.flat) for reading, row in zip(of_rows, rows, strict=True))
        refused = sum(reading is None for reading in of_rows)
        shares = [f"{len(read)}", f"{len(set(read) & set(valid))}", f"{len(set(read) - set(valid))}"]
        counts = [str(right), str(len(rows) - right - refused), str(refused)]
        times = [
            f"{result[0].milliseconds:.3f}",
            f"{result[1].longest:.0f}",
            str(result[0].broke + result[1].broke),
        ]
        table.add(name, *shares, *counts, *times)
    return table


def _note(commands: Sequence[str], valid: Sequence[str], rows: int) -> str:
    return (
        f"{len(commands)} different commands, {len(valid)} of them valid (`bash -n`); {rows} rows of the "
        f"tests without compound commands; {len(HOSTILE)} hostile texts of 8,000 characters. Milliseconds of "
        "processor time. Wrong: read, but not as a shell does. Broke off: with an error that is none of the "
        "reader's own."
    )


def _results(texts: Sequence[str], hostile: Sequence[str]) -> Iterator[tuple[str, tuple[Run, Run]]]:
    for name, reader in READERS.items():
        yield name, (run(reader, texts), run(reader, hostile, times=1))
    yield "bashlex 0.18", (bashlex(texts), bashlex(hostile, times=1))


def _same(reading: Reading, flat: Sequence[object]) -> bool:
    """Return whether words and operators are the same; a semicolon at the end makes no difference."""
    return reading is not None and _without_end(reading) == _without_end(flat)


def _without_end(row: Sequence[object]) -> list[object]:
    return list(row[:-1] if row[-1:] == [";"] else row)


def _is_valid(text: str) -> bool:
    command = ["bash", "--norc", "-n"]
    return (
        subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=30).returncode
        == 0
    )


if __name__ == "__main__":
    main()
