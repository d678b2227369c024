"""Any text at all: nothing raises, positions hold, work is bounded; and a real shell reads the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.parsing import (
    MAX_LENGTH,
    MAX_OPERATORS,
    Command,
    Excerpt,
    SimpleCommand,
    Unparsed,
    UnreadReason,
    Word,
    activations,
    arguments,
    assignments,
    downloads_piped_to_shell,
    goes_through_run_train,
    home_work_paths,
    http_urls,
    installs,
    moxing_copies,
    normalised,
    parse_command,
    placeholders,
    started_programs,
    traces_itself,
)
from dashboard.parsing.shell_tree import ScriptReader
from dashboard.parsing.syntax import all_words
from tests.dashboard.parsing.command_rows import ROWS, Row
from tests.dashboard.parsing.shell_texts import NAMES, NOISE, PLAIN, SCRIPTS, WORDS, Drawn, structure

BASH = ("bash", "--norc", "--noprofile")
SURROGATES = st.text(st.characters(categories=["Cs", "Cc", "Zs", "Lo", "Po"]))


def excerpts(command: Command) -> Iterator[Excerpt]:
    """Yield everything that is said to stand somewhere in a command."""
    for facts in (
        traces_itself,
        downloads_piped_to_shell,
        http_urls,
        home_work_paths,
        moxing_copies,
        placeholders,
    ):
        yield from facts(command)
    yield from (one.excerpt for one in activations(command))
    for install in installs(command):
        yield install.excerpt
        yield from (package.excerpt for package in install.packages)
    for program in started_programs(command):
        for argument in (*program.arguments, *program.launcher_arguments):
            yield Excerpt("", argument.start, argument.end)
            yield from (value.excerpt() for value in argument.values)
    for assignment in assignments(command):
        yield Excerpt("", assignment.start, assignment.end)
        yield assignment.value.excerpt()


def words(command: Command) -> Iterator[Word]:
    for one in command.commands():
        yield from all_words(one)


def check_positions(command: Command) -> None:
    length = len(command.text)
    for one in command.commands():
        assert 0 <= one.start <= one.end <= length
        assert all(0 <= redirect.start < redirect.end <= length for redirect in one.redirects)
    for word in words(command):
        assert 0 <= word.start <= word.end <= length
        assert word.places is None or len(word.places) == len(word.value)
        assert all(word.start <= place < word.end for place in word.places or ())
        if word.places is None:
            assert command.text[word.start : word.end] == word.value
        assert all(0 <= one.start < one.end <= length for one in word.substitutions)
    assert all(0 <= one.start <= one.end <= length for one in excerpts(command))


@given(st.one_of(st.text(), SURROGATES, NOISE))
@example("a" * 10_000)
@example("'" * 10_000)
@example("\ud800 '\udfff' \x0b\r\n\u3000")
@example("bash -c '" * 400)
def test_any_text_is_read_or_refused_and_every_position_lies_inside(text: str) -> None:
    command = parse_command(text)
    if isinstance(command, Unparsed):
        assert command.text == text
        assert command.position is None or 0 <= command.position <= len(text)
        return
    check_positions(command)
    assert goes_through_run_train(command) in {True, False, None}
    assert len(arguments(command)) <= sum(len(one.words) for one in command.commands())
    assert normalised(command) == normalised(command)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:50])
def test_every_position_of_a_known_command_lies_inside(row: Row) -> None:
    command = parse_command(row.text)
    assert isinstance(command, Command)
    check_positions(command)


@given(SCRIPTS)
def test_a_script_has_the_structure_that_it_was_built_with(drawn: Drawn) -> None:
    text, expected = drawn
    command = parse_command(text)
    assert isinstance(command, Command), command
    assert structure(command.script) == expected


@given(st.lists(WORDS, max_size=5))
@example([("$'\\x41\\u00e9\\n\\''\"$\"z", "Aé\n'$z")])
@example([("a\\\nb", "ab"), ("\u3000\x0b", "\u3000\x0b"), ('"\\a\\"\\\n"', '\\a"')])
def test_words_are_those_that_bash_hands_to_a_program(drawn: list[tuple[str, str]]) -> None:
    text = " ".join(["p", *(source for source, _ in drawn)])
    command = parse_command(text)
    assert isinstance(command, Command), command
    (simple,) = command.commands()
    values = [word.value for word in simple.words[1:]]
    script = f'p() {{ for w in "$@"; do printf "%s\\0" "$w"; done; }}; set -f; {text}'
    done = subprocess.run(
        [*BASH, "-c", script], capture_output=True, check=True, timeout=60, env={"LC_ALL": "C.UTF-8"}
    )
    assert values == done.stdout.decode().split("\0")[:-1] == [value for _, value in drawn]


@given(NOISE)
def test_what_is_read_is_valid_for_bash(text: str) -> None:
    if isinstance(parse_command(text), Command):
        done = subprocess.run(
            [*BASH, "-n"], input=text.encode(), capture_output=True, check=False, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, b"")


@given(st.lists(st.one_of(PLAIN, PLAIN.map(lambda text: f"--{text}=1"), st.just("{p}")), max_size=6), NAMES)
def test_plain_words_are_read_alike_with_and_without_the_grammar(rest: list[str], name: str) -> None:
    text = " ".join([name, *rest])
    assert ScriptReader(text, None, 0).read() == ScriptReader(text, None, 0).by_grammar()


@given(st.permutations(["--a=1", "--b 2 3", "--c", "-d 4", "--e 'f g'"]))
def test_options_of_a_python_program_may_stand_in_any_order(options: list[str]) -> None:
    first, other = (
        parse_command("python t.py --a=1 --b 2 3 --c -d 4 --e 'f g'"),
        parse_command(f"python t.py {' '.join(options)}"),
    )
    assert isinstance(first, Command)
    assert isinstance(other, Command)
    assert normalised(first) == normalised(other)


def test_bounds_of_length_and_operators_are_exact() -> None:
    fits = "a " + "b" * (MAX_LENGTH - 2)
    assert isinstance(parse_command(fits), Command)
    assert parse_command(fits + "b") == Unparsed(fits + "b", UnreadReason.TOO_LONG, MAX_LENGTH)
    assert isinstance(parse_command("a;" * MAX_OPERATORS), Command)
    assert parse_command("a;" * (MAX_OPERATORS + 1)).reason is UnreadReason.TOO_INTRICATE  # type: ignore[union-attr]


def calls(work: Callable[[], object]) -> int:
    """Return how many functions are called, Python's own included: a measure of work that no clock is in."""
    count = 0

    def tell(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(tell)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


PATTERNS = {
    "words": "a ",
    "options": "--a=b ",
    "quotes": "'a' ",
    "commands": "a; ",
    "pipes": "a | ",
    "expansions": '"$a" ',
    "substitutions": "$(a) ",
    "nested shells": "bash -c 'a'; ",
    "evaluations": "eval a; ",
    "wrappers": "env ",
    "downloads": "curl a | sh; ",
    "installs": "pip install a; ",
    "brackets": "[a] ",
    "errors": "a) ",
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
def test_work_grows_no_faster_than_the_text(pattern: str) -> None:
    def work(times: int) -> int:
        text = f"python {pattern * times}b"

        def read() -> None:
            command = parse_command(text)
            if isinstance(command, Command):
                list(excerpts(command))
                normalised(command)

        return calls(read)

    assert work(80) <= 4.4 * work(20)


def test_a_program_is_found_behind_each_simple_command() -> None:
    command = parse_command("a; b | c && (d)")
    assert isinstance(command, Command)
    assert all(isinstance(one, SimpleCommand) for one in command.commands())
    assert [one.words[0].value for one in command.commands()] == ["a", "b", "c", "d"]
