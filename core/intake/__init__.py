"""What people write, read into facts: shared by mail, chat, sheets and the API."""

from core.drafts import FieldRead, JobDraft, JobReading
from core.intake.dates import DateProblem, Pickup, read_pickup
from core.intake.messages import read_attachment, read_message
from core.intake.references import cancellation_of
from core.intake.values import Attachment, Intake

__all__ = [
    "Attachment",
    "DateProblem",
    "FieldRead",
    "Intake",
    "JobDraft",
    "JobReading",
    "Pickup",
    "cancellation_of",
    "read_attachment",
    "read_message",
    "read_pickup",
]
