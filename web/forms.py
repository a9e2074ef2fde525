"""What clients may send: one strict model for each body and each query."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from core.domain import InboxState, JobStatus, OfferStatus
from web.fields import (
    LARGEST_ID,
    LARGEST_NUMBER,
    Email,
    Form,
    Id,
    InOrder,
    Language,
    MessageId,
    Moment,
    Name,
    OrBlank,
    Phone,
    QuietHours,
    Reference,
    Skills,
    Text40,
    Text100,
    Text200,
    Text500,
    Text2000,
    Text10000,
    Whole,
    Word,
    never_null,
)


class Nothing(Form):
    """A request that needs no body; `{}` and no body are the same."""


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


class JobFields(Form):
    """What may be said of a job, at its arrival and later."""

    pickup_date: OrBlank[Text100] = None
    pickup_time: OrBlank[Text100] = None
    origin: OrBlank[Text500] = None
    destination: OrBlank[Text500] = None
    vehicle_type: OrBlank[Text100] = None
    coordinator_email: OrBlank[Email] = None
    notes: OrBlank[Text10000] = None
    pay: OrBlank[Text100] = None
    skills: Skills | None = None
    policy: OrBlank[Text100] = None
    pickup_address: OrBlank[Text2000] = None
    delivery_address: OrBlank[Text2000] = None
    contact_name: OrBlank[Text200] = None
    contact_phone: OrBlank[Text40] = None


class JobForm(JobFields):
    """Fields beyond these are left out and named in `warnings`."""

    model_config = ConfigDict(extra="allow")

    sheet_job_id: Reference


class EditForm(JobFields):
    """Only what is named is changed; null takes a fact away."""


class VersionHeaders(Form):
    if_match: Annotated[
        str | None,
        Field(
            alias="If-Match",
            pattern=r'^(\*|(W/)?"?[0-9]{1,9}"?)$',
            description="The `version` that was seen; another one is a 412.",
        ),
    ] = None


class CreationHeaders(Form):
    idempotency_key: Annotated[
        str | None,
        Field(
            alias="Idempotency-Key",
            max_length=255,
            pattern=r"^[\x20-\x7e]*$",
            description="A name of yours for this request: the same key with the same body is the "
            "same request, with another body it is refused.",
        ),
    ] = None


class ReasonForm(Form):
    reason: OrBlank[Text2000] = None


class AssignForm(Form):
    agent_id: Id
    reason: OrBlank[Text2000] = None


class SkipForm(Form):
    offer_id: Annotated[Id | None, Field(description="Only while this offer is open.")] = None


class ExtendForm(Form):
    minutes: Annotated[float, Field(gt=0, le=10_080, examples=[15])]


class CutoffForm(Form):
    at: Moment


class ReofferForm(Form):
    policy: OrBlank[Text100] = None


class OfferNextForm(Form):
    agent_id: Id


class AwardForm(Form):
    offer_id: Id


class AnswerForm(Form):
    offer_id: Id
    verdict: Literal["YES", "NO", "DROP"]
    reason: OrBlank[Text2000] = None


class ReplyForm(Form):
    """A driver's words, as a gateway received them."""

    phone: Annotated[Phone, Field(alias="from")]
    response: Annotated[str, Field(max_length=2_000, examples=["YES"])]
    job_id: Id | None = None
    offer_id: Id | None = None
    id: Annotated[
        MessageId | None,
        Field(description="The gateway's own id of the message: repeats are answered the same."),
    ] = None


class ApprovalForm(Form):
    """A form must carry `action`; no body at all means approve."""

    action: Literal["approve", "approve_and_offer", "reject"] = "approve"
    reason: OrBlank[Text2000] = None
    version: Annotated[int, Field(ge=1, le=LARGEST_NUMBER)] | None = None
    token: Annotated[str | None, Field(description="Here or in the query.")] = None


class SignInForm(Form):
    token: Annotated[str, Field(max_length=512)]
    next: Annotated[OrBlank[Text2000], Field(description="The path to go on to.")] = None


class LinkQuery(Form):
    model_config = ConfigDict(extra="ignore")  # mail programs add their own

    token: Annotated[
        str | None,
        Field(description="From the approve link.", json_schema_extra={"required": True}),
    ] = None


class LinkOrFormQuery(Form):
    model_config = ConfigDict(extra="ignore")

    token: Annotated[str | None, Field(description="From the approve link.")] = None


class PageQuery(Form):
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[Id, Field(description="`next` of the page before.")] | None = None


class StreamQuery(Form):
    last_event_id: Annotated[
        Annotated[int, Field(ge=0, le=LARGEST_ID)] | None,
        Field(description="As the header, for clients that cannot set it; 0: from the beginning."),
    ] = None


class StreamHeaders(Form):
    last_event_id: Annotated[
        Annotated[int, Field(ge=0, le=LARGEST_ID)] | None,
        Field(alias="Last-Event-ID", description="The event that was seen last: go on after it."),
    ] = None


class JobsQuery(PageQuery):
    status: JobStatus | None = None
    q: Annotated[
        OrBlank[Text200], Field(description="Words to look for in reference and places.")
    ] = None


class PeopleQuery(PageQuery):
    q: Annotated[OrBlank[Text200], Field(description="Part of a driver's name or number.")] = None


class AgentsQuery(PageQuery):
    q: Annotated[OrBlank[Text200], Field(description="Part of a name or number.")] = None


class OffersQuery(PageQuery):
    status: OfferStatus | None = None


class AlertsQuery(PageQuery):
    state: Literal["open", "all"] = "open"


class InboxQuery(PageQuery):
    state: InboxState | None = None
