"""What people write, read into facts: shared by mail, chat, sheets and the API."""

from core.intake.dates import DateProblem, Pickup, read_pickup

__all__ = ["DateProblem", "Pickup", "read_pickup"]
