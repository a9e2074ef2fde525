"""Open this for the other closed vocabularies: verdicts, states of addresses, events, alerts."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a Reply means."""

    YES = "YES"
    NO = "NO"
    DROP = "DROP"
    ON = "ON"
    OFF = "OFF"
    STOP = "STOP"
    START = "START"
    HELP = "HELP"
    STATUS = "STATUS"
    UNCLEAR = "UNCLEAR"


class AddressState(StrEnum):
    USABLE = "usable"
    OPTED_OUT = "opted_out"
    UNDELIVERABLE = "undeliverable"


class InboxState(StrEnum):
    STORED = "stored"  # acknowledged to the sender, not yet acted on
    HANDLED = "handled"
    IGNORED = "ignored"
    NEEDS_PERSON = "needs_person"


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"  # handed over to the channel
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"  # had become untrue before it was sent


class EventKind(StrEnum):
    """What a line of a job's history says."""

    CREATED = "created"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    OFFERING_STARTED = "offering_started"
    OFFERING_SCHEDULED = "offering_scheduled"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    RESCINDED = "rescinded"
    UNDELIVERABLE = "undeliverable"
    REROUTED = "rerouted"  # the same offer goes to the agent's next Address
    REMINDED = "reminded"
    EXPIRY_MOVED = "expiry_moved"  # the message left late, the window moved with it
    LATE_YES = "late_yes"
    RESERVED = "reserved"
    RESERVE_RELEASED = "reserve_released"
    UNCLEAR_REPLY = "unclear_reply"
    WAITING = "waiting"
    UNCOVERED = "uncovered"
    ASSIGNED = "assigned"
    DROP_ASKED = "drop_asked"
    DROPPED = "dropped"
    REOPENED = "reopened"
    EDITED = "edited"
    RECONFIRMED = "reconfirmed"
    PAUSED = "paused"
    RESUMED = "resumed"
    SKIPPED = "skipped"
    EXTENDED = "extended"
    CUTOFF_SET = "cutoff_set"
    ASKED_AGAIN = "asked_again"
    AWARDED = "awarded"
    TAKEN_BACK = "taken_back"
    COMPLETED = "completed"
    PROOF_ADDED = "proof_added"  # a photo, after the job was completed
    REASON_GIVEN = "reason_given"  # the driver says later why they declined
    EXPIRED = "expired"
    LINK_RENEWED = "link_renewed"
    ON_DUTY = "on_duty"
    OFF_DUTY = "off_duty"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    ALERTED = "alerted"
    ALERT_ACKNOWLEDGED = "alert_acknowledged"
    LINKED = "linked"  # a person joined a channel by their own hand
    UNLINKED = "unlinked"  # a handle is a person's no more: taken off, or moved to somebody else
    FORGOTTEN = "forgotten"  # a driver's personal data was erased
    PURGED = "purged"  # a job's personal data was erased, its time being over


class AlertCause(StrEnum):
    """Why a coordinator must act; at most one open alert per cause and job or agent."""

    UNCOVERED = "uncovered"
    UNAPPROVED = "unapproved"
    NEVER_STARTED = "never_started"
    AT_RISK = "at_risk"  # the cutoff is near and nobody has it
    DROPPED = "dropped"
    UNDELIVERABLE = "undeliverable"
    OPTED_OUT = "opted_out"
    UNCLEAR_REPLY = "unclear_reply"
    MESSAGE_FAILED = "message_failed"
    CHANGE_PROPOSED = "change_proposed"  # whoever brought the job wants it otherwise
    CANCEL_PROPOSED = "cancel_proposed"  # or called off
    NEEDS_PERSON = "needs_person"  # somebody's message was not understood and waits in the inbox
    CLOCK_STOPPED = "clock_stopped"  # something is overdue and nothing settles it


class MessageKind(StrEnum):
    """What an outbox message is about; its text is a template of that name."""

    APPROVAL_REQUEST = "approval_request"
    OFFER = "offer"
    REMINDER = "reminder"  # part of the window is over without an answer
    BOOKED = "booked"
    CHANGED = "changed"  # the job they hold was edited: YES or NO to the new facts
    WITHDRAWN = "withdrawn"  # this offer is closed: filled, cancelled, edited
    ANSWER = "answer"  # what somebody is told about their words, press or decision
    RECEIPT = "receipt"  # how the jobs that somebody brought were read
    ALERT = "alert"
    UPDATE = "update"  # what an earlier message of these kinds says by now: it is edited


class ExclusionReason(StrEnum):
    """Why an agent is not asked."""

    INACTIVE = "inactive"
    OFF_DUTY = "off_duty"
    NO_ADDRESS = "no_address"
    OPTED_OUT = "opted_out"
    UNDELIVERABLE = "undeliverable"
    VEHICLE_TOO_SMALL = "vehicle_too_small"
    MISSING_SKILLS = "missing_skills"
    QUIET_HOURS = "quiet_hours"
    BUSY = "busy"
    AT_CAP = "at_cap"
    ASKED_THIS_ROUND = "asked_this_round"
    DECLINED = "declined"
    HAS_OPEN_OFFER = "has_open_offer"
    DROPPED_OUT = "dropped_out"
    SKIPPED = "skipped"
    CALLED_OFF = "called_off"


class TokenScope(StrEnum):
    """What a bearer token allows."""

    FULL = "full"
    READ = "read"
    REPLY = "reply"  # to hand drivers' answers in
    TICK = "tick"


class LateYes(StrEnum):
    STANDBY = "standby"
    STRICT = "strict"
