"""Whether a command has its shell print every line before it runs it, secrets that it was given included."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.parsing.mentions import assignments
from dashboard.parsing.programs import SHELLS, find_start, program_name, read_shell
from dashboard.parsing.syntax import Command, Excerpt, SimpleCommand


def traces_itself(command: Command) -> tuple[Excerpt, ...]:
    """Return the words that switch tracing on; empty where nothing does.

    ``bash -x``, ``sh -ex``, ``set -x``, ``set -euxo pipefail``, ``set -o xtrace``, ``SHELLOPTS=xtrace``.
    """
    spans = {span for one in command.commands() for span in _tracing_options(one)}
    options = [one for one in assignments(command) if one.name == "SHELLOPTS" and "xtrace" in one.value.value]
    spans |= {(one.start, one.end) for one in options}
    return tuple(Excerpt(command.text[start:end], start, end) for start, end in sorted(spans))


def _tracing_options(command: SimpleCommand) -> Iterator[tuple[int, int]]:
    words = command.words
    start = find_start(words)
    programs = start.wrappers if start.index is None else (*start.wrappers, start.index)
    for at in programs:
        if program_name(words[at]) in SHELLS | {"set"}:
            yield from ((words[one].start, words[last].end) for one, last in read_shell(words, at).tracing)
