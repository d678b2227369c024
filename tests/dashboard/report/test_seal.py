"""A document that was changed is told, wherever and however it was changed."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from dashboard.report.report import report
from dashboard.report.seal import KeyProblemError, private_key, public_key, verify
from tests.dashboard.builders import EXAMPLES
from tests.dashboard.report.reports import report_data

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SIGNED, PLAIN = report(report_data(), KEY), report(report_data())
PKCS8 = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_what_was_signed_is_of_its_key_and_of_no_other() -> None:
    assert verify(SIGNED, KEY.public_key()).is_good
    assert "signed by" in verify(SIGNED, KEY.public_key()).words
    found = verify(SIGNED, OTHER.public_key())
    assert (found.is_whole, found.is_genuine, found.is_good) == (True, False, False)
    assert verify(SIGNED).is_genuine is None


def test_what_is_not_signed_is_whole_and_nobody_vouches_for_it() -> None:
    found = verify(PLAIN)
    assert (found.is_whole, found.is_signed, found.is_good) == (True, False, True)
    assert "not signed" in found.words
    assert not verify(PLAIN, KEY.public_key()).is_good


@EXAMPLES
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_fails(place: int, by: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] ^= by
    assert not verify(bytes(changed), KEY.public_key()).is_good


@EXAMPLES
@given(st.integers(0, len(SIGNED)), st.integers(1, 40), st.sampled_from([b"", b" ", b"<p>safe</p>", b'">']))
def test_nothing_can_be_cut_out_or_put_in(place: int, length: int, text: bytes) -> None:
    for changed in (SIGNED[:place] + text + SIGNED[place + length :], SIGNED[:place] + text + SIGNED[place:]):
        assert changed == SIGNED or not verify(changed, KEY.public_key()).is_good


@pytest.mark.parametrize("name", ["document-sha256", "signature", "signed-by"])
def test_every_character_of_the_seal_counts(name: str) -> None:
    begin = SIGNED.index(f'<meta name="{name}" content="'.encode()) + len(f'<meta name="{name}" content="')
    end = SIGNED.index(b'"', begin)
    assert end - begin >= 16
    for place in range(begin, end):
        for sign in b"A0+":
            changed = SIGNED[:place] + bytes([sign]) + SIGNED[place + 1 :]
            assert changed == SIGNED or not verify(changed, KEY.public_key()).is_good


def test_sums_that_were_made_anew_do_not_pass_for_a_signature() -> None:
    other = report(report_data(text="harmless"))
    assert verify(other).is_good
    assert not verify(other, KEY.public_key()).is_good
    begin, end = SIGNED.index(b'<meta name="signature"'), SIGNED.index(b"<style>")
    start, stop = other.index(b'<meta name="signature"'), other.index(b"<style>")
    assert not verify(other[:start] + SIGNED[begin:end] + other[stop:], KEY.public_key()).is_good


@pytest.mark.parametrize("junk", [b"", b"<html>", b"\xff" * 100, PLAIN[:5000], b"%PDF-1.7"])
def test_what_is_no_report_is_told(junk: bytes) -> None:
    found = verify(junk)
    assert not found.is_whole
    assert found.words


def test_keys_are_read_as_pem_as_a_file_and_as_base64(tmp_path: object) -> None:
    pem = KEY.private_bytes(*PKCS8).decode()
    raw = base64.b64encode(bytes(range(32))).decode()
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    file = tmp_path / "key.pem"  # type: ignore[operator]
    file.write_text(pem)
    for text in (pem, raw, str(file)):
        assert private_key(text).private_bytes_raw() == bytes(range(32))
    for text in (public, pem, base64.b64encode(KEY.public_key().public_bytes_raw()).decode()):
        assert public_key(text).public_bytes_raw() == KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "text",
    [
        "no such file",
        base64.b64encode(b"short").decode(),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        generate_private_key(SECP256R1()).private_bytes(*PKCS8).decode(),
    ],
)
def test_a_key_that_cannot_be_used_says_why_and_does_not_show_itself(text: str) -> None:
    for read in (private_key, public_key):
        with pytest.raises(KeyProblemError) as problem:
            read(text)
        assert text not in str(problem.value)
