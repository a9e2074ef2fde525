"""What clients may send about jobs, and to sign in: one strict model for each body."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from web.fields import (
    LARGEST_NUMBER,
    Email,
    Form,
    Id,
    MessageId,
    Moment,
    OrBlank,
    Phone,
    Reference,
    Skills,
    Text40,
    Text100,
    Text200,
    Text500,
    Text2000,
    Text10000,
)


class Nothing(Form):
    """A request that needs no body; `{}` and no body are the same."""


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
