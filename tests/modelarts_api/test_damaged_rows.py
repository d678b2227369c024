"""One text that is damaged costs that text alone; an answer in another encoding stays an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_api import (
    Client,
    ConfigurationQuery,
    DetailLoad,
    InvalidNameError,
    InvalidResponseError,
    ResultPage,
    SettingError,
)
from modelarts_api.models import Configuration, read_configurations
from modelarts_api.reading import parse_json
from modelarts_local import LocalService
from tests.modelarts_api.scripted_service import Reply, ScriptedService, failure_of, listing

LOST = "\N{REPLACEMENT CHARACTER}"
NOTED = "config_desc: some of its bytes were not text; U+FFFD stands for them"


def _page(description: bytes) -> bytes:
    rows = [{"config_name": "good", "config_desc": "模型"}, {"config_name": "bad", "config_desc": "HERE"}]
    body = json.dumps({"config_total_count": 2, "configs": rows}, ensure_ascii=False)
    return body.encode().replace(b"HERE", description)


def _listed(body: bytes) -> ResultPage:
    with ScriptedService(lambda _: Reply(200, body)) as service, service.client() as client:
        return client.list_configurations()


@pytest.mark.parametrize(
    ("description", "shown"),
    [
        ("训练模型".encode()[:-1], f"训练模{LOST}"),
        ("训练模型".encode()[:-2] + b"", f"训练模{LOST}"),
        (b"caf\xe9", f"caf{LOST}"),
        (b"a\xffb", f"a{LOST}b"),
        (b"\xf0\x9f\x98", LOST),
        (b"\xed\xa0\x80", LOST * 3),
        (b"a\x00b", f"a{LOST}b"),
        (b"a\x1bb\x08", f"a{LOST}b{LOST}"),
        (b"a\\ud800b", f"a{LOST}b"),
    ],
)
def test_a_damaged_text_is_shown_with_a_stand_in_and_noted(description: bytes, shown: str) -> None:
    good, bad = _listed(_page(description)).configurations
    assert (good.description, good.problems) == ("模型", ())
    assert (bad.name, bad.description) == ("bad", shown)
    assert bad.problems == (NOTED,)
    assert bad.raw["config_desc"] == shown


@pytest.mark.parametrize("white", [b"\n", b"\r\n", b"\t"])
def test_white_space_that_is_not_escaped_is_kept_as_it_is(white: bytes) -> None:
    """Nothing of it is lost, so there is nothing to note."""
    _, row = _listed(_page(b"one" + white + b"two")).configurations
    assert row.description == f"one{white.decode()}two"
    assert row.problems == ()


def test_thirty_texts_that_were_all_cut_within_a_character_cost_nothing_else() -> None:
    rows = [{"config_name": f"row-{number}", "config_desc": f"CUT{number}."} for number in range(30)]
    body = json.dumps({"config_total_count": 30, "configs": rows}).encode()
    for number in range(30):
        body = body.replace(f"CUT{number}.".encode(), "é".encode()[:1])
    page = _listed(body)
    assert [row.description for row in page.configurations] == [LOST] * 30
    assert all(row.problems == (NOTED,) for row in page.configurations)


GERMAN = [{"config_name": f"m-{n}", "config_desc": "Größe des Müsterwörterbüchs, geändert"} for n in range(9)]
CHINESE = [{"config_name": f"m-{n}", "config_desc": "第一次训练使用新的数据"} for n in range(9)]


@pytest.mark.parametrize(
    ("rows", "encoding"),
    [
        (GERMAN, "latin-1"),
        (GERMAN, "cp1252"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (CHINESE, "gbk"),
        (CHINESE, "gb18030"),
        (CHINESE, "utf-16"),
        (CHINESE, "big5"),
        (CHINESE, "shift_jis"),
    ],
)
def test_an_answer_in_another_encoding_stays_an_error(rows: list[dict[str, str]], encoding: str) -> None:
    document = {"config_total_count": 9, "configs": rows}
    body = json.dumps(document, ensure_ascii=False).encode(encoding, "ignore")
    error = failure_of(Reply(200, body))
    assert type(error) is InvalidResponseError
    assert "not JSON" in str(error)


@given(st.binary(max_size=60))
def test_no_body_does_worse_than_a_value_error(body: bytes) -> None:
    try:
        parse_json(body)
    except ValueError:
        return
    parse_json(json.dumps(parse_json(body)).encode())


TEXTS = (
    "config_name", "config_desc", "engine_name", "engine_version", "user_image_url", "user_command",
)  # fmt: skip


@pytest.mark.parametrize("field", TEXTS)
@given(st.text(alphabet=st.sampled_from(["a", "é", "模", LOST]), min_size=1, max_size=6))
def test_a_damaged_row_is_read_the_same_by_both_ways(field: str, text: str) -> None:
    wire = {"config_name": "a", field: text}
    (fast,) = read_configurations([wire])
    assert fast == Configuration.from_wire(wire)
    assert len(fast.problems) == (1 if LOST in text else 0)


def test_a_whole_project_with_a_damaged_row_is_loaded() -> None:
    with LocalService(2_500) as service, Client(service.url, service.project_id) as client:
        service.fail(None, lambda page: page.replace(b'"config_desc":"', b'"config_desc":"\xe6\xa8', 1))
        inventory = client.list_all_configurations()
    assert (inventory.complete, len(inventory.configurations)) == (True, 2_500)
    noted = [row for row in inventory.configurations if row.problems]
    assert [row.problems for row in noted] == [(NOTED,)] * 3


# Names


@pytest.fixture
def elsewhere() -> Iterator[tuple[ScriptedService, Client]]:
    with ScriptedService(lambda _: listing([])) as service, service.client() as client:
        yield service, client


@pytest.mark.parametrize("name", ["", " ", "\t\n", ".", "..", "\ud800", None, 7])
def test_a_name_that_cannot_be_asked_for_is_said_to_be_one_and_nothing_is_sent(
    name: Any, elsewhere: tuple[ScriptedService, Client]
) -> None:
    service, client = elsewhere
    with pytest.raises(InvalidNameError, match="name must be a name") as caught:
        client.get_configuration(name)
    assert isinstance(caught.value, SettingError)
    assert caught.value.field == "name"
    assert "list" in caught.value.remedy
    load: DetailLoad = client.load_details([name])
    assert isinstance(load.errors[name], InvalidNameError)
    assert (load.left, load.ended_by) == ((), None)
    assert service.requests == []


@pytest.mark.parametrize("name", ["../x", "a/../../b", "..%2f", "%2e%2e", "...", ". .", "a\x00b", "?x", "#"])
def test_no_other_name_leads_out_of_the_configurations(
    name: str, elsewhere: tuple[ScriptedService, Client]
) -> None:
    service, client = elsewhere
    with pytest.raises(InvalidResponseError, match="config_name is missing"):
        client.get_configuration(name)
    (request,) = service.requests
    base, _, segment = request.path.rpartition("/training-job-configs/")
    assert base == f"/v1/{client.project_id}"
    assert "/" not in segment
    assert segment not in ("", ".", "..")
    assert request.query == {"config_type": "custom"}


def test_a_row_without_a_name_is_there_with_its_problem() -> None:
    (row,) = read_configurations([{"config_desc": "x"}])
    assert (row.name, row.description, row.problems) == (None, "x", ("config_name: missing",))


@pytest.mark.parametrize(
    ("make", "field", "reason"),
    [
        (lambda: ConfigurationQuery(per_page=0), "per_page", "must be a whole number from 1 to 1000, not 0"),
        (lambda: Client("x", "p"), "endpoint", "must be a URL that begins with"),
        (lambda: Client("https://h", ".."), "project_id", "must be a name, not '..'"),
        (lambda: Client("https://h", "p", retries=-1), "retries", "must be at least 0, not -1"),
        (lambda: Client("https://h", "p", proxy="ftp://h"), "proxy", "must be a URL that begins with"),
        (
            lambda: Client("https://h", "p", ca_bundle="/none"),
            "ca_bundle",
            "'/none' is not a file that exists",
        ),
    ],
)
def test_an_error_of_a_setting_names_its_field(make: Any, field: str, reason: str) -> None:
    with pytest.raises(SettingError) as caught:
        make()
    assert caught.value.field == field
    assert caught.value.reason.startswith(reason)
    assert str(caught.value) == f"{field} {caught.value.reason}"
