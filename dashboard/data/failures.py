"""What went wrong, in words that may be shown: an error can quote what the service has of a configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from dashboard.parsing.secrets import mask
from modelarts_api import DetailLoad, Step
from modelarts_api.errors import (
    EXCERPT_LENGTH,
    TEXT_LENGTH,
    ApiError,
    InvalidResponseError,
    ModelArtsError,
)

MAX_TOLD: Final = 5
"""So many names are told of those whose details have not come."""


@contextmanager
def masked_errors() -> Iterator[None]:
    """Mask what is raised inside by the wrapper. Everything that asks the service does so in this block."""
    try:
        yield
    except ModelArtsError as error:
        raise failure(error) from None


def failure(error: ModelArtsError) -> ModelArtsError:
    """Return an error without secrets in what it quotes; it is the same object."""
    limit = EXCERPT_LENGTH if isinstance(error, InvalidResponseError) else TEXT_LENGTH
    if isinstance(error, ApiError) and error.error_message:
        error.error_message = masked_quotation(error.error_message, limit)
    if isinstance(error, InvalidResponseError):
        error.excerpt = masked_quotation(error.excerpt, limit)
    error.args = tuple(
        masked_quotation(each, limit) if isinstance(each, str) else each for each in error.args
    )
    return error


def step(found: Step) -> Step:
    """Return a step of a connection's test without secrets in what it quotes."""
    if isinstance(found.error, ModelArtsError):
        error = failure(found.error)
        return replace(found, detail=str(error), error=error)
    return replace(found, detail=mask(found.detail))


def details_missing(load: DetailLoad, missing: Sequence[str], total: int) -> str:
    """Return how many details of `total` have not come, and why. `missing` are names as they may be shown."""
    error = load.ended_by or next(iter(load.errors.values()), None)
    reason = f": {failure(error)}" if error else ""
    told = ", ".join(map(ascii, missing[:MAX_TOLD])) + (", …" if len(missing) > MAX_TOLD else "")
    return f"{len(missing):,} of {total:,} details could not be loaded ({told}){reason}"


def masked_quotation(text: str, limit: int) -> str:
    """Return a quotation of at most `limit` characters without secrets.

    Where it was cut off its last word goes: half a secret is told less surely than a whole one.
    """
    if len(text) >= limit:
        words = text.rstrip().rsplit(None, 1)
        text = f"{words[0]} …" if len(words) > 1 else "…"
    return mask(text)
