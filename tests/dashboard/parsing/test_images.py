"""Image references by the OCI grammar, and what their names say of the inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.parsing import ImageReference, ProductLine, image_hints, parse_image_reference, says_cpu
from tests.dashboard.parsing.image_rows import ROWS, UNREAD, Row


def read(text: str) -> ImageReference:
    reference = parse_image_reference(text)
    assert reference is not None
    return reference


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:40])
def test_a_reference_has_its_parts(row: Row) -> None:
    reference = read(row.text)
    assert reference == ImageReference(row.text, row.repository, row.registry, row.tag, row.digest)
    assert reference.name == row.repository.split("/")[-1]
    assert (reference.tag_kind, reference.short, reference.registry_is_ip) == (row.kind, row.short, row.is_ip)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text[:40])
def test_what_a_name_says_of_the_inside(row: Row) -> None:
    reference = read(row.text)
    hints = image_hints(reference)
    assert [(one.product, one.version, one.text) for one in hints] == row.hints
    assert says_cpu(reference) is row.cpu
    assert all(row.text[one.start : one.start + len(one.text)] == one.text for one in hints)


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_no_reference_is_not_read(text: str) -> None:
    assert parse_image_reference(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("t/ubuntu1604", ProductLine("Ubuntu", "16.04")),
        ("centos:7.9.2009", ProductLine("CentOS", "7")),
        ("t/debian10", ProductLine("Debian", "10")),
        ("t/torch_npu2.1.0", ProductLine("torch_npu", "2.1")),
        ("t/cann_5.0.2", ProductLine("CANN", "5.0")),
        ("t/cuda10.2", ProductLine("CUDA", "10.2")),
        ("t/cp27", ProductLine("Python", "2.7")),
        ("t/torch-npu", None),
    ],
)
def test_a_hint_has_the_product_line_that_dates_are_given_for(text: str, line: ProductLine | None) -> None:
    assert [one.line for one in image_hints(read(text))] == [line]


def test_the_host_of_a_registry_is_without_port_and_brackets() -> None:
    texts = ["swr.example.com:443/a", "[::1]:5000/a", "10.0.0.1/a", "team/a"]
    assert [read(text).registry_host for text in texts] == ["swr.example.com", "::1", "10.0.0.1", None]


PARTS = [
    "a",
    "B",
    "swr.example.com",
    "100.1.2.3",
    "[::1]",
    ":",
    "5000",
    "/",
    "@",
    "sha256:",
    "0" * 64,
    "-",
    "_",
    ".",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from([*PARTS, "cuda", "ubuntu", "18.04"])).map("".join)))
def test_any_text_is_a_reference_that_can_be_put_together_again_or_none(text: str) -> None:
    reference = parse_image_reference(text)
    if reference is not None:
        registry = "" if reference.registry is None else f"{reference.registry}/"
        tag = "" if reference.tag is None else f":{reference.tag}"
        digest = "" if reference.digest is None else f"@{reference.digest}"
        assert f"{registry}{reference.repository}{tag}{digest}" == text
        assert reference.short
        assert all(text[one.start :].startswith(one.text) for one in image_hints(reference))
        assert not says_cpu(reference) or "cpu" in text
