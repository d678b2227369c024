"""Image references by the grammar of the OCI distribution project: registry, repository, tag, digest.

    reference  = name [":" tag] ["@" digest]
    name       = [host [":" port] "/"] component *("/" component)

The first part is a registry as container tools decide it: it holds a dot, a colon or a capital letter, or is
``localhost``. A tag follows the last slash, so the port of a registry is none.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import Literal

from dashboard.parsing.masks import filled_reference

MAX_LENGTH = 1024
"""Characters of a whole reference: a name (255), a tag (128) and the longest digest fit in."""
MAX_NAME = 255
"""Characters of registry and repository together, as the grammar says."""

_PARTS = ("registry", "repository", "tag", "digest")

TagKind = Literal["latest", "none", "digest", "other"]

_LABEL = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)"
_REGISTRY = re.compile(
    rf"(?P<host>{_LABEL}(?:\.{_LABEL})*|\[(?P<ipv6>[0-9A-Fa-f:]+)\])(?::(?P<port>[0-9]+))?", re.ASCII
)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}", re.ASCII)
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_IDENTIFIER = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image reference, read. What the text does not say is None."""

    text: str
    repository: str
    registry: str | None = None
    tag: str | None = None
    digest: str | None = None

    @property
    def name(self) -> str:
        """Return the last part of the repository's path."""
        return self.repository.rpartition("/")[2]

    @property
    def tag_kind(self) -> TagKind:
        """Return how firmly the image is named. A digest decides, whatever the tag beside it."""
        if self.digest is not None:
            return "digest"
        if self.tag is None:
            return "none"
        return "latest" if self.tag == "latest" else "other"

    @property
    def registry_host(self) -> str | None:
        """Return the registry without its port, an IPv6 address without its brackets."""
        found = None if self.registry is None else _REGISTRY.fullmatch(self.registry)
        return None if found is None else found["ipv6"] or found["host"]

    @property
    def registry_is_ip(self) -> bool:
        """Return whether the registry is a bare IPv4 or IPv6 address."""
        return _is_address(self.registry_host or "")

    @property
    def short(self) -> str:
        """Return what tells images apart: "name:tag", or the digest's start where there is no tag."""
        if self.tag is not None:
            return f"{self.name}:{self.tag}"
        if self.digest is not None:
            algorithm, _, value = self.digest.partition(":")
            return f"{self.name}@{algorithm}:{value[:12]}"
        return self.name


def parse_image_reference(text: str) -> ImageReference | None:
    """Return the parts of an image reference, or None where the text is not one.

    A mask in it counts as letters.
    """
    masked = filled_reference(text)
    read = _parse(text if masked is None else masked.text)
    if masked is None or read is None:
        return read
    parts = {name: part and masked.restored(part) for name in _PARTS if (part := getattr(read, name))}
    return replace(read, text=text, **parts)


def _parse(text: str) -> ImageReference | None:
    if len(text) > MAX_LENGTH:
        return None
    name, at, digest = text.partition("@")
    name, tag = _split_tag(name)
    registry, repository = _split_registry(name)
    read = ImageReference(text, repository, registry, tag, digest if at else None)
    return read if _is_valid(read, name) else None


def _split_tag(name: str) -> tuple[str, str | None]:
    """Return the name and its tag: what follows a colon behind the last slash."""
    slash = name.rfind("/")
    colon = name.find(":", slash + 1)
    return (name, None) if colon < 0 else (name[:colon], name[colon + 1 :])


def _split_registry(name: str) -> tuple[str | None, str]:
    first, slash, rest = name.partition("/")
    names_one = first == "localhost" or "." in first or ":" in first or first != first.lower()
    return (first, rest) if slash and names_one else (None, name)


def _is_valid(read: ImageReference, name: str) -> bool:
    """Return whether every part is as the grammar wants it."""
    return (
        len(name) <= MAX_NAME
        and (read.registry is None or _is_registry(read.registry))
        and all(_COMPONENT.fullmatch(part) for part in read.repository.split("/"))
        and not (read.registry is None and _IDENTIFIER.fullmatch(read.repository))
        and (read.tag is None or _TAG.fullmatch(read.tag) is not None)
        and (read.digest is None or _is_digest(read.digest))
    )


def _is_registry(registry: str) -> bool:
    found = _REGISTRY.fullmatch(registry)
    return found is not None and (found["ipv6"] is None or _is_address(found["ipv6"]))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_digest(digest: str) -> bool:
    """Return whether a digest is well formed; registered algorithms have a length, and small letters."""
    if _DIGEST.fullmatch(digest) is None:
        return False
    algorithm, _, value = digest.partition(":")
    length = _DIGEST_LENGTHS.get(algorithm)
    return length is None or (len(value) == length and value == value.lower())
