"""What is asked, and the record of each request for it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from modelarts_api.errors import EXCERPT_LENGTH, ApiError, InvalidResponseError, printable
from modelarts_api.http.answers import Answer, AnswerReader, Failure
from modelarts_api.http.exchanges import OK, Exchange
from modelarts_api.http.headers import clock_difference


@dataclass(frozen=True, slots=True)
class Question:
    """A method, the URL byte for byte, and what goes out as JSON."""

    method: str
    url: str
    body: Mapping[str, Any] | None = None

    @property
    def page(self) -> int | None:
        """The page that is asked for; None if none is."""
        value = parse_qs(urlsplit(self.url).query).get("page", [""])[0]
        return int(value) if re.fullmatch("[0-9]{1,18}", value) else None


@dataclass(frozen=True, slots=True)
class Try:
    """One request for a question: `number` counts them from 1."""

    question: Question
    number: int
    at: datetime
    started: float

    @classmethod
    def now(cls, question: Question, number: int) -> Try:
        """A request that begins now."""
        return cls(question, number, datetime.now(UTC), time.perf_counter())

    def exchange(
        self, heard: requests.Response | None, outcome: Answer[Any] | Failure, answers: AnswerReader
    ) -> Exchange:
        """The record, now that it is over; `heard` is None if no status line came."""
        error = outcome.error if isinstance(outcome, Failure) else None
        code = error.error_code if isinstance(error, ApiError) else None
        request_id = error.request_id if isinstance(error, ApiError | InvalidResponseError) else None
        if request_id is None and heard is not None:
            request_id = answers.request_id(heard)
        place = urlsplit(self.question.url)
        return Exchange(
            method=self.question.method,
            host=place.netloc,
            path=printable(answers.conceal(place.path), EXCERPT_LENGTH),
            page=self.question.page,
            status=None if heard is None else heard.status_code,
            error_code=printable(code, 64) if code else None,
            request_id=printable(request_id, 128) if request_id else None,
            seconds=time.perf_counter() - self.started,
            attempt=self.number,
            outcome=OK if error is None else type(error).__name__,
            clock_difference=None if heard is None else clock_difference(heard, self.at),
            at=self.at,
        )
