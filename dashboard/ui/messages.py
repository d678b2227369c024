"""An error becomes a sentence and the next step; API text becomes text that nothing interprets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.settings import ConnectionProblem
from modelarts_api import (
    ApiError,
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


@dataclass(frozen=True)
class Message:
    """What happened and what the viewer can do, in our words; `facts` is the provider's, as it came."""

    happened: str
    next_step: str
    facts: str = ""


_BY_CODE: tuple[tuple[str, Message], ...] = (
    (
        r"ModelArts\.(0204|0207|0212)",
        Message("The token belongs to no project of this region.", "Ask for a token with project scope."),
    ),
    (
        r"ModelArts\.(0210|2786)",
        Message(
            "The project in the address is not the credentials' project.",
            "Check the connection's project_id and the region in its endpoint.",
        ),
    ),
    (
        r"APIG(W)?\.0301",
        Message(
            "The service did not accept the token or the signature.",
            "Check the credentials, whether they have expired, and this server's clock.",
        ),
    ),
    (
        r"ModelArts\.0102",
        Message("The service asks for a workspace.", "Ask the administrator which workspace to use."),
    ),
    (
        r"ModelArts\.2832",
        Message("This engine version has been discontinued.", "Choose a version that is still offered."),
    ),
)

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

_OURS = Message(
    "The dashboard failed at something it should have managed.",
    "Retry; if it stays, the server's log says more.",
)


def describe(error: Exception) -> Message:
    """Say what an error means and what to do. Errors that are not the wrapper's are ours, without details."""
    if not isinstance(error, ModelArtsError):
        return _OURS
    return _with_facts(_meaning(error), error)


def _meaning(error: ModelArtsError) -> Message:
    code = error.error_code if isinstance(error, ApiError) else None
    for pattern, message in _BY_CODE:
        if code and re.fullmatch(pattern, code):
            return message
    for kind, message in _BY_KIND:
        if isinstance(error, kind):
            return message
    return Message("The service reported a failure.", "Retry; if it stays, ask the provider's support.")


def _with_facts(message: Message, error: ModelArtsError) -> Message:
    return Message(message.happened, message.next_step, str(error))


def show_error(error: Exception, *, heading: str = "", kept: bool = False) -> None:
    """Draw an error: what happened, the next step, and the provider's own words, uninterpreted.

    With `kept` it is a warning: older data stays on screen.
    """
    message = describe(error)
    text = f"{heading} {message.happened} {message.next_step}".strip()
    if kept:
        st.warning(text, icon=":material/history:")
    else:
        st.error(text, icon=":material/error:")
    if message.facts:
        st.code(message.facts, language=None, wrap_lines=True)


def show_problem(problem: ConnectionProblem) -> None:
    """Draw what is wrong with a connection, and an example of one that is complete."""
    st.error(
        f"The connection {literal(problem.name)} ({problem.source}) cannot be used.",
        icon=":material/settings_alert:",
    )
    for fault in problem.faults:
        st.text(f"• {fault}")
    st.caption("A complete one looks like this:")
    st.code(problem.example, language=None)


def literal(text: str) -> str:
    """Text from outside as a Markdown code span that nothing in it can end.

    The fence is longer than any run of backticks in the text; line breaks become spaces.
    """
    flat = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    return f"{fence} {flat} {fence}"


def plain(value: object) -> str | None:
    """A value from the API as text for a table cell; None stays None."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def pretty_json(record: Mapping[str, object]) -> str:
    """A record as indented JSON."""
    return json.dumps(dict(record), ensure_ascii=False, indent=2, default=str)


def facts_html(facts: Iterable[tuple[str, str | None]]) -> str:
    """Labels and values as an HTML description list, escaped, each kept to its own direction of writing.

    A value that is None or empty shows a dash; line breaks of a value stay.
    """
    rows = "".join(
        f"<dt><bdi>{escape(label)}</bdi></dt><dd><bdi>{escape(value or '–')}</bdi></dd>"
        for label, value in facts
    )
    return f'<dl class="facts">{rows}</dl>'
