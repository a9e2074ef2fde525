"""The types of fields, and one sentence for each field that is wrong."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from core.domain import LANGUAGES, language_of
from core.intake.phones import normalise_phone
from core.policy import parse_quiet_hours
from web.body import Fields
from web.errors import FieldProblem, InvalidFields

LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1
ModelT = TypeVar("ModelT", bound=BaseModel)
TextT = TypeVar("TextT", bound=str)


class Form(BaseModel):
    """A body or query of which every name is known."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, populate_by_name=True, defer_build=True
    )


def load(model: type[ModelT], fields: Fields) -> ModelT:
    """Return the fields as a model, or raise the 422 that names each wrong one."""
    try:
        if fields.by_form:
            return model.model_validate_strings(fields.values)
        return model.model_validate(fields.values)
    except ValidationError as error:
        raise InvalidFields(*map(_field_problem, error.errors(include_url=False))) from None


_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a whole number of at most 63 bits",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


def _field_problem(error: Any) -> FieldProblem:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "value_error":
        return FieldProblem(place, str(error["ctx"]["error"]))
    message: str = error["msg"]
    for beginning in ("Input should be ", "Input should have ", "String should have "):
        if message.startswith(beginning):
            message = f"must {beginning.split()[-1]} {message.removeprefix(beginning)}"
    return FieldProblem(place, _SENTENCES.get(error["type"], message))


def _none_when_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _text_of_number(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _only_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a moment with offset, like 2026-01-30T14:30:00+00:00")  # noqa: TRY004  # pydantic reads it
    return value


_known_phone = lru_cache(maxsize=10_000)(normalise_phone)  # the same numbers answer all day


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError("must be one address, like jo@example.com")
    return text


def _quiet_hours(text: str) -> str:
    parse_quiet_hours(text)
    return text


def _language(tag: str) -> str:
    known = language_of(tag)
    if known is None:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}, or a tag of one like en-GB")
    return known


def never_null(value: object) -> object:
    """Return a value that may be left out but not taken away. Raises ValueError."""
    if value is None:
        raise ValueError("must not be null")
    return value


def _up_to(longest: int, shortest: int = 0) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=shortest, max_length=longest)


Text10 = Annotated[str, _up_to(10)]
Text20 = Annotated[str, _up_to(20)]
Text40 = Annotated[str, _up_to(40)]
Text100 = Annotated[str, _up_to(100)]
Text200 = Annotated[str, _up_to(200)]
Text500 = Annotated[str, _up_to(500)]
Text2000 = Annotated[str, _up_to(2_000)]
Text10000 = Annotated[str, _up_to(10_000)]
OrBlank = Annotated[TextT | None, BeforeValidator(_none_when_blank)]  # blank is None

Word = Annotated[str, _up_to(100, 1)]
Name = Annotated[str, _up_to(200, 1)]
Reference = Annotated[Name, BeforeValidator(_text_of_number, json_schema_input_type=Name | float)]
MessageId = Annotated[
    Annotated[str, Field(min_length=1, max_length=255)],
    BeforeValidator(_text_of_number, json_schema_input_type=str | int),
]
Phone = Annotated[
    str, _up_to(40, 1), AfterValidator(_known_phone), Field(examples=["+447700900001"])
]
Email = Annotated[str, _up_to(320), AfterValidator(_email)]
QuietHours = Annotated[Text20, AfterValidator(_quiet_hours), Field(examples=["22:00-06:00"])]
Language = Annotated[Text10, AfterValidator(_language), Field(examples=[*LANGUAGES])]
Skills = Annotated[list[Word], Field(max_length=50)]

InOrder = Annotated[
    list[Word],
    Field(max_length=20, description="Channels in the order of trying.", examples=[["email"]]),
]

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Whole = Annotated[int, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_only_text)]
