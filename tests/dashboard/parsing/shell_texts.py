"""Draw shell texts for property tests: scripts with their structure, words with their value, and noise."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from dashboard.parsing import CompoundCommand, Script

PLAIN = st.from_regex(r"[a-z0-9_./:@%+-]{1,8}", fullmatch=True)
NAMES = st.from_regex(r"p[a-z0-9_./-]{0,8}", fullmatch=True)
QUOTABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


def _single(text: str) -> tuple[str, str]:
    text = text.replace("'", "")
    return f"'{text}'", text


def _double(text: str) -> tuple[str, str]:
    quoted = "".join(f"\\{one}" if one in '"\\$`' else one for one in text)
    return f'"{quoted}"', text


def _escaped(text: str) -> tuple[str, str]:
    text = "".join(one for one in text if one.isprintable() and one != " ")
    return "x" + "".join(f"\\{one}" for one in text), f"x{text}"


def _joined(parts: list[tuple[str, str]]) -> tuple[str, str]:
    return "".join(source for source, _ in parts), "".join(value for _, value in parts)


WORD_PARTS = st.one_of(
    PLAIN.map(lambda text: (text, text)),
    QUOTABLE.map(_single),
    QUOTABLE.map(_double),
    QUOTABLE.map(_escaped),
)
WORDS = st.lists(WORD_PARTS, min_size=1, max_size=3).map(_joined)
"""(as written, as the program gets it)"""

Drawn = tuple[str, list[Any]]
"""A script as written, and its structure as `structure` returns it."""


def _simple(drawn: tuple[str, list[tuple[str, str]], str]) -> Drawn:
    name, words, redirect = drawn
    return " ".join([name, *(source for source, _ in words)]) + redirect, [
        name,
        *(value for _, value in words),
    ]


SIMPLE = st.tuples(
    NAMES, st.lists(WORDS, max_size=3), st.sampled_from(["", " > f", " 2>&1", " >> 'f g'"])
).map(_simple)


def _compound(scripts: tuple[Drawn, Drawn, int]) -> Drawn:
    (one, first), (other, second), form = scripts
    forms: list[Drawn] = [
        (f"( {one}\n)", ["(", first]),
        (f"{{ {one}\n}}", ["{", first]),
        (f"if {one}\nthen {other}\nfi", ["if", first, second]),
        (f"while {one}\ndo {other}\ndone", ["while", first, second]),
        (f"for i in a b; do {one}\ndone", ["for", first]),
    ]
    return forms[form]


def _scripts(commands: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    operators = st.sampled_from(["|", "&&", "||", ";", "&", "\n"])
    return st.lists(st.tuples(commands, operators), min_size=1, max_size=4).map(_script)


def _script(parts: list[tuple[Drawn, str]]) -> Drawn:
    """Join commands by operators; a line's end is as good as a semicolon, and none stands behind the last."""
    text = " ".join(f"{source} {operator}" for (source, _), operator in parts)[: -len(parts[-1][1]) - 1]
    flat: list[Any] = []
    for (_, command), operator in parts:
        flat += [command, ";" if operator == "\n" else operator]
    return text, flat[:-1]


SCRIPTS: st.SearchStrategy[Drawn] = st.recursive(
    _scripts(SIMPLE),
    lambda inner: _scripts(
        st.one_of(SIMPLE, st.tuples(inner, inner, st.integers(0, 4)).map(_compound)),
    ),
    max_leaves=4,
)


def structure(script: Script) -> list[Any]:
    """Return words and operators in a row, scripts within scripts as lists, and no operator at the end."""
    flat: list[Any] = []
    for pipeline in script.pipelines:
        for command in pipeline.commands:
            if isinstance(command, CompoundCommand):
                flat.append([command.kind, *(structure(one) for one in command.scripts)])
            else:
                flat.append([word.value for word in command.words])
            flat.append("|")
        flat[-1] = pipeline.operator
    return flat[:-1]


_NOISE = (
    "a b -x --lr=1 'qr' \"s$V\" $V ${V:-x} $(c) `e` | && || ; & > f 2>&1 < >> ( ) { } if then fi for in do "
    "done while case esac ;; A=1 export # ! * [x] {p} {1..3} \\ ' \" $ [[ ]] [ <<< <(g) $((1+2)) = é time "
    "eval bash -c set curl pip install python -m env sudo run_train.sh http://x /home/work s3://b --"
)
NOISE = st.lists(
    st.tuples(
        st.sampled_from([*_NOISE.split(), "\\\n", "\n", "<<E\nx\nE\n"]), st.sampled_from([" ", "", "\n"])
    ),
    max_size=12,
).map(lambda parts: "".join(part + gap for part, gap in parts))
"""What looks like a shell's text, most of it invalid."""
