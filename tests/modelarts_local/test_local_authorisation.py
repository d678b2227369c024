"""What the local service demands: a token, a token of its own IAM, or a signature of the vendor's kind."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from modelarts_local import (
    AccessKeyAuthorisation,
    LocalService,
    PasswordAuthorisation,
    TokenAuthorisation,
)


def signed(service, secret_key=None, *, query=(), headers=None, date=None):
    """The URL and headers of the list call, signed by the vendor's own signer."""
    key = service.authorisation
    moment = date or dt.datetime.now(dt.UTC)
    request = SdkRequest(
        method="GET",
        schema="http",
        host=urlsplit(service.url).netloc,
        resource_path=f"/v1/{service.project_id}/training-job-configs",
        query_params=list(query),
        header_params={"X-Sdk-Date": moment.strftime("%Y%m%dT%H%M%SZ"), **(headers or {})},
    )
    Signer(BasicCredentials(key.access_key, secret_key or key.secret_key, "p")).sign(request)
    return service.url + request.uri, dict(request.header_params)


def send(url, headers):
    return requests.get(url, headers=headers, timeout=10)


@pytest.fixture
def service():
    with LocalService(3, auth="access-key") as running:
        yield running


def refusal(answer):
    content = answer.json()
    assert (answer.status_code, content["error_code"]) == (401, "APIG.0301")
    assert content["request_id"] == answer.headers["X-Request-Id"]
    return content["error_msg"]


def test_the_vendors_signature_is_accepted(service):
    query = [("search_content", "résnet 50+a/b~c*(v1)&x=y"), ("per_page", 1000), ("order", "desc")]
    headers = {"X-Project-Id": service.project_id, "Content-Type": "application/json"}
    assert send(*signed(service, query=query, headers=headers)).status_code == 200
    assert send(*signed(service)).json()["config_total_count"] == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda url, headers: (url.replace("page=1", "page=2"), headers),
        lambda url, headers: (url.replace("%20", "+"), headers),
        lambda url, headers: (url.replace("page=1&per_page=5", "per_page=5&page=1"), headers),
        lambda url, headers: (url.replace("training-job-configs", "job/ai-engines"), headers),
        lambda url, headers: (url, {**headers, "X-Project-Id": "another"}),
        lambda url, headers: (url, {**headers, "Host": "another.example"}),
        lambda url, headers: (url, {**headers, "Authorization": headers["Authorization"][:-1] + "x"}),
        lambda url, headers: (url, {**headers, "Authorization": re.sub(r".$", "", headers["Authorization"])}),
        lambda url, headers: (url, {**headers, "X-Security-Token": "unsigned"}),
        lambda url, headers: (url, {name: headers[name] for name in headers if name != "X-Sdk-Date"}),
        lambda url, headers: (url, {name: headers[name] for name in headers if name != "Authorization"}),
    ],
)
def test_whatever_is_not_as_it_was_signed_is_refused(service, change):
    query = [("page", 1), ("per_page", 5), ("search_content", "a b")]
    url, headers = signed(service, query=query, headers={"X-Project-Id": service.project_id})
    assert send(url, headers).status_code == 200
    refusal(send(*change(url, headers)))
    assert service.authorisation.failed_signatures == 1


@pytest.mark.parametrize(("minutes", "status"), [(-16, 401), (-14, 200), (14, 200), (16, 401)])
def test_a_clock_may_be_fifteen_minutes_off(service, minutes, status):
    date = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    assert send(*signed(service, date=date)).status_code == status


@pytest.mark.parametrize(("given", "status"), [("the-right-one", 200), ("another", 401), (None, 401)])
def test_a_temporary_key_must_bring_its_security_token(given, status):
    with LocalService(3, auth=AccessKeyAuthorisation(security_token="the-right-one")) as service:
        headers = {} if given is None else {"X-Security-Token": given}
        assert send(*signed(service, headers=headers)).status_code == status


def test_the_sixth_failed_signature_in_a_row_locks_the_key_for_five_minutes():
    moment = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    seconds = [0]
    key = AccessKeyAuthorisation(clock=lambda: moment.timestamp() + seconds[0])

    def ask(secret_key=None):
        now = moment + dt.timedelta(seconds=seconds[0])
        return send(*signed(service, secret_key, date=now))

    with LocalService(3, auth=key) as service:
        for _ in range(5):
            assert "verify aksk signature fail" in refusal(ask("wrong"))
        assert ask().status_code == 200  # in a row: this one begins it anew
        for _ in range(6):
            assert not key.locked
            refusal(ask("wrong"))
        assert key.locked
        assert "failed to reach the limit" in refusal(ask())
        seconds[0] = 299
        assert "failed to reach the limit" in refusal(ask())
        seconds[0] = 300
        assert ask().status_code == 200
    assert key.failed_signatures == 11


def test_an_unknown_access_key_is_said_to_be_unknown(service):
    url, headers = signed(service)
    headers["Authorization"] = headers["Authorization"].replace(service.authorisation.access_key, "OTHER")
    assert "ak not exist" in refusal(send(url, headers))


def sign_in(service, **changes):
    user = service.authorisation
    values = {"name": user.username, "password": user.password, "domain": {"name": user.domain}, **changes}
    scope = values.pop("scope", {"project": {"id": service.project_id}})
    identity = {"methods": ["password"], "password": {"user": values}}
    body = {"auth": {"identity": identity, **({"scope": scope} if scope else {})}}
    return requests.post(f"{service.iam_url}/v3/auth/tokens?nocatalog=1", json=body, timeout=10)


@pytest.fixture
def signed_in():
    with LocalService(3, auth=PasswordAuthorisation(token_life_s=3600)) as running:
        yield running


def listed(service, token, fetch):
    return fetch(service, headers={"X-Auth-Token": token})


@pytest.mark.parametrize("by", ["id", "name"])
def test_iam_issues_a_token_of_the_project_that_the_service_takes(signed_in, fetch, by):
    project = {"id": signed_in.project_id, "name": signed_in.authorisation.project_name}
    answer = sign_in(signed_in, scope={"project": {by: project[by]}})
    assert answer.status_code == 201
    token = answer.json()["token"]
    assert {"id": token["project"]["id"], "name": token["project"]["name"]} == project
    life = dt.datetime.fromisoformat(token["expires_at"]) - dt.datetime.fromisoformat(token["issued_at"])
    assert life == dt.timedelta(hours=1)
    assert listed(signed_in, answer.headers["X-Subject-Token"], fetch).json()["config_total_count"] == 3
    assert [request.path for request in signed_in.iam_requests] == ["/v3/auth/tokens"]


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"name": "wrong"},
        {"domain": {"name": "wrong"}},
        {"scope": {"project": {"id": "x"}}},
    ],
)
def test_iam_refuses_who_is_not_its_user_in_its_own_envelope(signed_in, changes):
    answer = sign_in(signed_in, **changes)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == 401
    assert answer.json()["error"]["title"] == "Unauthorized"
    assert "X-Subject-Token" not in answer.headers


@pytest.mark.parametrize("body", [b"", b"[]", b'{"auth":{}}', b'{"auth":{"identity":{"methods":["totp"]}}}'])
def test_iam_says_what_it_cannot_read(signed_in, body):
    answer = requests.post(f"{signed_in.iam_url}/v3/auth/tokens", data=body, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)
    assert requests.get(f"{signed_in.iam_url}/v3/projects", timeout=10).json()["error"]["code"] == 404


def test_a_token_is_told_apart_as_missing_unknown_unscoped_expired_and_revoked(signed_in, fetch):
    def code(token):
        answer = listed(signed_in, token, fetch)
        return answer.status_code, answer.json().get("error_code")

    token = sign_in(signed_in).headers["X-Subject-Token"]
    assert code(token) == (200, None)
    assert code("") == (401, "ModelArts.0201")
    assert code("another") == (401, "ModelArts.0203")
    assert code(sign_in(signed_in, scope=None).headers["X-Subject-Token"]) == (401, "ModelArts.0204")
    signed_in.authorisation.iam.expire()
    assert code(token) == (401, "ModelArts.0202")
    signed_in.authorisation.iam.revoke()
    assert code(token) == (401, "ModelArts.0203")
    signed_in.authorisation.token_life_s = -1
    assert code(sign_in(signed_in).headers["X-Subject-Token"]) == (401, "ModelArts.0202")


def test_iam_fails_on_demand(signed_in):
    with signed_in.fail(503, path_contains="/v3/auth/tokens"):
        assert sign_in(signed_in).status_code == 503
    assert sign_in(signed_in).status_code == 201


def test_a_token_can_expire(fetch):
    with LocalService(3, auth="token") as service:
        token = service.authorisation.token
        assert listed(service, token, fetch).status_code == 200
        service.authorisation.expired = True
        assert listed(service, token, fetch).json()["error_code"] == "ModelArts.0202"
        assert listed(service, "another", fetch).json()["error_code"] == "ModelArts.0203"


def test_arguments_that_contradict_are_refused():
    with pytest.raises(ValueError, match="must be one of token, password, access-key"):
        LocalService(1, auth="basic")
    with pytest.raises(ValueError, match="token goes with"):
        LocalService(1, auth="password", token="t")
    with LocalService(1, auth=TokenAuthorisation("t")) as service, pytest.raises(RuntimeError, match="IAM"):
        _ = service.iam_url
