"""No secret is in what is shown of texts from elsewhere, however it is spelled and however long they are."""

from __future__ import annotations

import gc
import html
import json
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_api import ApiError, Client, InvalidResponseError, TokenCredentials
from modelarts_api.redaction import Redactor
from tests.modelarts_api.scripted_service import Reply, ScriptedService, as_json, failure_of

TOKEN = "MII/vg+JKoZIhvcNAQcCoIIFrzCCBasCAQ+ExDTALBg/lghkgBZQMEAgEwggPPBgkqh=="
PASSWORD = 'correct horse "battery" stäple/+=<&>\\1 😀'
SHORT = "hunter2"


def _numeric(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "JSON, every character": lambda text: "".join(f"\\u{ord(each):04x}" for each in text if each < "\uffff"),
    "JSON, / escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "URL": lambda text: quote(text, safe=""),
    "URL, lower case": lambda text: quote(text, safe="").lower(),
    "URL, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "form": quote_plus,
    "HTML": html.escape,
    "HTML, decimal": _numeric,
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "HTML, padded": lambda text: "".join(f"&#x{ord(each):06x};" for each in text),
    "HTML, some": lambda text: text.replace("/", "&#x2F;").replace("+", "&#43;"),
    "HTML, by name": lambda text: text.replace("/", "&sol;").replace("+", "&plus;").replace("=", "&equals;"),
    "HTML in a URL": lambda text: quote(_numeric(text), safe=""),
    "a header": lambda text: text.encode().decode("latin-1"),
    "capitals": str.upper,
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("secret", [TOKEN, PASSWORD, SHORT])
def test_a_secret_is_hidden_however_it_is_spelled(secret: str, spell: Callable[[str], str]) -> None:
    shown = Redactor([secret])(f"before [{spell(secret)}] after", 4_000)
    assert shown == "before [***] after"


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", ["", "x", ":scope"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode, encodebytes])
@pytest.mark.parametrize("secret", [TOKEN, PASSWORD, SHORT])
def test_a_secret_in_base64_is_hidden_wherever_it_begins(
    secret: str, encode: Callable[[bytes], bytes], after: str, before: int
) -> None:
    """What may be left are the characters that hold bits of its neighbours."""
    coded = encode(b"abcd"[:before] + secret.encode() + after.encode()).decode()
    shown = Redactor([secret])(f"<{coded}>", 4_000)
    plain = encode(secret.encode()).decode()
    assert "***" in shown
    for length in (8, 12):
        pieces = {coded[start : start + length] for start in range(4, len(plain) - length)}
        assert not [piece for piece in pieces if len(piece) == length and piece in shown]


@pytest.mark.parametrize(
    "piece", [slice(0, 12), slice(0, 40), slice(20, 45), slice(-12, None), slice(-30, None)]
)
def test_any_twelve_characters_of_a_secret_are_hidden(piece: slice) -> None:
    """Its head, its tail alone, something of its middle; and the rest of the word with them."""
    assert Redactor([TOKEN])(f"token {TOKEN[piece]}, no more", 200) == "token ***, no more"
    assert Redactor([TOKEN])(f"token {TOKEN[piece]}x9, no more", 200) == "token ***, no more"


def test_eleven_characters_and_what_only_looks_alike_stay() -> None:
    assert (
        Redactor([TOKEN])(f"{TOKEN[:11]} and {TOKEN[5:15][::-1]}", 200)
        == f"{TOKEN[:11]} and {TOKEN[5:15][::-1]}"
    )
    assert Redactor(["", SHORT])("hunter 2, hunters", 200) == "hunter 2, hunters"
    assert Redactor([])("100 % &amp; \\u002f", 200) == "100 % &amp; \\u002f"


def test_a_signature_that_is_echoed_is_hidden_whoever_asks() -> None:
    shown = Redactor([])(f"SignedHeaders=host, Signature={'0a' * 32}, signature: {'F' * 40}", 300)
    assert shown == "SignedHeaders=host, Signature=***, signature: ***"


@pytest.mark.parametrize("place", [0, 150, 188, 195, 199, 200, 201])
def test_a_secret_where_the_text_is_cut_is_hidden_too(place: int) -> None:
    shown = Redactor([TOKEN])("." * place + TOKEN + "." * 400, 200)
    assert len(shown) <= 200
    assert TOKEN[:4] not in shown
    assert shown.startswith("." * min(place, 197))


class _Seen(str):
    """A text of which only a slice can be had: whatever else looks at it sees something else."""

    __slots__ = ("slices", "whole")

    def __getitem__(self, key: Any) -> str:
        self.slices.append(key)
        return self.whole[key]


@pytest.mark.parametrize("unit", ["x", "&#x2f;", "%25", "\\", "\\u005c", TOKEN, TOKEN[:11]])
def test_nothing_after_the_part_that_is_shown_is_looked_at(unit: str) -> None:
    """So 20 MB take as long as 20 kB, whatever they hold."""
    redactor = Redactor([TOKEN])
    seen = _Seen("something else")
    seen.slices, seen.whole = [], unit * (20_000_000 // len(unit))
    assert redactor(seen, 2_000) == redactor(seen.whole[:10_000], 2_000)
    assert [each.stop for each in seen.slices] == [2_512]


@settings(max_examples=300)
@given(st.text(max_size=60), st.text(min_size=6, max_size=40), st.text(max_size=60))
def test_no_text_breaks_it_and_nothing_else_is_lost(before: str, secret: str, after: str) -> None:
    redactor = Redactor([secret])
    shown = redactor(before + secret + after, 1_000)
    assert secret not in shown or secret in "***"
    assert redactor("", 10) == ""
    assert len(redactor(before, 20)) <= 20
    assert Redactor([])(before, 1_000) == before or "ignature" in before.lower()


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_what_the_service_echoes_of_a_token_is_hidden_in_every_part_of_an_error(
    spell: Callable[[str], str],
) -> None:
    echo = spell(TOKEN)
    envelope = {"error_code": echo, "error_msg": f"bad {echo}", "request_id": echo}
    for reply in (as_json(envelope, 403), Reply(200, b"x" * 180 + echo.encode())):
        error = failure_of(reply, TokenCredentials(TOKEN))
        assert isinstance(error, ApiError | InvalidResponseError)
        told = f"{error} {error!r} {vars(error)}"
        assert "***" in told
        assert TOKEN[:12] not in told
        assert echo[:24] not in told


def test_no_secret_is_kept_when_its_connection_is_gone() -> None:
    """Not in a cache of the module either: a piece of it in any string that is left would be found."""
    secret = "".join(f"{number:x}" for number in range(1_000, 1_060))
    with ScriptedService(lambda _: as_json({"error_msg": secret}, 403)) as service:
        client: Client | None = service.client(TokenCredentials(secret))
        assert client is not None
        with pytest.raises(ApiError, match=r"\*\*\*"):
            client.list_configurations()
        client.close()
        service.requests.clear()
    client = None
    gc.collect()
    import modelarts_api.redaction as module

    kept = [value for value in vars(module).values() if hasattr(value, "cache_info")]
    assert kept == []
    assert not [each for each in gc.get_objects() if isinstance(each, Redactor) and secret in each.secrets]
