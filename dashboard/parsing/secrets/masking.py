"""Texts and JSON values without their secrets: what was there is said, never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.parsing.secrets.finding import NONE_KNOWN, find_secrets, may_hold_secrets
from dashboard.parsing.secrets.fingerprints import fingerprint
from dashboard.parsing.secrets.found import SecretFound
from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.names import Evidence, meaning_of

# Masking one secret can uncover another (a quote is gone with it); a second pass was always enough.
MAX_PASSES: Final = 8
MAX_DEPTH: Final = 100
# So many texts are looked at together first: of short ones more, up to so many characters.
MIN_TOGETHER: Final = 16
MAX_TOGETHER: Final = 256
TOGETHER_CHARACTERS: Final = 6_000
TOO_DEEP: Final = f"••• (nested deeper than {MAX_DEPTH} levels)"
# In `{"label": "SK", "value": "…"}` the value belongs to the label.
LABELS: Final = ("label", "name", "key")
LABELLED: Final = ("value", "default", "data")


@dataclass(frozen=True, slots=True)
class Mask:
    """A mask and its place in a masked text; the value that it hides is kept to be recognised, not shown."""

    start: int
    end: int
    kind: Kind
    value: str = field(repr=False)

    def found(self, path: str, key: bytes) -> SecretFound:
        """Return what may be said of the secret, its fingerprint made with a key."""
        seal = fingerprint(self.value, key)
        return SecretFound(path, self.start, self.end, self.kind.value, len(self.value), seal)


Note = Callable[[str, Mask], None]
"""Told of each mask, with the path of the text it stands in."""


def mask(text: str, *, field: str = "command") -> str:
    """Return a text with each secret replaced by what it was: `••• (secret key, 40 characters)`.

    A text without secrets is returned itself. Masking what is masked changes nothing. `field`: see
    `find_secrets`.
    """
    return mask_with_places(text, field=field)[0]


def mask_with_places(
    text: str, *, field: str = "command", known: Mapping[str, Kind] = NONE_KNOWN
) -> tuple[str, tuple[Mask, ...]]:
    """Return a text as `mask` does it, and its masks in their order. `known`: see `find_secrets`."""
    masks: list[Mask] = []
    for _ in range(MAX_PASSES):
        found = find_secrets(text, field=field, known=known)
        if not found:
            break
        text, masks = _without(text, found, masks)
    return text, tuple(masks)


def mask_all(texts: Sequence[str]) -> list[str]:
    """Return texts with their secrets replaced as `mask` does it: quicker where most of many have none."""
    different = list(dict.fromkeys(texts))
    length = sum(map(len, different)) // max(len(different), 1) + 1
    together = max(MIN_TOGETHER, min(MAX_TOGETHER, TOGETHER_CHARACTERS // length))
    masked: dict[str, str] = {}
    for start in range(0, len(different), together):
        masked.update(_masked_together(different[start : start + together]))
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


def _without(text: str, found: tuple[Secret, ...], earlier: list[Mask]) -> tuple[str, list[Mask]]:
    """Return a text with what was found masked, and all its masks; one within a new one is gone."""
    pieces, masks, end, at = list[str](), list[Mask](), 0, 0
    for secret in found:
        pieces += [text[end : secret.start], placeholder(secret.kind, secret.length)]
        at += len(pieces[-2])
        value = text[secret.start : secret.end]
        masks.append(Mask(at, at + len(pieces[-1]), secret.kind, value))
        at, end = at + len(pieces[-1]), secret.end
    kept = [one for one in earlier if not any(one.start < new.end and new.start < one.end for new in found)]
    grown = zip(found, masks, strict=True)
    growth = [(new.end, (new_mask.end - new_mask.start) - new.length) for new, new_mask in grown]
    for one in kept:
        shift = sum(more for before, more in growth if before <= one.start)
        masks.append(replace(one, start=one.start + shift, end=one.end + shift))
    return "".join([*pieces, text[end:]]), sorted(masks, key=lambda one: one.start)


def mask_value(
    value: object,
    *,
    field: str = "command",
    note: Note | None = None,
    known: Mapping[str, Kind] = NONE_KNOWN,
) -> object:
    """Return a JSON value (dictionaries, lists, texts, numbers) without its secrets.

    What has none is returned itself. A number under a name that announces a password is masked as well.
    Deeper than MAX_DEPTH levels nothing is shown. `note` is told of each mask. `known`: see `find_secrets`.
    """
    return _masked(value, _Spot(field, (), known), note)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value stands: the name that announces it, and the steps there: `[` `lr` `]`."""

    field: str
    path: tuple[tuple[str, str, str], ...]
    known: Mapping[str, Kind]
    depth: int = 0
    in_list: bool = False

    def entry(self, key: object, name: str) -> _Spot:
        """Return the spot of a dictionary's value."""
        opening, closing = ("", "") if not self.path else (".", "") if self.in_list else ("[", "]")
        path = (*self.path, (opening, str(key), closing))
        return replace(self, field=name, path=path, depth=self.depth + 1)

    def item(self, number: int, item: object) -> _Spot:
        """Return the spot of a list's item, which is called by its label where it has one."""
        label = _label(item) if isinstance(item, dict) else None
        step = ("[", str(number) if label is None else label, "]")
        return replace(self, path=(*self.path, step), depth=self.depth + 1, in_list=True)

    def tell(self, note: Note | None, masks: Sequence[Mask], *, of_key: bool = False) -> None:
        """Note masks, the way to them without secrets, too."""
        if note is not None and masks:
            path = "".join(
                f"{opening}{mask_with_places(text, known=self.known)[0]}{closing}"
                for opening, text, closing in self.path
            )
            for one in masks:
                note(f"{path} (its name)" if of_key else path, one)


def _masked(value: object, spot: _Spot, note: Note | None) -> object:
    if isinstance(value, str):
        text, masks = mask_with_places(value, field=spot.field, known=spot.known)
        spot.tell(note, masks)
        return text
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _masked_number(value, spot, note)
    if not isinstance(value, dict | list | tuple):
        return value
    if spot.depth >= MAX_DEPTH:
        return TOO_DEEP
    if isinstance(value, dict):
        return _masked_dictionary(value, spot, note)
    items = [_masked(item, spot.item(number, item), note) for number, item in enumerate(value)]
    return value if all(map(_is_same, items, value)) else items


def _masked_number(value: float, spot: _Spot, note: Note | None) -> object:
    meaning = meaning_of(spot.field)
    if meaning is None or meaning.evidence is not Evidence.ANY:
        return value
    text = placeholder(meaning.kind, len(str(value)))
    spot.tell(note, [Mask(0, len(text), meaning.kind, str(value))])
    return text


def _masked_dictionary(value: dict[object, object], spot: _Spot, note: Note | None) -> object:
    label = _label(value) or spot.field
    masked: dict[object, object] = {}
    for key, item in value.items():
        name = key if isinstance(key, str) else spot.field
        inner = spot.entry(key, announcing_name(name, label))
        new, masks = mask_with_places(key, known=spot.known) if isinstance(key, str) else (key, ())
        inner.tell(note, masks, of_key=True)
        while new != key and (new in masked or new in value):
            new = f"{new} "  # two keys that only differed in their secrets
        masked[new] = _masked(item, inner, note)
    same = all(map(_is_same, masked, value)) and all(map(_is_same, masked.values(), value.values()))
    return value if same else masked


def announcing_name(name: str, label: str) -> str:
    """Return the name that announces the value of an entry: its own, or the label beside it."""
    return label if name in LABELLED and meaning_of(name) is None else name


def _label(value: dict[object, object]) -> str | None:
    return next((label for key in LABELS if isinstance(label := value.get(key), str)), None)


def _is_same(new: object, old: object) -> bool:
    return new is old
