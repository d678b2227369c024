"""What credentials of any kind can count on: they see each attempt as it is sent, and may renew once."""

from __future__ import annotations

import pytest
from requests import PreparedRequest

from modelarts_api import AuthenticationError
from modelarts_api.credentials import Credentials
from modelarts_api.http.limits import RetryPolicy
from tests.modelarts_api.scripted_service import Reply, Request, ScriptedService, as_json, listing

GOOD = listing([{"config_name": "a"}])


class _Renewing(Credentials):
    """Sends the first of its tokens; a renewal drops it."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["X-Auth-Token"] = self.tokens[0]
        return r

    def renew(self, rejected: PreparedRequest) -> bool:
        assert rejected.headers["X-Auth-Token"] == self.tokens.pop(0)
        return bool(self.tokens)


def _wants_second(request: Request) -> Reply:
    return GOOD if request.headers["x-auth-token"] == "second" else as_json({"error_msg": "expired"}, 401)


@pytest.mark.parametrize(
    ("tokens", "requests"), [(("first", "second"), 2), (("first",), 1), (("first", "third", "second"), 2)]
)
def test_credentials_may_renew_themselves_once(tokens: tuple[str, ...], requests: int) -> None:
    with ScriptedService(_wants_second) as service, service.client(_Renewing(*tokens)) as client:
        if tokens[1:2] == ("second",):
            assert client.list_configurations().total == 1
        else:
            with pytest.raises(AuthenticationError):
                client.list_configurations()
    assert len(service.requests) == requests


class _Signing(Credentials):
    """Sorts the query and signs it, as access keys will."""

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        assert r.url is not None
        base, _, query = r.url.partition("?")
        query = "&".join(sorted(query.split("&")))
        r.url = f"{base}?{query}"
        r.headers["Authorization"] = f"signed {query}"
        return r


def test_what_credentials_sign_is_what_is_sent_at_every_attempt() -> None:
    replies = iter([Reply(503, b"", {"Retry-After": "0"}), GOOD])
    with (
        ScriptedService(lambda _: next(replies)) as service,
        service.client(_Signing(), _policy=RetryPolicy()) as client,
    ):
        client.list_all_configurations(search_content="a b*~c+d/é")
    assert len(service.requests) == 2
    for request in service.requests:
        assert request.headers["authorization"] == "signed " + request.target.partition("?")[2]
