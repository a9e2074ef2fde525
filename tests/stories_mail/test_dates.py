"""Dates as people mail them, in Europe/London: right, or left to a person."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.stories_mail.office import Office
from tests.stories_mail.people import said

MONDAY = datetime(2027, 1, 25, 9, 0, tzinfo=UTC)
MEANT = {
    "30/01/2027": "2027-01-30",
    "03/02/2027": "2027-02-03",
    "2027-02-03": "2027-02-03",
    "Fri 29 Jan": "2027-01-29",
    "tomorrow 2pm": "2027-01-26 14:00",
    "30/01/2027 1430": "2027-01-30 14:30",
    "30/01/2027 2.30pm": "2027-01-30 14:30",
    "01/07/2027 2pm": "2027-07-01 13:00",  # summer time, shown as UTC
}
LEFT = ("31/02/2027", "28/03/2027 01:30", "Sat 29 Jan", "next Tuesday 2pm")


async def test_dates_of_people_are_read_right_or_left_to_a_person(office: Office) -> None:
    office.clock.set(MONDAY)
    jo, carla = await office.coordinator(), await office.customer()
    every = {f"D-{n}": written for n, written in enumerate((*MEANT, *LEFT), start=1)}
    body = "---\n".join(
        f"Ref: {reference}\nWhen: {written}\nFrom: Leeds\nTo: York\n"
        for reference, written in every.items()
    )
    assert await carla.writes(body) == 250
    read = {every[reference]: await _pickup(office, reference) for reference in _known()}
    receipt = said(carla.mails[-1])
    assert [f"{ref}: NOT taken" in receipt for ref in every] == [w in LEFT for w in every.values()]
    assert await office.references() == [ref for ref, w in every.items() if w in MEANT]
    assert read == MEANT
    assert len(jo.mails) == len(MEANT) + 1, "one request a job, one alert for the rest"


def _known() -> list[str]:
    return [f"D-{n}" for n in range(1, len(MEANT) + 1)]


async def _pickup(office: Office, reference: str) -> str:
    job = await office.job(reference)
    assert job.pickup_at is not None
    form = "%Y-%m-%d" if job.pickup_date_only else "%Y-%m-%d %H:%M"
    return job.pickup_at.astimezone(UTC).strftime(form)
