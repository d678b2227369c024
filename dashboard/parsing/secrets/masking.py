"""Texts and JSON values without their secrets: what was there is said, never shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.parsing.secrets.finding import find_secrets, may_hold_secrets
from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.names import Evidence, meaning_of

# Masking one secret can uncover another (a quote is gone with it); a second pass was always enough.
MAX_PASSES: Final = 8
MAX_DEPTH: Final = 100
# So many texts are looked at together first.
TOGETHER: Final = 16
TOO_DEEP: Final = f"••• (nested deeper than {MAX_DEPTH} levels)"
# In `{"label": "SK", "value": "…"}` the value belongs to the label.
_LABELS: Final = ("label", "name", "key")
_VALUES: Final = ("value", "default", "data")


def mask(text: str, *, field: str = "command") -> str:
    """Return a text with each secret replaced by what it was: `••• (secret key, 40 characters)`.

    A text without secrets is returned itself. Masking what is masked changes nothing. `field`: see
    `find_secrets`.
    """
    for _ in range(MAX_PASSES):
        found = find_secrets(text, field=field)
        if not found:
            break
        text = _without(text, found)
    return text


def mask_all(texts: Sequence[str]) -> list[str]:
    """Return texts with their secrets replaced as `mask` does it: quicker where most of many have none."""
    different = list(dict.fromkeys(texts))
    masked: dict[str, str] = {}
    for start in range(0, len(different), TOGETHER):
        masked.update(_masked_together(different[start : start + TOGETHER]))
    return [masked[text] for text in texts]


def _masked_together(texts: Sequence[str]) -> dict[str, str]:
    """Return each text with what it becomes: halved until a half has no sign of a secret, or is one text."""
    if len(texts) == 1:
        return {texts[0]: mask(texts[0])}
    if not may_hold_secrets("\n".join(texts)):
        return dict(zip(texts, texts, strict=True))
    half = len(texts) // 2
    return _masked_together(texts[:half]) | _masked_together(texts[half:])


def placeholder(kind: Kind, length: int) -> str:
    """Return what stands in place of a secret of `length` characters."""
    return f"••• ({kind}, {length} character{'' if length == 1 else 's'})"


def _without(text: str, found: tuple[Secret, ...]) -> str:
    pieces, end = [], 0
    for secret in found:
        pieces += [text[end : secret.start], placeholder(secret.kind, secret.length)]
        end = secret.end
    return "".join([*pieces, text[end:]])


def mask_value(value: object, *, field: str = "command") -> object:
    """Return a JSON value (dictionaries, lists, texts, numbers) without its secrets.

    What has none is returned itself. A number under a name that announces a password is masked as well.
    Deeper than MAX_DEPTH levels nothing is shown.
    """
    return _masked(value, field, 0)


def _masked(value: object, field: str, depth: int) -> object:
    if isinstance(value, str):
        return mask(value, field=field)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _masked_number(value, field)
    if not isinstance(value, dict | list | tuple):
        return value
    if depth >= MAX_DEPTH:
        return TOO_DEEP
    if isinstance(value, dict):
        return _masked_dictionary(value, field, depth)
    items = [_masked(item, field, depth + 1) for item in value]
    return value if all(map(_is_same, items, value)) else items


def _masked_number(value: float, field: str) -> object:
    meaning = meaning_of(field)
    if meaning is None or meaning.evidence is not Evidence.ANY:
        return value
    return placeholder(meaning.kind, len(str(value)))


def _masked_dictionary(value: dict[object, object], field: str, depth: int) -> object:
    labels = [value[key] for key in _LABELS if isinstance(value.get(key), str)]
    label = str(labels[0]) if labels else field
    masked: dict[object, object] = {}
    for key, item in value.items():
        name = key if isinstance(key, str) else field
        inner = label if name in _VALUES and meaning_of(name) is None else name
        new = mask(key) if isinstance(key, str) else key
        while new != key and (new in masked or new in value):
            new = f"{new} "  # two keys that only differed in their secrets
        masked[new] = _masked(item, inner, depth + 1)
    same = all(map(_is_same, masked, value)) and all(map(_is_same, masked.values(), value.values()))
    return value if same else masked


def _is_same(new: object, old: object) -> bool:
    return new is old
