"""Read messages as they come in on one Tuesday, and say in one line a job what was understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.intake import Attachment, Intake, JobReading, read_message
from core.intake.values import Surroundings

LONDON = ZoneInfo("Europe/London")
TUESDAY = datetime(2027, 1, 26, 9, 0, tzinfo=LONDON)
LADDER = ("Bike", "Car", "Small van", "Van", "Long van", "Luton", "7.5t", "18t")
AROUND = Surroundings(TUESDAY, LONDON, LADDER)
CASES = Path(__file__).parent / "cases"


def read(
    text: str = "",
    *,
    html: str = "",
    files: Sequence[Attachment] = (),
    subject: str = "",
    policies: Sequence[str] | None = None,
) -> Intake:
    return read_message(
        subject, text, html, files, today=TUESDAY, zone=LONDON, ladder=LADDER, policies=policies
    )


def file(name: str, payload: bytes | str) -> Attachment:
    return Attachment(name, "", payload.encode() if isinstance(payload, str) else payload)


def told(intake: Intake) -> list[str]:
    """Return a line a job: what is understood, `!` and its problems; `?` before what is unread."""
    return [*map(_job, intake.readings), *(f"? {text}" for text in intake.unread)]


def _job(reading: JobReading) -> str:
    understood = " | ".join(f"{f.name}={f.understood}".replace("\n", "/") for f in reading.fields)
    return f"{understood} ! {'; '.join(reading.problems)}" if reading.problems else understood


def lines_of(name: str) -> Iterator[tuple[str, str]]:
    """Yield message and meaning of each line of a file of cases."""
    for line in (CASES / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            written, _, meant = line.partition(" => ")
            yield written.strip(), meant.strip()


def letters_of(name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield title, message and meaning of each letter of a file of cases."""
    for letter in (CASES / name).read_text(encoding="utf-8").split("\n@@ ")[1:]:
        title, _, rest = letter.partition("\n")
        message, _, meant = rest.partition("\n=>\n")
        yield title, message, [line for line in meant.splitlines() if line.strip()]
