"""How a body becomes fields: strict JSON, or a form; nothing is repaired, nothing is guessed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from web.errors import FieldProblem, InvalidFields, Problem
from web.text import faults

MAX_DEPTH = 20
MAX_FORM_FIELDS = 100
JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Fields:
    """What a body held; values of a form are all text."""

    values: dict[str, Any]
    by_form: bool = False


def read_fields(content_type: str | None, body: bytes) -> Fields:
    """Return the fields of a body, or raise the Problem that it is."""
    kind, options = parse_options_header(content_type)
    is_form = kind in (URLENCODED, MULTIPART)
    if not (is_form or kind == "" or _is_json(kind)):
        raise Problem(
            415, "unsupported_media_type", f"send {JSON} or {URLENCODED}, not another type"
        )
    if not body:
        return Fields({})
    if is_form and not body.lstrip().startswith((b"{", b"[")):
        values = _read_multipart(body, options) if kind == MULTIPART else _read_urlencoded(body)
        return Fields(sound(values), by_form=True)
    return Fields(sound(_read_json(body)))


def _is_json(kind: str) -> bool:
    return kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        value = _DECODER.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _malformed("the body must be UTF-8") from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise _malformed(
            f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except ValueError as error:  # of the hooks below, or a number of thousands of digits
        reason = str(error) if isinstance(error, _Refused) else "a number is too long"
        raise _malformed(reason) from None
    if not isinstance(value, dict):
        raise Problem(400, "not_an_object", "the body must be a JSON object, like {}")
    _check_depth(value, 1)
    return value


class _Refused(ValueError):
    """JSON by its grammar, but not as we take it."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _Refused("a key stands twice in one object: give each once")
    return values


def _no_constant(_name: str) -> NoReturn:
    raise _Refused("NaN and Infinity are not JSON: leave the field out or give a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused("a number is out of range")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
)


def _check_depth(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _check_depth(one, depth + 1)


def _read_urlencoded(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except UnicodeDecodeError:
        raise _malformed("the form must be UTF-8") from None
    except ValueError:
        raise _malformed(f"the form has more than {MAX_FORM_FIELDS} fields") from None
    return _once(pairs)


def _read_multipart(body: bytes, options: dict[str, str]) -> dict[str, str]:
    parser = FormDataParser(_in_memory, silent=False, max_form_parts=MAX_FORM_FIELDS)
    try:
        _, form, files = parser.parse(BytesIO(body), MULTIPART, len(body), options)
    except (ValueError, UnicodeError, LookupError):
        raise _malformed("the multipart form cannot be read") from None
    if None in (*form, *files):  # a part whose name cannot be read
        raise _malformed("a part of the multipart form has no name")
    if files:
        raise InvalidFields(*(FieldProblem(name, "must not be a file") for name in files))
    return _once(list(form.items(multi=True)))


def _in_memory(*_: object, **__: object) -> BytesIO:
    return BytesIO()


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _malformed("a field stands twice in the form: give each once")
    return values


def sound(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values, unless a name or a text in them cannot be taken, at whatever depth."""
    found = [FieldProblem(place, why) for place, why in faults(values)]
    if found:
        raise InvalidFields(*found)
    return values


def _malformed(detail: str) -> Problem:
    return Problem(400, "malformed_body", detail)


def _too_deep() -> Problem:
    return _malformed(f"the body nests deeper than {MAX_DEPTH} levels")
