"""Start commands, row by row: words, structure, and every fact that is read from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.parsing import (
    Command,
    CompoundCommand,
    Script,
    Unparsed,
    UnreadReason,
    activations,
    arguments,
    assignments,
    downloads_piped_to_shell,
    goes_through_run_train,
    home_work_paths,
    http_urls,
    installs,
    moxing_copies,
    parse_command,
    placeholders,
    started_program,
    traces_itself,
)
from tests.dashboard.parsing.command_rows import ROWS, UNREAD, Row


def read(text: str) -> Command:
    command = parse_command(text)
    assert isinstance(command, Command), command
    return command


def flat(script: Script) -> Iterator[Any]:
    for pipeline in script.pipelines:
        for number, command in enumerate(pipeline.commands):
            if number:
                yield "|"
            yield (
                command.kind
                if isinstance(command, CompoundCommand)
                else [word.value for word in command.words]
            )
        if pipeline.operator:
            yield pipeline.operator


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:50])
def test_a_command_is_read_as_a_shell_reads_it(row: Row) -> None:
    assert list(flat(read(row.text).script)) == row.flat


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:50])
def test_the_program_that_a_command_is_there_for_and_its_arguments(row: Row) -> None:
    command = read(row.text)
    program = started_program(command)
    assert (None if program is None else program.name) == row.program
    given = [(one.name, [word.value for word in one.values]) for one in arguments(command)]
    assert given == row.arguments


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:50])
def test_whether_a_command_goes_through_run_train(row: Row) -> None:
    assert goes_through_run_train(read(row.text)) is row.run_train


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:50])
def test_what_is_risky_in_a_command(row: Row) -> None:
    command = read(row.text)
    assert [one.text for one in traces_itself(command)] == row.traces
    assert [one.text for one in downloads_piped_to_shell(command)] == row.downloads
    assert [one.text for one in http_urls(command)] == row.http
    installed = [
        (
            one.manager,
            [(package.text, package.pinned) for package in one.packages],
            list(one.requirement_files),
        )
        for one in installs(command)
    ]
    assert installed == row.installs


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:50])
def test_what_a_command_needs_around_it(row: Row) -> None:
    command = read(row.text)
    assert [(one.kind, one.environment) for one in activations(command)] == row.environments
    assert [one.text for one in moxing_copies(command)] == row.moxing
    assert [one.text for one in home_work_paths(command)] == row.home_work
    assert [one.text for one in placeholders(command)] == row.placeholders
    assert [(one.name, one.value.value) for one in assignments(command)] == row.assigned


@pytest.mark.parametrize(("text", "reason"), UNREAD, ids=lambda value: str(value)[:30])
def test_what_cannot_be_read_says_why(text: str, reason: UnreadReason) -> None:
    unparsed = parse_command(text)
    assert isinstance(unparsed, Unparsed)
    assert unparsed.reason is reason
    assert unparsed.position is None or 0 <= unparsed.position <= len(text)
