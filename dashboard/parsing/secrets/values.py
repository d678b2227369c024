"""What a value looks like: a variable, a placeholder, a path, or something that could be a secret."""

from __future__ import annotations

import re
from typing import Final

from dashboard.parsing.secrets.names import Evidence, meaning_of, words_of

# A value is judged by its beginning: as much as is needed to tell, whatever its length.
MAX_JUDGED: Final = 128
MIN_LENGTH: Final = 3
# Longer ones are not taken for words that stand for a secret.
_MAX_PLACEHOLDER: Final = 64

# The second $ of Pa$$word begins no variable; that of a Makefile's $$NAME does.
_SUBSTITUTION: Final = re.compile(
    r"\$\{[^}]*+\}?|\$\([^)]*+\)?|(?<![A-Za-z0-9@!]\$)\$\w++|\$[@*#?!]|`[^`]*+`?|\{\{.*"
    r"|%\(\w++\)[sd]|%(?:[A-Z_]{2,}|[a-z_]{2,})\d*+%|\{[\w.\[\]'\"]*+\}"
)
_ONE_REFERENCE: Final = re.compile(
    r"\$\{[^}]*+\}|\$\([^)]*+\)|\$\w++|`[^`]*+`|\$?\{\{.*\}\}|%\w++%|!\w++!|%[sdr]"
)
_POINTER: Final = re.compile(
    r"(?:env|file|vault|ssm|arn|secret|secretsmanager|keyring|op|sops|stdin):|@[\w./~-]+$|os\.(?:environ|getenv)"
    r"|\.\*|\{\{|\[\^"
)
# Looked for in small letters.
_FILLERS: Final = (
    *("xxxx", "****", "placeholder", "redacted", "example", "dummy"),
    *("替换", "填写", "你的", "您的", "自己的"),
)
_BEGINNINGS: Final = ("•••", "***", "...", "…", "###", "请")
_ENDS: Final = ("***", "...", "…", "###", "__")
_INSIDE: Final = r"[^\W\d_][\w .:/|#'-]*"
_BRACKETED: Final = re.compile(
    rf"<{_INSIDE}>|\[{_INSIDE}\]|\{{{_INSIDE}\}}|\({_INSIDE}\)|%\w+%|!\w+!|__\w+__|@@?\w+@@|%[sdr]"
)
# What placeholders and constants are made of: my-secret-key-here, REPLACE_ME, access_key, None.
_VOCABULARY: Final = frozenset(
    words_of(
        "none null nil true false yes no on off default auto empty undefined nan optional required prompt"
    )
    + words_of("ask stdin basic bearer digest todo fixme tbd na hidden masked removed x xx xxx string of is")
    + words_of("your my the a an this insert replace me with put enter fill change add here secret key token")
    + words_of(
        "password passwd pass access api ak sk user username name login iam id hf wandb auth oauth obs aws"
    )
)
_SECRETS: Final = frozenset({"token", "key", "secret", "password", "passwd", "pass", "ak", "sk"})
_EXTENSION: Final = re.compile(
    r"\.(?:txt|json|jsonl|ya?ml|pem|key|crt|cer|cfg|conf|ini|env|bin|tar|t?gz|zip|pth?|ckpt|csv|tsv|py|sh|p12|jks"
    r"|pub|h5|onnx|toml|xml|log|md|npy|npz|pkl|parquet|mindir|model|vocab)$",
    re.IGNORECASE,
)
_PATH: Final = re.compile(r"(?:(?:~[\w.-]{0,32}|\.{1,2})?/|[A-Za-z]:[\\/])[\w./\\~ @+,:{}$*?=-]*")
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://")
_NAME_PIECE: Final = re.compile(r"[A-Za-z]*\d{0,3}|[vV]?\d+")
_PART: Final = r"(?:(?:[A-Z]?[a-z]+|[A-Z]+)\d{0,3}|v?\d{1,4})"
_RELATIVE_PATH: Final = re.compile(rf"{_PART}(?:[._-]{_PART})*+(?:/{_PART}(?:[._-]{_PART})*+)++/?")
_TOKEN: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_PIECE: Final = re.compile(r"[A-Za-z0-9]+")
_HEX: Final = re.compile(r"[0-9a-f]{16,}|[0-9A-F]{16,}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ACCESS_KEY: Final = re.compile(r"[A-Z0-9]{16,24}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{38,}={0,2}")
_EXPRESSION: Final = re.compile(r"(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*|[A-Z]+(?:_[A-Z]+)+")
_DIGEST: Final = re.compile(r"(?:sha(?:1|224|256|384|512)|md5)[:-][0-9a-f]{16,}", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+-]?[\d_]*\.?\d*(?:[eE][+-]?\d+)?%?")


def counts(value: str, evidence: Evidence, name: str = "", *, literal: bool = False) -> bool:
    """Return whether a value is a secret, given how much evidence it owes.

    `literal`: no shell would replace a `$VARIABLE` in it.
    """
    head = value[:MAX_JUDGED]
    if len(head) < MIN_LENGTH or is_reference(head, literal=literal) or is_placeholder(head, name):
        return False
    if _URL.match(head) or _DIGEST.match(head) or is_path(head):
        return False
    return _OWED[evidence](head)


def is_reference(head: str, *, literal: bool = False) -> bool:
    """Return whether a value only points to the secret: `$TOKEN`, `$(cat f)`, `{{ token }}`, `env:TOKEN`."""
    if _POINTER.match(head) or _ONE_REFERENCE.fullmatch(head):
        return True
    if literal:
        return False
    rest, replaced = _SUBSTITUTION.subn("", head.replace("\\$", ""))
    return replaced > 0 and not is_credible(rest)


def is_placeholder(head: str, name: str = "") -> bool:
    """Return whether a value stands for a secret that somebody is to fill in, or repeats its name."""
    if any(map(head.lower().__contains__, _FILLERS)) or head.startswith(_BEGINNINGS) or head.endswith(_ENDS):
        return True
    if _BRACKETED.fullmatch(head) or not any(map(str.isalnum, head)):
        return True
    if len(set(head)) < 3 and not head.isdigit():
        return True
    return _is_named(head) or _is_worded(head, name)


def _is_named(head: str) -> bool:
    """Return whether a value is the name of a secret in a program: `self.secret_key`, `API_KEY`."""
    return _EXPRESSION.fullmatch(head) is not None and meaning_of(head.rpartition(".")[2]) is not None


def _is_worded(head: str, name: str) -> bool:
    """Return whether a value is made of the words that placeholders are made of, or repeats its name."""
    if len(head) > _MAX_PLACEHOLDER or any(map(str.isdigit, head)):
        return False
    words = words_of(head)
    if head.isupper() and "_" in head and not _SECRETS.isdisjoint(words):
        return True  # TOKEN_WITHOUT_PERMISSION
    if set(words) <= _VOCABULARY and words != ["secret"]:
        return True
    if "your" in words and (not head.isalpha() or min(map(len, words)) > 2):
        return True
    return "".join(words) == "".join(words_of(name))


def is_path(head: str) -> bool:
    """Return whether a value is a path or a file's name. Base 64 has slashes too, but no words between."""
    if _EXTENSION.search(head):
        return True
    if not _PATH.fullmatch(head):
        return bool(_RELATIVE_PATH.fullmatch(head))
    return not (_BASE64.fullmatch(head) and ("+" in head or head.endswith("=") or is_generated(head)))


def is_generated(head: str) -> bool:
    """Return whether a machine made the value: hexadecimal, a UUID, or letters and digits in no order."""
    if _UUID.fullmatch(head):
        return True
    pieces = [piece for piece in _PIECE.findall(head) if len(piece) >= 12]
    return any(map(_is_unordered, pieces))


def _is_unordered(piece: str) -> bool:
    """Return whether it is drawn at random: words and numbers come in runs of four characters and more."""
    tokens = len(_TOKEN.findall(piece))
    if _HEX.fullmatch(piece):
        return tokens > 1
    if ACCESS_KEY.fullmatch(piece):
        return len(piece) <= tokens * 4.1
    has_digits = any(map(str.isdigit, piece))
    return len(piece) <= tokens * (3.4 if has_digits else 2.5)


def is_credible(head: str) -> bool:
    """Return whether a value has letters and digits, and is not put together like a name (`resnet50-v2`)."""
    if is_generated(head):
        return True
    return _is_mixed(head) and not _is_name_like(head)


def is_strict(head: str) -> bool:
    """Return whether a value can be told from a word of a sentence: eight characters of three classes."""
    classes = (str.islower, str.isupper, str.isdigit, _is_symbol)
    return len(head) >= 8 and sum(any(map(of, head)) for of in classes) >= 3


def _is_symbol(character: str) -> bool:
    return character.isascii() and not character.isalnum() and character not in "-_./:,"


def _is_name_like(text: str) -> bool:
    if any(map(_is_symbol, text)) or not text.isascii():
        return False
    return all(map(_NAME_PIECE.fullmatch, _PIECE.findall(text)))


def _is_any(head: str) -> bool:
    return head.isdigit() or not _NUMBER.fullmatch(head)


def _is_mixed(head: str) -> bool:
    if len(head) < 6 or any(map(str.isspace, head)):
        return False
    return any(map(str.isalpha, head)) and any(map(str.isdigit, head))


def _is_long(head: str) -> bool:
    if len(head) < 6 or any(map(str.isspace, head)):
        return False
    return head.isdigit() or (not _NUMBER.fullmatch(head) and (len(head) >= 8 or not head.isalpha()))


_OWED: Final = {
    Evidence.ANY: _is_any,
    Evidence.LONG: _is_long,
    Evidence.MIXED: _is_mixed,
    Evidence.CREDIBLE: is_credible,
    Evidence.GENERATED: is_generated,
}
