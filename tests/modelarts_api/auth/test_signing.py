"""Our signatures are the vendor's: on published vectors, and on thousands of requests that nobody chose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from requests import PreparedRequest, Request

from modelarts_api import AccessKeyCredentials
from modelarts_api.auth.signing import (
    authorization,
    canonical_query,
    canonical_request,
    string_to_sign,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "signing_vectors.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_vectors_signature_is_ours_to_the_byte(vector: dict[str, Any]) -> None:
    query = canonical_query((name, str(value)) for name, value in vector["query"])
    headers = {name: value for name, value in vector["headers"].items() if name != "Authorization"}
    body = vector["body"].encode()
    canonical = canonical_request(vector["method"], vector["path"], query, headers, body)
    assert canonical == vector["canonical_request"]
    assert string_to_sign(headers["X-Sdk-Date"], canonical) == vector["string_to_sign"]
    assert vector["path"] + (f"?{query}" if query else "") == vector["uri"]
    signed = authorization(vector["ak"], vector["sk"], headers, canonical)
    assert signed == vector["headers"]["Authorization"]


AWKWARD = st.text(
    st.one_of(
        st.sampled_from(" +*~%&=;#?/\\'\"()!$,:@[]{}|^`<>._-\t\n"),
        st.characters(codec="utf-8"),
        st.sampled_from("aAzZ09"),
    ),
    max_size=12,
)
SEGMENTS = AWKWARD.filter(lambda text: text not in {"", ".", ".."})
PAIRS = st.lists(st.tuples(st.one_of(st.sampled_from(["page", "a", "a b"]), AWKWARD), AWKWARD), max_size=6)
HOSTS = st.sampled_from(
    ["modelarts.eu-de.otc.t-systems.com", "127.0.0.1:8765", "[::1]:80", "Example.COM:8443", "example.com:443"]
)
KEYS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=40)
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)


def _prepared(url: str, credentials: AccessKeyCredentials) -> PreparedRequest:
    return Request("GET", url, auth=credentials).prepare()


@settings(max_examples=3000)
@given(HOSTS, st.lists(SEGMENTS, min_size=1, max_size=4), PAIRS, KEYS, PRINTABLE, st.none() | PRINTABLE)
@example("127.0.0.1:1", ["v1", "a/b~c*d"], [("a", "2"), ("a", "1"), ("a", ""), ("A", "+ ")], "K", "S", None)
@example("127.0.0.1:1", ["%2e%2E", "%"], [("\U0001f600", "\ufffd"), ("\uff01", "%20")], "K", "S", "t==")
def test_requests_are_signed_as_the_vendors_signer_does(  # noqa: PLR0917 - hypothesis draws each
    host: str,
    segments: list[str],
    pairs: list[tuple[str, str]],
    access_key: str,
    secret_key: str,
    security_token: str | None,
) -> None:
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    credentials = AccessKeyCredentials(access_key, secret_key, project_id="p1", security_token=security_token)
    request = _prepared(f"https://{host}{path}?{urlencode(pairs, quote_via=quote)}", credentials)
    signed = ("X-Sdk-Date", "X-Project-Id", "X-Security-Token", "Host")
    theirs = SdkRequest(
        method="GET",
        schema="https",
        host=str(request.headers["Host"]),
        resource_path=urlsplit(request.path_url).path,
        query_params=list(pairs),
        header_params={name: request.headers[name] for name in signed if name in request.headers},
    )
    Signer(BasicCredentials(access_key, secret_key, "p1")).sign(theirs)
    assert request.path_url == theirs.uri
    assert request.headers["Authorization"] == theirs.header_params["Authorization"]


@settings(max_examples=500)
@given(PAIRS)
def test_signing_keeps_every_parameter_and_signing_again_changes_nothing(
    pairs: list[tuple[str, str]],
) -> None:
    credentials = AccessKeyCredentials("AK", "SK", project_id="p1")
    request = _prepared(f"https://example.com/x?{urlencode(pairs)}", credentials)  # a space as a plus
    query = urlsplit(str(request.url)).query
    assert sorted(parse_qsl(query, keep_blank_values=True)) == sorted(pairs)
    assert _prepared(str(request.url), credentials).url == request.url


def test_bytes_that_are_no_text_are_sent_and_signed_as_they_are() -> None:
    request = _prepared(
        "https://example.com/x?b=%ff&a=%C3%A9", AccessKeyCredentials("AK", "SK", project_id="p")
    )
    assert request.url == "https://example.com/x?a=%C3%A9&b=%FF"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://modelarts.example/x", "modelarts.example"),
        ("https://modelarts.example:443/x", "modelarts.example"),
        ("http://modelarts.example:80/x", "modelarts.example"),
        ("http://modelarts.example:443/x", "modelarts.example:443"),
        ("https://Modelarts.Example:8443/x", "modelarts.example:8443"),
        ("http://[::1]:8765/x", "[::1]:8765"),
    ],
)
def test_the_host_is_signed_with_its_port_unless_that_goes_without_saying(url: str, host: str) -> None:
    assert _prepared(url, AccessKeyCredentials("AK", "SK", project_id="p")).headers["Host"] == host
