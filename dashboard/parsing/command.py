"""Read start commands by a shell's grammar, within bounds."""

from __future__ import annotations

import re

from dashboard.parsing.masks import filled, restored_words
from dashboard.parsing.quotes import NotReadError
from dashboard.parsing.shell_tree import read_script
from dashboard.parsing.syntax import Command, Unparsed, UnreadReason

MAX_LENGTH = 8192
"""Characters."""
MAX_OPERATORS = 500
"""Characters that may be operators, quoted or not. The grammar's recovery from errors takes time that grows
with the square of their number; whether a text has an error is only known behind that."""

_OPERATORS = re.compile(r"[|&;()<>\[\]{}`$\n]")


def parse_command(text: str) -> Command | Unparsed:
    """Return a start command as a shell reads it, or why it was not read. Never raises, whatever the text.

    A mask (`••• (secret key, 40 characters)`) is one plain word, or a part of one.
    """
    masked = filled(text)
    if masked is None:
        return _parse(text)
    read = _parse(masked.text)
    if isinstance(read, Unparsed):
        return Unparsed(text, read.reason, read.position)
    return Command(text, restored_words(read.script, masked))


def _parse(text: str) -> Command | Unparsed:
    if not text.strip(" \t\n"):
        return Unparsed(text, UnreadReason.EMPTY)
    if len(text) > MAX_LENGTH:
        return Unparsed(text, UnreadReason.TOO_LONG, MAX_LENGTH)
    if "\0" in text:
        return Unparsed(text, UnreadReason.NUL, text.index("\0"))
    if len(_OPERATORS.findall(text)) > MAX_OPERATORS:
        return Unparsed(text, UnreadReason.TOO_INTRICATE)
    try:
        script = read_script(text)
    except NotReadError as error:
        return Unparsed(text, error.reason, error.position)
    return Command(text, script) if script.pipelines else Unparsed(text, UnreadReason.EMPTY)
