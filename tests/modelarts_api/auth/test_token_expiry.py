"""A token that is not accepted: what is known of the reason is said, with what to do."""

from __future__ import annotations

import re

import pytest

from modelarts_api import AuthenticationError, Client, TokenCredentials
from modelarts_local import LocalService, TokenAuthorisation
from tests.modelarts_api.scripted_service import ScriptedService, as_json, failure_of, listing


def _told(code: str, message: str, status: int = 401) -> str:
    reply = as_json({"error_code": code, "error_msg": message, "request_id": "r1"}, status)
    error = failure_of(reply, TokenCredentials("MIIEvQYJKoZIhvc"))
    assert isinstance(error, AuthenticationError)
    assert (error.error_code, error.error_message, error.request_id) == (code, message, "r1")
    assert error.remedy not in str(error)
    return error.remedy


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("ModelArts.0202", "The token has expired.", 401),
        ("ModelArts.0202", "whatever", 200),
        ("APIG.0307", "The token must be updated.", 401),
        ("APIGW.0307", "The token must be updated.", 401),
        ("APIG.0301", "Incorrect IAM authentication information: token expires, expires_at=2018-09-06", 401),
    ],
)
def test_an_expired_token_is_said_to_be_expired(code: str, message: str, status: int) -> None:
    told = _told(code, message, status)
    assert told.startswith("The token has expired:")
    assert "Use a new one" in told


@pytest.mark.parametrize(
    ("code", "message"), [("ModelArts.0203", "unreadable"), ("APIG.0301", "decrypt token fail")]
)
def test_a_token_that_was_never_accepted_may_be_wrong_or_expired(code: str, message: str) -> None:
    assert "not one of this cloud and region, or it has expired" in _told(code, message)


def test_a_token_without_a_project_is_said_to_have_none() -> None:
    assert "project scope" in _told("ModelArts.0204", "no project", 400)


def test_a_token_that_was_accepted_and_no_longer_is_has_expired_or_was_revoked() -> None:
    replies = iter(
        [listing([]), as_json({"error_code": "APIG.0301", "error_msg": "decrypt token fail"}, 401)]
    )
    with (
        ScriptedService(lambda _: next(replies)) as service,
        service.client(TokenCredentials("MIIEvQYJKoZIhvc")) as client,
    ):
        client.list_configurations()
        with pytest.raises(AuthenticationError) as caught:
            client.list_configurations()
    assert re.search(r"accepted until 20\d\d-.* UTC and no longer is", caught.value.remedy)


def test_a_token_that_expires_in_the_middle_of_a_load_ends_it_in_one_attempt_a_page() -> None:
    with LocalService(5000, auth="token") as service:
        demanded = service.authorisation
        assert isinstance(demanded, TokenAuthorisation)

        def expire(_loaded: int, _total: int) -> None:
            demanded.expired = True

        with (
            Client(
                service.url, service.project_id, TokenCredentials(demanded.token), max_connections=1
            ) as client,
            pytest.raises(AuthenticationError, match="The token has expired"),
        ):
            client.list_all_configurations(on_progress=expire)
        assert [request.status for request in service.requests].count(401) <= 4
