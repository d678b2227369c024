"""What one request for one row says of the clock, the credentials, the permission and the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal
from urllib.parse import urlsplit

from modelarts_api.client import Client
from modelarts_api.credentials import Credentials
from modelarts_api.errors import (
    ApiError,
    AuthenticationError,
    InvalidResponseError,
    ModelArtsError,
    PermissionDeniedError,
)
from modelarts_api.http.exchanges import Exchange, observed_by
from modelarts_api.models import ResultPage

CLOCK_LIMIT: Final = 15 * 60.0
CLOCK_WARNING: Final = 60.0
# The project in the URL is not that of the credentials: they are good, and may not see it.
_OTHER_PROJECT: Final = frozenset({"ModelArts.0210", "ModelArts.2786"})

Judgement = tuple[Literal["passed", "failed", "not assessed"], float, str, Exception | None]


@dataclass
class Verdict:
    """The outcome of the request, and the exchanges it took."""

    client: Client
    page: ResultPage | None = None
    error: Exception | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    NAMES: ClassVar[tuple[str, ...]] = ("clock", "authentication", "permission", "first page")

    @classmethod
    def of(
        cls, client: Client, bounded: Callable[[Callable[[], ResultPage]], ResultPage], seconds: float
    ) -> Verdict:
        """Make the request, by `bounded`, within so many seconds."""
        verdict = cls(client)
        try:
            with observed_by(verdict.exchanges.append):
                verdict.page = bounded(lambda: client.probe(seconds))
        except ModelArtsError as error:
            verdict.error = error
        return verdict

    def judgements(self) -> Iterator[Judgement]:
        """State, seconds, detail and error of each of NAMES."""
        yield self._clock()
        authentication = self._authentication()
        yield authentication
        if authentication[0] == "failed":
            yield _open("authentication failed")
            yield _open("authentication failed")
            return
        permission = self._permission()
        yield permission
        yield _open("permission failed") if permission[0] == "failed" else self._first_page()

    def _clock(self) -> Judgement:
        dated = [exchange for exchange in self.exchanges if exchange.clock_difference is not None]
        if not dated:
            why = "the answer has no Date" if self._answers() else "nothing was answered"
            return _open(why if self.exchanges else "nothing was sent")
        own = [exchange for exchange in dated if self._is_own(exchange)]
        exchange = (own or dated)[-1]
        difference = exchange.clock_difference or 0.0
        clock = "the service's" if own else f"that of IAM at {exchange.host}"
        if abs(difference) <= 2:
            return "passed", exchange.seconds, f"this computer's clock agrees with {clock}", None
        direction = "ahead of" if difference > 0 else "behind"
        detail = f"this computer's clock is {_duration(abs(difference))} {direction} {clock}"
        if abs(difference) > CLOCK_LIMIT:
            return "failed", exchange.seconds, f"{detail}: signatures are refused beyond 15 minutes", None
        if abs(difference) > CLOCK_WARNING:
            detail += ": set it right, beyond 15 minutes signatures are refused"
        return "passed", exchange.seconds, detail, None

    def _authentication(self) -> Judgement:
        error, own = self.error, self._answers()
        seconds = sum(exchange.seconds for exchange in self.exchanges)
        if isinstance(error, AuthenticationError):
            return "failed", seconds, str(error), error
        if type(self.client.credentials) is Credentials:
            return _open("there are no credentials")
        if error is not None and not any(map(self._is_own, self.exchanges)):
            return "failed", seconds, str(error), error
        issuers = [exchange.host for exchange in self.exchanges if not self._is_own(exchange)]
        issued = f"IAM at {issuers[-1]} has issued a token" if issuers else ""
        if error is None or isinstance(error, PermissionDeniedError) or _is_of_another_project(error):
            took = "the service takes these credentials"
            return "passed", seconds, f"{issued}; {took}" if issued else took, None
        if issued:
            return "passed", seconds, issued, None
        return _open("the service failed before it said" if own else "the service did not answer")

    def _permission(self) -> Judgement:
        error, seconds = self.error, self.exchanges[-1].seconds if self.exchanges else 0.0
        if error is None:
            return "passed", seconds, "these credentials may list this project's configurations", None
        if isinstance(error, PermissionDeniedError) or _is_of_another_project(error):
            return "failed", seconds, str(error), error
        return _open("the service failed before it said" if self._answers() else "the service did not answer")

    def _first_page(self) -> Judgement:
        seconds = self.exchanges[-1].seconds if self.exchanges else 0.0
        if self.page is None:
            return "failed", seconds, str(self.error), self.error
        total = self.page.total
        if total and not self.page.configurations:
            error = InvalidResponseError(f"a total of {total:,}, and no row on the first page", 200)
            return "failed", seconds, str(error), error
        return "passed", seconds, f"1 of {total:,} read" if total else "there are no configurations", None

    def _is_own(self, exchange: Exchange) -> bool:
        """Whether it was with the service, not with IAM."""
        place = urlsplit(self.client.endpoint)
        return exchange.host == place.netloc and exchange.path.endswith("/training-job-configs")

    def _answers(self) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.status and self._is_own(exchange)]


def _open(reason: str) -> Judgement:
    return "not assessed", 0.0, reason, None


def _is_of_another_project(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.error_code in _OTHER_PROJECT


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7_200 else f"{seconds / 3600:.1f} hours"
