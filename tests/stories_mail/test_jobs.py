"""Jobs mailed in: each of the five forms, the receipt, later mails on the same job."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from openpyxl import Workbook

from core.domain import JobStatus
from tests.stories_mail.office import JOB, Office
from tests.stories_mail.people import File, said

FACTS = {
    "sheet_job_id": "VC8Y-4",
    "pickup_date": "31/01/2026",
    "pickup_time": "14:00",
    "origin": "Leeds",
    "destination": "York",
    "vehicle_type": "Van",
}
HEAD = ("Ref", "Date", "Time", "From", "To", "Vehicle")
ROW = ("VC8Y-4", "31/01/2026", "14:00", "Leeds", "York", "Van")
LINES = "".join(f"{key}: {value}\n" for key, value in zip(HEAD, ROW, strict=True))
PROSE = "VC8Y-4 Leeds to York tomorrow 2pm, van please\n"


def table() -> str:
    rows = (HEAD, ROW)
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<p>Hello</p><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def sheet() -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(HEAD)
    page.append(ROW)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def delimited(mark: str) -> bytes:
    return "\r\n".join(mark.join(row) for row in (HEAD, ROW)).encode()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = json.dumps(FACTS)
FORMS: dict[str, tuple[str, str | None, tuple[File, ...]]] = {
    "lines": (LINES, None, ()),
    "prose": (PROSE, None, ()),
    "html table": ("Hello", table(), ()),
    "csv": ("See the file.", None, (("jobs.csv", "text/csv", delimited(",")),)),
    "tsv": ("See the file.", None, (("jobs.tsv", "text/csv", delimited("\t")),)),
    "xlsx": ("See the file.", None, (("jobs.xlsx", XLSX, sheet()),)),
    "json file": ("See the file.", None, (("job.json", "application/json", JSON.encode()),)),
    "json text": (JSON, None, ()),
}


@pytest.mark.parametrize("form", FORMS)
async def test_a_job_may_be_mailed_in_any_form(small_office: Office, form: str) -> None:
    jo, carla = await small_office.coordinator(), await small_office.customer()
    body, html, files = FORMS[form]
    assert await carla.writes(body, html=html, files=files, subject="Transport") == 250
    job = await small_office.job("VC8Y-4")
    assert (job.status, job.origin, job.destination, job.vehicle_type) == (
        *(JobStatus.NEEDS_APPROVAL, "Leeds", "York", "Van"),
    )
    assert job.pickup_at is not None
    assert f"{job.pickup_at:%d/%m %H:%M}" == "31/01 14:00"
    receipt = carla.got("VC8Y-4: received, waits for approval")
    assert receipt["Subject"] == "Re: Transport"
    assert receipt["In-Reply-To"] == carla.sent[0]["Message-ID"]
    assert "31 Jan 2026 14:00" in said(receipt)
    assert jo.subjects == ["Please approve VC8Y-4: Leeds to York"]


async def test_several_jobs_of_one_mail_are_all_shown_on_one_receipt(office: Office) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes(f"{JOB}---\nRef: VC8Y-4\nFrom: Hull\nTo: Leeds\nDate: 31/02/2027\n")
    assert await office.references() == ["VC8Y-3"]
    assert (await office.inbox())[0] == "needs_person"
    assert len(carla.mails) == 1
    receipt = said(carla.mails[0])
    assert "VC8Y-3: received, waits for approval" in receipt
    assert "VC8Y-4: NOT taken" in receipt
    assert "31/02/2027" in receipt
    assert sorted(jo.subjects) == [
        "Please approve VC8Y-3: Leeds to York",
        "Something came in that only a person can deal with",
    ]


async def test_the_desk_is_alerted_once_to_mail_that_waits_until_somebody_dealt_with_it(
    office: Office,
) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes("Ref: VC8Y-3\nFrom: Hull\nTo: Leeds\nDate: 31/02/2027\n")
    alert = jo.got("Something came in that only a person can deal with")
    assert "31/02/2027" in said(alert)
    assert "dispatch inbox show 1" in said(alert)
    await carla.writes("Hello, how are you?", subject="Hi")
    assert len(jo.mails) == 1, "one alert stands for all that waits"
    await office.passes(minutes=16)
    assert len(jo.mails) == 2, "it is repeated"
    for entry in (1, 2):
        assert await office.alerts() == ["needs_person"]
        await office.router.resolve_entry(entry, reason=None)
    assert await office.alerts() == []
    await carla.writes("Hello once more", subject="Hi")
    await jo.answers("ACK", jo.mails[-1])
    assert await office.alerts() == []


async def test_a_coordinator_who_mails_what_cannot_be_read_reads_it_in_the_answer_alone(
    office: Office,
) -> None:
    jo = await office.coordinator()
    await jo.writes("Ref: VC8Y-3\nFrom: Hull\nTo: Leeds\nDate: 31/02/2027\n")
    assert len(jo.mails) == 1
    assert await office.alerts() == []


async def test_a_job_without_a_reference_gets_a_number_of_ours(office: Office) -> None:
    await office.coordinator()
    carla = await office.customer()
    await carla.writes("Leeds to York tomorrow 2pm, van please\n")
    assert await office.references() == ["M-1"]
    carla.got("M-1: received")


async def test_the_same_mail_twice_makes_one_job_and_one_receipt(office: Office) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes(JOB)
    assert await carla.sends(carla.sent[0], "jobs@dispatch.example") == 250
    assert await office.references() == ["VC8Y-3"]
    assert len(carla.mails) == len(jo.mails) == 1


async def test_whoever_may_not_send_jobs_is_refused_at_the_door(small_office: Office) -> None:
    stranger = small_office.person("Eve", "eve@elsewhere.example")
    assert await stranger.writes(JOB) == 550
    assert await small_office.references() == []
    assert not stranger.mails


async def test_mail_to_nobody_here_is_refused(small_office: Office) -> None:
    carla = await small_office.customer()
    assert await carla.writes(JOB, to="nobody@dispatch.example") == 550


async def test_a_later_mail_updates_a_job_that_waits_for_approval(office: Office) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes(JOB)
    first = jo.got("Please approve VC8Y-3")
    await carla.writes("Ref: VC8Y-3\nTo: Hull\n", subject="Sorry")
    assert (await office.job()).destination == "Hull"
    carla.got("VC8Y-3: updated, waits for approval")
    assert jo.subjects[-1] == "Please approve VC8Y-3: Leeds to Hull"
    await jo.answers("APPROVE", first)
    assert (await office.job()).status == JobStatus.NEEDS_APPROVAL
    assert "Nothing was decided: VC8Y-3 has changed" in said(jo.mails[-1])


async def test_a_later_mail_only_proposes_a_change_once_a_job_is_approved(office: Office) -> None:
    await office.driver("Dan")
    await office.offered()
    jo, carla = office.person("Jo", "jo@example.com"), await office.customer()
    await carla.writes("Ref: VC8Y-3\nTo: Hull\n", subject="Sorry")
    assert (await office.job()).destination == "York"
    carla.got("VC8Y-3: change put to the coordinator")
    assert "York → Hull" in said(jo.got("VC8Y-3: a change is proposed"))


async def test_cancel_in_the_subject_is_put_to_the_coordinator(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    jo, carla = office.person("Jo", "jo@example.com"), await office.customer()
    await carla.writes("Please, the customer rang off.", subject="cancel VC8Y-3")
    assert (await office.job()).status == JobStatus.OFFERING
    carla.got("VC8Y-3: cancellation put to the coordinator")
    await jo.answers("CANCEL", jo.got("VC8Y-3: cancelling it is proposed"))
    assert (await office.standing()) == (JobStatus.CANCELLED, ["rescinded"])
    dan.got("VC8Y-3: closed")
    await dan.answers("YES", dan.got("Job offer VC8Y-3"))
    assert await office.holder() is None
    assert "cancelled" in said(dan.mails[-1])


async def test_mail_without_any_job_is_told_once_an_hour_that_a_person_looks(
    office: Office,
) -> None:
    carla = await office.customer()
    for number in range(3):
        await carla.writes(f"Hello, how are you? ({number})", subject="Hi")
        assert (await office.inbox())[0] == "needs_person"
    assert [said(mail).strip().splitlines()[0] for mail in carla.mails] == [
        "A person will look at it"
    ]
    await office.passes(minutes=61)
    await carla.writes("Hello again", subject="Hi")
    assert len(carla.mails) == 2


async def test_no_more_than_thirty_such_answers_leave_in_an_hour(small_office: Office) -> None:
    for number in range(33):
        person = small_office.person("X", f"x{number}@customer.example")
        await person.writes("Hello", subject="Hi")
    assert len(small_office.sink.taken) == 30
