"""What checks read of a configuration: its texts, and what they say, each different text read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeVar

from dashboard.audit.outcome import CannotAssessError, Span
from dashboard.data.record import COMMAND, IMAGE, VERSION
from dashboard.parsing import (
    Command,
    EngineVersion,
    Excerpt,
    ImageReference,
    Unparsed,
    goes_through_run_train,
    normalised,
    parse_command,
    parse_engine_version,
    parse_image_reference,
)
from dashboard.parsing.secrets.found import SecretFound

T = TypeVar("T")
MAX_EXCERPT: Final = 120
"""Characters of an offending text that a message repeats."""


@dataclass(frozen=True, slots=True)
class Started:
    """What is kept of a command that was read: it is asked for with every image that it goes with.

    `through` says whether it goes through run_train.sh, None where that cannot be seen. `normal` is its
    normal form.
    """

    through: bool | None
    normal: str


@dataclass(frozen=True)
class Readings:
    """What texts have been read to be, each once. Of commands, which are large, the last few stay."""

    commands: dict[str, Command] = field(default_factory=dict)
    started: dict[str, Started | Unparsed] = field(default_factory=dict)
    images: dict[str, ImageReference | None] = field(default_factory=dict)
    engines: dict[str, EngineVersion | None] = field(default_factory=dict)

    def command(self, text: str) -> Command | Unparsed:
        """Return a command, read."""
        known = self.commands.get(text) or self.started.get(text)
        if isinstance(known, Command | Unparsed):
            return known
        read = parse_command(text)
        if isinstance(read, Unparsed):
            self.started[text] = read
            return read
        if len(self.commands) >= MAX_COMMANDS:
            self.commands.clear()
        self.commands[text] = read
        self.started[text] = Started(goes_through_run_train(read), normalised(read))
        return read

    def is_full(self) -> bool:
        """Return whether so much was read that it is better forgotten than kept for another audit."""
        return len(self.started) + len(self.images) + len(self.engines) > MAX_READ


class Facts:
    """What one record says. Reading what is not as documented raises CannotAssessError with the reason."""

    def __init__(
        self,
        record: Mapping[str, object],
        secrets: Sequence[SecretFound] = (),
        readings: Readings | None = None,
    ) -> None:
        self.record, self.secrets = record, secrets
        self.readings = readings or Readings()

    def text(self, name: str) -> str:
        """Return a field's text as it is; "" where it is missing or blank."""
        value = self.record.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise CannotAssessError(f"{name} is no text")
        return "" if not value or value.isspace() else value

    def number(self, name: str) -> int | None:
        """Return a field's whole number, also where it is written as a text; None where it is missing."""
        value = self.record.get(name)
        if type(value) is int:
            return value
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS:
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        raise CannotAssessError(f"{name} is no whole number")

    def objects(self, name: str) -> tuple[Mapping[str, object], ...]:
        """Return the objects of an array; () where it is missing."""
        value = self.record.get(name)
        if value is None:
            return ()
        if not isinstance(value, Sequence) or isinstance(value, str) or not all(map(_is_object, value)):
            raise CannotAssessError(f"{name} is no array of objects")
        return tuple(value)

    @cached_property
    def command(self) -> Command | None:
        """Return the start command, read; None where there is none."""
        text = self.text(COMMAND)
        return _or_reason(self.readings.command(text)) if text else None

    @cached_property
    def started(self) -> Started | None:
        """Return what is kept of the start command; None where there is none."""
        text = self.text(COMMAND)
        if not text:
            return None
        known = self.readings.started.get(text)
        if known is None:
            self.readings.command(text)
            known = self.readings.started[text]
        return _or_reason(known)

    def command_with(self, words: Iterable[str]) -> Command | None:
        """Return the start command, read, if one of these words can be in it; None where none can.

        What a shell reads as a word is in the text, but for quotes and backslashes within it.
        """
        command = self.command
        if command is None:
            return None
        text = command.text.translate(_UNQUOTED)
        return command if "$" in text or any(word in text for word in words) else None

    @cached_property
    def image(self) -> ImageReference | None:
        """Return the custom image's reference; None where there is none."""
        text = self.text(IMAGE)
        read = _read(self.readings.images, text, parse_image_reference) if text else None
        if text and read is None:
            raise CannotAssessError("the image's address is no image reference")
        return read

    @cached_property
    def engine(self) -> EngineVersion:
        """Return the engine version, read; to a configuration without one no check of it applies."""
        text = self.text(VERSION)
        if not text:
            raise CannotAssessError("no engine version is given")
        read = _read(self.readings.engines, text, parse_engine_version)
        if read is None:
            raise CannotAssessError("the engine version cannot be read")
        return read


MAX_DIGITS: Final = 18
MAX_COMMANDS: Final = 4_096
MAX_READ: Final = 400_000
MAX_LISTED: Final = 4


_UNQUOTED: Final = str.maketrans("", "", "'\"\\\n")


def _or_reason(read: T | Unparsed) -> T:
    if isinstance(read, Unparsed):
        raise CannotAssessError(str(read.reason))
    return read


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)


def _read(known: dict[str, T], text: str, read: Callable[[str], T]) -> T:
    if text not in known:
        known[text] = read(text)
    return known[text]


def shown(text: str) -> str:
    """Return an offending text as a message repeats it: in quotes, on one line, shortened where it is
    long."""
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= MAX_EXCERPT else flat[: MAX_EXCERPT - 1] + '…'}”"


def spans_of(name: str, excerpts: Sequence[Excerpt]) -> tuple[Span, ...]:
    """Return the places of excerpts in a field."""
    return tuple(Span(name, one.start, one.end) for one in excerpts)


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence; of more than four the first three and how many more there are."""
    given = list(words)
    if len(given) > MAX_LISTED:
        given = [*given[: MAX_LISTED - 1], f"{len(given) - MAX_LISTED + 1:,} more"]
    return " and ".join(filter(None, [", ".join(given[:-1]), *given[-1:]]))
