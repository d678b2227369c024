"""Secrets told by the program that takes them: `docker login -p`, `sshpass -p`, `mysql -p…`, `curl -u`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.names import Evidence
from dashboard.parsing.secrets.programs import LOGINS, READERS, WRITERS, Glue, Login
from dashboard.parsing.secrets.values import MAX_JUDGED, counts
from dashboard.parsing.secrets.words import CommandWords, PlacedWord, commands

# A program stands among the first words that could be one (`sudo docker …`); its subcommand soon behind it.
MAX_PROGRAMS: Final = 4
_SUBCOMMAND_WORDS: Final = 4

# requests.get(…, auth=("user", "password"))
_BASIC_AUTH: Final = re.compile(
    r"[aA]uth(?:\s{0,4}=\s{0,4})?\(\s{0,4}(?P<quote>\\{0,4}[\"'])[^\"'\\\n]{1,64}(?P=quote)\s{0,4},\s{0,4}"
    r"(?P=quote)(?P<password>(?:(?!(?P=quote))[^\n]){1,256})(?P=quote)"
)
_INPUT_LINE: Final = re.compile(r"(?:[^\n\\]|\\(?!n))++")
_SLASHED: Final = re.compile(r"[\w.$#-]{1,64}/(?!/)([^/\s\"']++)")


def login_secrets(text: str) -> Iterator[Secret]:
    """Yield the secrets in options, in arguments and on the standard input of programs that take them."""
    for found in _BASIC_AUTH.finditer(text):
        yield from _secret(text, *found.span("password"), Kind.PASSWORD)
    for command in commands(text):
        programs = 0
        for number, word in enumerate(command.words):
            program = _program(word)
            if program not in PROGRAMS:
                continue
            arguments = command.words[number + 1 :]
            for login in LOGINS.get(program, ()):
                yield from _in_options(text, login, arguments)
            if program in _IN_ARGUMENTS:
                yield from _IN_ARGUMENTS[program](text, arguments)
            if program in READERS:
                yield from _on_input(text, command, program, arguments)
            programs += 1
            if programs == MAX_PROGRAMS:
                break


def _program(word: PlacedWord) -> str:
    return word.text[-64:].rpartition("/")[2].lower().removesuffix(".exe")


def _in_options(text: str, login: Login, arguments: Sequence[PlacedWord]) -> Iterator[Secret]:
    if (
        login.subcommands.isdisjoint(word.text for word in arguments[:_SUBCOMMAND_WORDS])
        and login.subcommands
    ):
        return
    for number, word in enumerate(arguments):
        before = arguments[number - 1].text if number else ""
        if login.leading and not word.text.startswith("-") and before not in login.options:
            return
        for option, kind in login.options.items():
            place = _value(word, option, login.glue, arguments[number + 1 : number + 2])
            if place is not None:
                yield from _secret(text, *place, kind, behind=login.behind, evidence=login.evidence)


def _value(
    word: PlacedWord, option: str, glue: Glue, following: Sequence[PlacedWord]
) -> tuple[int, int] | None:
    """Return where the value of an option stands: in the next word, behind `=`, or in the same word."""
    if word.text == option or _is_cluster(word.text, option, glue):
        if glue is Glue.ONLY or not following:
            return None
        return following[0].start, following[0].end
    if not word.text.startswith(option):
        return None
    if word.text.startswith("=", len(option)):
        return word.start + len(option) + 1, word.end
    if glue is Glue.NEVER or option.startswith("--"):
        return None
    return word.start + len(option), word.end


def _is_cluster(text: str, option: str, glue: Glue) -> bool:
    """Return whether a word is several short options in one, the last of which is `option`: `-sSu`."""
    letters = text[1:-1]
    one = glue is Glue.ALSO and len(option) == 2 and 0 < len(letters) < 6
    return one and text[0] == "-" and text[-1] == option[-1] and letters.isalpha()


def _secret(
    text: str, start: int, end: int, kind: Kind, *, behind: str = "", evidence: Evidence = Evidence.ANY
) -> Iterator[Secret]:
    """Yield the secret in a value, without the quotes around it, if it is one."""
    if end - start >= 2 and text[start] in {"'", '"'} and text[end - 1] == text[start]:
        start, end = start + 1, end - 1
    if behind:
        mark = text.find(behind, start, end)
        if mark < 0:
            return
        start = mark + len(behind)
    literal = text[start - 1 : start] == "'"
    if counts(text[start : min(end, start + MAX_JUDGED)], evidence, literal=literal):
        yield Secret(start, end, kind)


def _on_input(
    text: str, command: CommandWords, program: str, arguments: Sequence[PlacedWord]
) -> Iterator[Secret]:
    """Yield what a program that reads a secret is given through a pipe from `echo`, or in a here-string."""
    sign = READERS[program]
    if sign and all(word.text != sign for word in arguments):
        return
    given = command.here
    writer = command.fed_by.words if command.fed_by else []
    if given is None and any(_program(word) in WRITERS for word in writer[:-1][:MAX_PROGRAMS]):
        given = writer[-1]
    if given is None:
        return
    kind = Kind.TOKEN if sign in {"login", "--with-token"} else Kind.PASSWORD
    lines = list(_INPUT_LINE.finditer(text, given.start, given.end))
    for line in lines if program == "chpasswd" else lines[-1:]:
        yield from _secret(text, *line.span(), kind, behind=":" if program == "chpasswd" else "")


def _keys_behind_address(text: str, arguments: Sequence[PlacedWord]) -> Iterator[Secret]:
    """Yield the keys of MinIO's `mc alias set NAME ADDRESS ACCESS_KEY SECRET_KEY`."""
    if {"set", "add"}.isdisjoint(word.text for word in arguments[:_SUBCOMMAND_WORDS]):
        return
    address = next((number for number, word in enumerate(arguments) if "://" in word.text), None)
    if address is not None:
        for word, kind in zip(arguments[address + 1 :], (Kind.ACCESS_KEY, Kind.SECRET_KEY), strict=False):
            evidence = Evidence.CREDIBLE if kind is Kind.ACCESS_KEY else Evidence.ANY
            yield from _secret(text, word.start, word.end, kind, evidence=evidence)


def _key_of_login(text: str, arguments: Sequence[PlacedWord], kind: Kind = Kind.API_KEY) -> Iterator[Secret]:
    """Yield the key of `wandb login KEY`."""
    if arguments and arguments[0].text == "login":
        for word in arguments[1:]:
            yield from _secret(text, word.start, word.end, kind, evidence=Evidence.GENERATED)


def _token_of_login(text: str, arguments: Sequence[PlacedWord]) -> Iterator[Secret]:
    """Yield the token of `vault login TOKEN`."""
    return _key_of_login(text, arguments, Kind.TOKEN)


def _behind_slash(text: str, arguments: Sequence[PlacedWord]) -> Iterator[Secret]:
    """Yield the password of Oracle's `sqlplus USER/PASSWORD@DATABASE`."""
    for word in arguments:
        if slashed := _SLASHED.match(text, word.start, word.end):
            end = text.rfind("@", *slashed.span(1))
            yield from _secret(text, slashed.start(1), end, Kind.PASSWORD)


def _last_of_user(text: str, arguments: Sequence[PlacedWord]) -> Iterator[Secret]:
    """Yield the password of `rabbitmqctl add_user USER PASSWORD`, `htpasswd -b FILE USER PASSWORD`."""
    if not arguments or len(arguments) < 3:
        return
    if arguments[0].text in {"add_user", "change_password"} or _is_cluster(
        arguments[0].text + "b", "-b", Glue.ALSO
    ):
        yield from _secret(text, arguments[-1].start, arguments[-1].end, Kind.PASSWORD)


_IN_ARGUMENTS: Final[dict[str, Callable[[str, Sequence[PlacedWord]], Iterator[Secret]]]] = {
    **dict.fromkeys(("mc", "mcli"), _keys_behind_address),
    "wandb": _key_of_login,
    "vault": _token_of_login,
    **dict.fromkeys(("sqlplus", "expdp", "impdp", "rman"), _behind_slash),
    **dict.fromkeys(("rabbitmqctl", "htpasswd"), _last_of_user),
}
PROGRAMS: Final = LOGINS.keys() | _IN_ARGUMENTS.keys() | READERS.keys()
