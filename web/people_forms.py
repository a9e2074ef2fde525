"""What clients may send about drivers and coordinators: one strict model for each body."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from web.fields import (
    Email,
    Form,
    Id,
    InOrder,
    Language,
    Moment,
    Name,
    OrBlank,
    Phone,
    QuietHours,
    Skills,
    Text100,
    Whole,
    Word,
    never_null,
)


class AgentRow(Form):
    name: Name
    phone_e164: Phone
    priority: Whole
    active: bool = True
    vehicle_type: OrBlank[Text100] = None
    skills: Skills | None = None
    email: OrBlank[Email] = None
    telegram: Annotated[int, Field(ge=1, le=2**53)] | None = None
    language: OrBlank[Language] = None
    quiet_hours: OrBlank[QuietHours] = None


class AgentsForm(Form):
    agents: list[AgentRow]


class AgentChanges(Form):
    """Only what is named is changed; null takes a fact or an address away."""

    name: Name | None = None
    phone_e164: Phone | None = None
    priority: Whole | None = None
    active: bool | None = None
    vehicle_type: OrBlank[Text100] = None
    skills: Skills | None = None
    email: OrBlank[Email] = None
    telegram: Annotated[int, Field(ge=1, le=2**53)] | None = None
    language: OrBlank[Language] = None
    quiet_hours: OrBlank[QuietHours] = None
    channels: InOrder | None = None

    @field_validator("name", "phone_e164", "priority", "active")
    @classmethod
    def _is_given(cls, value: object) -> object:
        return never_null(value)


class JoinForm(Form):
    channel: Annotated[Word, Field(examples=["telegram"])]


class HandOutForm(JoinForm):
    """Who is to join: exactly one of the ids."""

    agent_id: Id | None = None
    coordinator_id: Id | None = None

    @model_validator(mode="after")
    def _is_one_person(self) -> Self:
        if (self.agent_id is None) == (self.coordinator_id is None):
            raise ValueError("name either agent_id or coordinator_id")
        return self


class DutyForm(Form):
    on: bool
    until: Moment | None = None

    @field_validator("until")
    @classmethod
    def _belongs_to_off(cls, until: datetime | None, rest: ValidationInfo) -> datetime | None:
        if until is not None and rest.data.get("on"):
            raise ValueError("goes with on = false only")
        return until


class CoordinatorForm(Form):
    name: Name
    email: Email
    is_default: Annotated[
        bool | None, Field(description="Of jobs that name nobody; null leaves that as it is.")
    ] = None
    language: OrBlank[Language] = None


class CoordinatorChanges(Form):
    """Only what is named is changed."""

    name: Name | None = None
    email: Email | None = None
    language: OrBlank[Language] = None
    active: bool | None = None
    is_default: bool | None = None
    channels: InOrder | None = None

    @field_validator("name", "email", "active", "is_default")
    @classmethod
    def _is_given(cls, value: object) -> object:
        return never_null(value)
