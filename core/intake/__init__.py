"""What people write, read into facts: shared by mail, chat, sheets and the API.

Each name is loaded when it is first asked for: a service without channels that read jobs would
carry 2 MB of words and patterns.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.drafts import FieldRead, JobDraft, JobReading
    from core.intake.dates import DateProblem, Pickup, read_pickup
    from core.intake.messages import read_attachment, read_message
    from core.intake.references import cancellation_of
    from core.intake.values import Attachment, Intake

_ROOMS = {
    "Attachment": "core.intake.values",
    "DateProblem": "core.intake.dates",
    "FieldRead": "core.drafts",
    "Intake": "core.intake.values",
    "JobDraft": "core.drafts",
    "JobReading": "core.drafts",
    "Pickup": "core.intake.dates",
    "cancellation_of": "core.intake.references",
    "read_attachment": "core.intake.messages",
    "read_message": "core.intake.messages",
    "read_pickup": "core.intake.dates",
}

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


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
