"""What became of one job as somebody described it, and how a receipt tells that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.drafts import JobReading


@dataclass(frozen=True, slots=True)
class Taken:
    """`result` is created, already_exists, updated, change_proposed, cancel_proposed, or waits."""

    reading: JobReading
    reference: str | None = None
    job_id: int | None = None
    result: str = "waits_for_person"
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.reference or "a job without a reference"

    def told(self) -> dict[str, Any]:
        """Return it as the facts of a receipt, plain JSON."""
        return {
            "reference": self.reference,
            "job_id": self.job_id,
            "result": self.result,
            "fields": [[f.name, f.written, f.understood] for f in self.reading.fields],
            "warnings": list(self.reading.warnings),
            "problems": list(self.problems),
        }
