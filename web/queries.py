"""What clients may ask for: one strict model for each query, and for headers that steer it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from core.domain import InboxState, JobStatus, OfferStatus
from web.fields import (
    LARGEST_ID,
    Form,
    Id,
    OrBlank,
    Text200,
)


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
