"""How bodies become fields, and which are refused."""

from __future__ import annotations

import json

import pytest

from web.body import MAX_DEPTH, MAX_FORM_FIELDS, read_fields
from web.errors import Problem

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", [None, "", JSON, FORM, "application/json; charset=utf-8"])
def test_an_empty_body_counts_as_an_empty_object(kind: str | None) -> None:
    assert read_fields(kind, b"").values == {}


@pytest.mark.parametrize("kind", [None, JSON, FORM, "application/vnd.api+json"])
def test_json_is_taken_under_json_form_and_no_type(kind: str | None) -> None:
    fields = read_fields(kind, b'{"a": [1, 2.5, true, null, "\xc3\xa9"]}')
    assert fields.values == {"a": [1, 2.5, True, None, "é"]}
    assert not fields.by_form


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_fields(JSON, b'\xef\xbb\xbf{"a":1}').values == {"a": 1}


def test_a_form_is_read_as_text() -> None:
    fields = read_fields(FORM, b"action=reject&reason=no+driver+%C3%A9&empty=")
    assert fields.values == {"action": "reject", "reason": "no driver é", "empty": ""}
    assert fields.by_form


def test_a_multipart_form_is_read_as_text() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="action"\r\n\r\napprove\r\n--x--\r\n'
    fields = read_fields("multipart/form-data; boundary=x", body)
    assert fields.values == {"action": "approve"}
    assert fields.by_form


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "text/json", "image/png", "application/octet-stream"]
)
def test_another_content_type_is_415(kind: str) -> None:
    with pytest.raises(Problem) as caught:
        read_fields(kind, b"{}")
    assert caught.value.status == 415


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"a":', "not JSON"),
        (b"nothing", "not JSON"),
        (b" \n", "not JSON"),
        (b'{"a":1,"a":2}', "twice"),
        (b'{"x":{"a":1,"a":2}}', "twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "NaN"),
        (b'{"a":1e999}', "out of range"),
        (b'{"a":' + b"9" * 5000 + b"}", "too long"),
        (b'{"a":"\xff"}', "UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "UTF-8"),
        (b'\xff\xfe{\x00"\x00', "UTF-8"),
        (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "deeper"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper"),
        (b"[" * 200_000, "deeper"),
        (b'{"a":"tab\tinside"}', "not JSON"),
    ],
)
def test_json_that_is_not_meant_so_is_400(body: bytes, said: str) -> None:
    with pytest.raises(Problem) as caught:
        read_fields(JSON, body)
    assert caught.value.status == 400
    assert said in caught.value.detail


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null", b"true", b"[{}]"])
def test_json_that_is_no_object_is_400(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read_fields(JSON, body)
    assert (caught.value.status, caught.value.code) == (400, "not_an_object")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\0b", "NUL"),
        ("\ud83d", "surrogate"),
        ("\u202egpj", "U+202E"),
        ("\u2066x", "U+2066"),
        ("\u200fx", "U+200F"),
    ],
)
def test_text_that_would_not_be_shown_as_meant_is_422_naming_its_field(
    text: str, said: str
) -> None:
    body = json.dumps({"rows": [{"name": "fine"}, {"name": text}]}).encode()
    with pytest.raises(Problem) as caught:
        read_fields(JSON, body)
    assert caught.value.status == 422
    assert caught.value.detail.startswith("rows.1.name: ")
    assert said in caught.value.detail


@pytest.mark.parametrize("name", ["a\\u0000", "a\\ud800", "a\\u202e"])
def test_a_name_with_such_text_is_422_too(name: str) -> None:
    with pytest.raises(Problem) as caught:
        read_fields(JSON, b'{"rows":[{"%s":1}]}' % name.encode())
    assert caught.value.status == 422
    assert caught.value.detail.isascii()


def test_whole_emoji_and_other_scripts_are_taken() -> None:
    text = "👍🏽 Žluťoučký مرحبا 東京"
    assert read_fields(JSON, json.dumps({"a": text}).encode()).values == {"a": text}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a=1&a=2", 400),
        (b"a=%FF", 400),
        (b"a=\xff", 400),
        (b"&".join(b"f%d=1" % n for n in range(MAX_FORM_FIELDS + 1)), 400),
        (b"a=%00", 422),
    ],
)
def test_forms_are_read_as_strictly(body: bytes, status: int) -> None:
    with pytest.raises(Problem) as caught:
        read_fields(FORM, body)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"--x\r\n", 400),
        ("multipart/form-data; boundary=x", b"no parts", 400),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f\\"\r\n\r\nb\r\n--x--\r\n',
            400,
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nb\r\n--x--\r\n',
            422,
        ),
    ],
)
def test_multipart_that_cannot_be_read_is_refused(kind: str, body: bytes, status: int) -> None:
    with pytest.raises(Problem) as caught:
        read_fields(kind, body)
    assert caught.value.status == status
