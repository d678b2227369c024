"""Every failure becomes a sentence and a remedy; text from outside stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.connections.traffic import Trouble
from dashboard.data.memory import MemoryLimit, TooLargeError
from dashboard.ui.formatting import clock_words, seconds_words, waiting_words
from dashboard.ui.messages import (
    Message,
    describe,
    escaped,
    literal,
)
from modelarts_api import (
    ApiError,
    AuthenticationError,
    Client,
    Exchange,
    InvalidRequestError,
    InvalidResponseError,
    ModelArtsError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    TransportError,
)
from modelarts_api.errors import api_error
from modelarts_local import LocalService
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS, client_of

# HTTP status, codes, and a word that the remedy of the API reference's table comes down to.
TABLE = [
    (
        400,
        "ModelArts.0101 ModelArts.0104 ModelArts.0107 ModelArts.2764 ModelArts.2788 ModelArts.2790",
        "search",
    ),
    (400, "ModelArts.0102", "workspace"),
    (400, "ModelArts.0204 ModelArts.0207 ModelArts.0212", "project scope"),
    (401, "ModelArts.0204 ModelArts.0207 ModelArts.0212", "project scope"),
    (400, "ModelArts.2832", "still offered"),
    (401, "ModelArts.0201 ModelArts.0202 ModelArts.0203", "new token"),
    (401, "APIG.0301 APIGW.0301", "clock"),
    (401, "APIG.0305 APIG.0307 APIGW.0305 APIGW.0307", "new token"),
    (403, "ModelArts.0108 ModelArts.0112 ModelArts.2785", "modelarts:trainConfig:list"),
    (403, "APIG.0302 APIG.0306 APIG.0310 APIG.0402 APIGW.0302", "modelarts:trainConfig:get"),
    (403, "ModelArts.0203 ModelArts.0206", "new token"),
    (403, "ModelArts.0210 ModelArts.2786", "region"),
    (404, "ModelArts.0210 ModelArts.2786", "region"),
    (404, "ModelArts.0015 ModelArts.2836 APIG.0101 APIGW.0101", "endpoint"),
    (429, "ModelArts.2799 APIG.0308 APIGW.0308", "Wait"),
    (500, "ModelArts.0010 ModelArts.2950 ModelArts.2959", "request id"),
    (502, "APIG.0201 APIG.0202 APIG.0203", "Retry"),
    (504, "APIG.0201 APIG.0202 APIG.0203", "Retry"),
]
CASES = [(status, code, word) for status, codes, word in TABLE for code in codes.split()]


@pytest.mark.parametrize(("status", "code", "word"), CASES)
def test_each_documented_code_has_its_remedy(status: int, code: str, word: str) -> None:
    message = describe(api_error(status, (code, "as it came", "req-1")))
    assert word in f"{message.happened} {message.next_step}"
    assert message.facts == f"HTTP {status} {code}: as it came (request id req-1)"


@pytest.mark.parametrize(("status", "code", "word"), CASES)
def test_a_failure_that_comes_with_http_200_has_the_same_remedy(status: int, code: str, word: str) -> None:
    """A code with two meanings is told apart by its status only, so it may name the other of its own."""
    message = describe(api_error(200, (code, "as it came", None)))
    words = {meant for _, other, meant in CASES if other == code}
    assert any(meant in f"{message.happened} {message.next_step}" for meant in words)


KINDS: list[tuple[ModelArtsError, str]] = [
    (TransportError("no complete answer from h"), "did not answer"),
    (InvalidResponseError("the body is not JSON", 200, "<html>"), "not one of this API"),
    (AuthenticationError(401), "credentials"),
    (PermissionDeniedError(403), "may not read"),
    (NotFoundError(404), "no such"),
    (InvalidRequestError(400), "query"),
    (RateLimitError(429, retry_after=30), "throttling"),
    (ServiceError(503), "failed"),
    (ApiError(418), "failure"),
    (ModelArtsError("something"), "failure"),
]


@pytest.mark.parametrize(("error", "word"), KINDS, ids=lambda value: type(value).__name__)
def test_each_kind_of_error_has_words_of_its_own(error: ModelArtsError, word: str) -> None:
    message = describe(error)
    assert word in message.happened
    assert message.next_step
    assert message.facts == str(error)


def test_what_does_not_fit_into_memory_says_what_would_be_needed_and_what_there_is() -> None:
    limit = MemoryLimit(2_147_483_648, "memory.max of the control group")
    message = describe(TooLargeError(1_000_000, 3_210_000_000, limit))
    assert "1,000,000 configurations do not fit" in message.happened
    assert "about 3.2 GB, and memory.max of the control group allows 2.1 GB" in message.happened
    assert "MemoryMax=" in message.next_step


def test_the_kinds_are_told_apart() -> None:
    assert len({describe(error).happened for error, _ in KINDS[:-1]}) == len(KINDS) - 1


@pytest.mark.parametrize(
    "error", [ValueError("token=hunter2"), KeyError("hunter2"), RuntimeError(), MemoryError()]
)
def test_an_error_of_ours_shows_none_of_its_details(error: Exception) -> None:
    message = describe(error)
    assert message.facts == ""
    assert "hunter2" not in repr(message)
    assert "log" in message.next_step


@pytest.mark.parametrize(
    "code", ["ModelArts.0105", "ModelArts.9999", "XModelArts.0204", "APIG.03011", "", "<b>"]
)
def test_an_unknown_code_is_shown_as_it_came(code: str) -> None:
    message = describe(api_error(400, (code, "why", None)))
    assert message.happened == describe(InvalidRequestError(400)).happened
    assert code in message.facts


@pytest.mark.parametrize(
    ("status", "word"),
    [(401, "credentials"), (403, "may not"), (404, "no such"), (429, "throttling"), (502, "failed")],
)
def test_a_proxys_page_is_described_by_its_status(status: int, word: str) -> None:
    with LocalService(0) as service, service.fail(status, "<html>Bad</html>"), client_of(service) as client:
        with pytest.raises(ModelArtsError) as caught:
            client.list_configurations()
        assert word in describe(caught.value).happened
        assert str(status) in describe(caught.value).facts


def test_nobody_at_home_is_described_with_the_next_step() -> None:
    with LocalService(0) as service:
        client = Client(service.url, service.project_id, retries=0)
    with client, pytest.raises(TransportError) as caught:
        client.list_configurations()
    message = describe(caught.value)
    assert "Nothing takes a connection there" in message.happened
    assert "firewall" in message.next_step
    assert message.facts == str(caught.value)


TOKEN = "MIIEsecretTOKENvalue0123456789"
_ECHOES: list[tuple[int, object]] = [
    (401, {"is_success": False, "error_code": "ModelArts.0203", "error_message": f"bad token {TOKEN}"}),
    (200, {"is_success": False, "error_code": TOKEN, "error_message": "x"}),
    (403, {"error_code": "APIG.0302", "error_msg": "x", "request_id": TOKEN}),
    (401, {"error": {"code": 401, "message": f"{TOKEN} is no token", "title": "Unauthorized"}}),
    (502, f"<html>X-Auth-Token: {TOKEN}</html>"),
    (200, f"no JSON {TOKEN}"),
    (200, {"configs": TOKEN}),
]


@pytest.mark.parametrize(("status", "body"), _ECHOES)
def test_a_message_never_repeats_the_token(status: int, body: str | dict[str, object]) -> None:
    """Not even where the service or a proxy echoes it."""
    with (
        LocalService(0) as service,
        service.fail(status, body),
        client_of(service, TOKEN) as client,
        pytest.raises(ModelArtsError) as caught,
    ):
        client.list_configurations()
    message = describe(caught.value)
    assert isinstance(message, Message)
    assert TOKEN[:12] not in repr(message)


# Text that nothing interprets


def _code_span(markdown: str) -> str:
    """What a code span that is the whole of `markdown` shows, by the rules of CommonMark 0.31, 6.1.

    A run of backticks opens it and the next run of the same length closes it; one space goes at either end if
    there is one at both and something in between.
    """
    fence = re.match("`+", markdown)
    assert fence, "no code span begins here"
    runs = [run for run in re.finditer("`+", markdown) if len(run[0]) == len(fence[0])]
    assert len(runs) >= 2, "it is never closed"
    assert runs[1].end() == len(markdown), "it ends before the text does"
    assert "\n" not in markdown, "a blank line, or a block, could end it"
    inner = markdown[fence.end() : runs[1].start()]
    stripped = inner.startswith(" ") and inner.endswith(" ") and inner.strip(" ")
    return inner[1:-1] if stripped else inner


_BACKTICKED = ["`", "``", "`a`", "a``b`c", "```python", "`" * 50, "a`", "`a", "\\`", "` `", "``` ` ```"]


@pytest.mark.parametrize(
    "text", [*_BACKTICKED, "[x](y)", "**x**", "$x$", ":red[x]", "<b>", "a|b", "\\", "&amp;"]
)
def test_literal_shows_the_text_itself(text: str) -> None:
    assert _code_span(literal(text)) == text


@pytest.mark.parametrize(
    "break_", ["\n", "\r\n", "\r", "\n\n", "\n\n\n# ", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"]
)
def test_line_breaks_in_a_literal_become_spaces(break_: str) -> None:
    assert _code_span(literal(f"a{break_}b")) == f"a {break_.strip() + ' ' if break_.strip() else ''}b"


@EXAMPLES
@given(st.text(max_size=20) | st.text("` \na\\", max_size=20))
def test_any_text_is_one_code_span(text: str) -> None:
    flat = " ".join(text.split())
    shown = _code_span(literal(text))
    assert shown == flat or (not flat and not shown.strip())


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_hostile_text_is_one_code_span(text: str) -> None:
    assert _code_span(literal(text)) == " ".join(text.split())


def test_the_wrappers_own_remedy_counts_for_more_and_is_not_told_twice() -> None:
    error = AuthenticationError(401, "APIG.0301", "as it came", "req-1")
    error.remedy = "Check the access key and the secret key."
    message = describe(error)
    assert message.next_step == error.remedy
    assert message.facts == "HTTP 401 APIG.0301: as it came (request id req-1)"


BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAILED = Exchange("GET", "h", "/v1", 1, 503, "ModelArts.0010", "r", 2.0, 1, "ServiceError", None, BEGAN)


def test_nothing_is_said_of_a_load_that_goes_well() -> None:
    assert waiting_words(4, None, answered=False) == ""
    assert waiting_words(40, None, answered=True) == ""


def test_silence_is_said_with_its_length() -> None:
    assert waiting_words(12, None, answered=False) == "No answer yet; asked 12 s ago."


@pytest.mark.parametrize(
    ("changes", "count", "words"),
    [
        (
            {},
            1,
            "1 request has failed since 12:00:00 UTC (9 s ago), the last one with HTTP 503 ModelArts.0010.",
        ),
        (
            {},
            3,
            "3 requests have failed since 12:00:00 UTC (9 s ago), the last one with HTTP 503 ModelArts.0010.",
        ),
        ({"error_code": None}, 1, "the last one with HTTP 503."),
        ({"status": None, "error_code": None}, 1, "the last one with no answer."),
        ({"error_code": "a\nb  c"}, 1, "the last one with HTTP 503 a b c."),
    ],
)
def test_retrying_is_said_with_what_happened_and_since_when(
    changes: dict[str, object], count: int, words: str
) -> None:
    trouble = Trouble(count, BEGAN, 9.0, replace(FAILED, **changes))  # type: ignore[arg-type]
    said = waiting_words(9, trouble, answered=True)
    assert said.startswith("Retrying: ")
    assert said.endswith(words)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (None, "not compared yet"),
        (0.4, "agrees with the service's"),
        (-2.9, "agrees with the service's"),
        (42.0, "42 s ahead of the service's"),
        (-75.0, "75 s behind the service's; signatures are refused from 15 min on"),
        (960.0, "16 min ahead of the service's; signatures are refused from 15 min on"),
    ],
)
def test_the_clock_in_words(ahead: float | None, words: str) -> None:
    assert clock_words(ahead) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0.0, "0 ms"), (0.0123, "12 ms"), (1.0, "1.00 s"), (90.004, "90.00 s")],
)
def test_a_duration_in_words(seconds: float | None, words: str) -> None:
    assert seconds_words(seconds) == words


@pytest.mark.parametrize(
    "text", ["plain words, one-two (three): 4 % of 5.", "project_id", "a:b", "modelarts:trainConfig:list"]
)
def test_prose_needs_no_escape(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "*a*",
        "_a_",
        "`a`",
        "[a](b)",
        "![a](b)",
        "<b>",
        "$x$",
        "~a~",
        "|a|",
        "#a",
        ":red[a]",
        "&lt;",
    ],
)
def test_markup_in_prose_is_escaped(text: str) -> None:
    markdown = escaped(text)
    assert re.sub(r"\\(.)", r"\1", markdown) == text
    assert re.search(r"(?<!\\)[*`\[<$~|#&]|(?<![\\\w])_|(?<!\\):[a-z]", markdown) is None


@pytest.mark.parametrize(
    "word",
    [
        ":smile:",
        ":material/home:",
        "“http://e.example”",
        "www.e.example",
        "a@e.example",
        "[x](//e.example/://)",
    ],
)
def test_a_word_that_would_be_a_link_or_an_icon_is_code(word: str) -> None:
    assert escaped(f"so *it* is {word} here") == f"so \\*it\\* is {literal(word)} here"
