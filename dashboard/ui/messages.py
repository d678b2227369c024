"""An error becomes a sentence and the next step; API text becomes text that nothing interprets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.connections import ConnectionProblem
from dashboard.data.memory import TooLargeError
from dashboard.secrets_file import FILE
from modelarts_api import (
    AuthenticationError,
    InvalidRequestError,
    InvalidResponseError,
    ModelArtsError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    TransportError,
)

# What becomes a link, an emoji or an icon by itself, also behind a backslash.
_BY_ITSELF: Final = re.compile(r"://|(?i:www\.)|@|:[a-z0-9_+-]+(?:/[a-z0-9_]+)?:")
_MARKUP: Final = re.compile(r"[\\`*\[\]<>$~|#&]|(?<!\w)_|_(?!\w)|:(?=[a-z0-9_+-]+(?:[:\[]|/\w))")


@dataclass(frozen=True)
class Message:
    """What happened and what the viewer can do, in our words; `facts` is the provider's, as it came."""

    happened: str
    next_step: str
    facts: str = ""


_BY_KIND: tuple[tuple[type[ModelArtsError], Message], ...] = (
    (
        AuthenticationError,
        Message(
            "The service did not accept the credentials: they are missing, wrong or expired.",
            "Get a new token (one lives for 24 hours) and put it into the connection's settings.",
        ),
    ),
    (
        PermissionDeniedError,
        Message(
            "The credentials may not read training job configurations.",
            "Ask the administrator for modelarts:trainConfig:list (details: modelarts:trainConfig:get).",
        ),
    ),
    (
        NotFoundError,
        Message(
            "The service knows no such project, configuration or address.",
            "Check the connection's endpoint and project_id; the configuration may have been deleted.",
        ),
    ),
    (
        InvalidRequestError,
        Message("The service did not accept the query.", "Change the search or the sorting, and try again."),
    ),
    (
        RateLimitError,
        Message("The service is throttling our requests.", "Wait a minute, then retry."),
    ),
    (
        ServiceError,
        Message(
            "The service failed.",
            "Retry in a minute; if it stays, give the request id to the provider's support.",
        ),
    ),
    (
        InvalidResponseError,
        Message(
            "The answer is not one of this API.",
            "Check the connection's endpoint; a proxy or a sign-in page may stand in the way.",
        ),
    ),
    (
        TransportError,
        Message(
            "The service did not answer.",
            "Check the connection's endpoint, the network and any proxy, then retry.",
        ),
    ),
)

_UNKNOWN = Message("The service reported a failure.", "Retry; if it stays, ask the provider's support.")
_OURS = Message(
    "The dashboard failed at something it should have managed.",
    "Retry; if it stays, the server's log says more.",
)


def describe(error: Exception) -> Message:
    """Say what an error means and what to do. Errors that are not the wrapper's are ours, without details.

    What the wrapper itself knows of the failure and of the way out counts for more than what its kind tells.
    """
    if isinstance(error, TooLargeError):
        return _too_large(error)
    if not isinstance(error, ModelArtsError):
        return _OURS
    kinds = (message for kind, message in _BY_KIND if isinstance(error, kind))
    general = next(kinds, _UNKNOWN)
    return Message(error.meaning or general.happened, error.remedy or general.next_step, str(error))


def _too_large(error: TooLargeError) -> Message:
    needed, allowed = (f"{size / 1e9:,.1f} GB" for size in (error.needed, error.limit.size))
    return Message(
        f"{error.rows:,} configurations do not fit into memory, so none were loaded: they would take about"
        f" {needed}, and {error.limit.source} allows {allowed}.",
        "Raise the limit (MemoryMax= of the service, --memory of the container), or search for a part of"
        " them. docs/sharing.md says how much memory how many configurations take.",
    )


def show_error(error: Exception, *, heading: str = "", kept: bool = False) -> None:
    """Draw an error: what happened, the next step, and the provider's own words, uninterpreted.

    With `kept` it is a warning: older data stays on screen.
    """
    message = describe(error)
    text = escaped(f"{heading} {message.happened} {message.next_step}".strip())
    if kept:
        st.warning(text, icon=":material/history:")
    else:
        st.error(text, icon=":material/error:")
    if message.facts:
        st.code(message.facts, language=None, wrap_lines=True)


def show_problem(problem: ConnectionProblem) -> None:
    """Draw what is wrong with a connection, and an example of one that is complete."""
    st.error(f"{_which(problem)} cannot be used.", icon=":material/settings_alert:")
    for fault in problem.faults:
        st.text(f"• {fault}")
    st.caption("A complete one looks like this:")
    st.code(problem.example, language=None, wrap_lines=True)


def _which(problem: ConnectionProblem) -> str:
    if problem.source != FILE:
        return "The connection that the environment describes"
    if problem.name == FILE:
        return f"The file {literal(FILE)}"
    label = f", {literal(problem.label)}," if problem.label else ""
    return f"The connection {literal(problem.name)}{label} of {literal(FILE)}"


def escaped(text: str) -> str:
    """Return Markdown that shows plain text as it is. A word that Markdown would make more of is in code."""
    return "".join(map(_escaped_word, re.split(r"(\s+)", text)))


def _escaped_word(word: str) -> str:
    if not _BY_ITSELF.search(word):
        return _MARKUP.sub(r"\\\g<0>", word)
    inner = word.rstrip(".,;!?")
    return literal(inner) + word[len(inner) :]


def literal(text: str) -> str:
    """Return text from outside as a Markdown code span that nothing in it can end.

    The fence is longer than any run of backticks in the text; line breaks become spaces.
    """
    flat = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    return f"{fence} {flat} {fence}"
