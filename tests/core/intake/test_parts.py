"""Of a message's parts one counts; what another says otherwise is not settled here."""

from __future__ import annotations

import pytest

from core.intake import cancellation_of, read_message
from core.intake.messages import MOST_JOBS
from tests.core.intake.told import LONDON, TUESDAY, file, read, told

ROW = "sheet_job_id=A-1 | origin=Leeds | destination=York"
HEADED = """<p>Hi</p><table><tr><td><table>
<tr><th>Ref</th><th>From</th><th>To</th><th>When</th></tr>
<tr><td>A-1</td><td>Leeds</td><td>York</td><td>Fri 29 Jan 2pm</td></tr>
<tr><td>A-2</td><td>Hull</td><td>York</td><td></td></tr></table></td></tr></table>"""
LABELLED = """<table><tr><td>Ref</td><td>A-1</td></tr><tr><td>From</td><td>Leeds</td></tr>
<tr><td>To:</td><td><b>York</b></td></tr></table>"""


def test_a_table_with_a_header_is_a_job_a_row_also_within_a_layout() -> None:
    assert told(read(html=HEADED)) == [
        "sheet_job_id=A-1 | pickup=Fri 29 Jan 2027 14:00 | origin=Leeds | destination=York",
        "sheet_job_id=A-2 | origin=Hull | destination=York",
    ]


def test_a_table_of_labels_and_values_is_a_job() -> None:
    assert told(read(html=LABELLED)) == [ROW]


def test_html_without_tables_is_read_as_lines() -> None:
    assert told(read(html="<div>Ref: <b>A-1</b></div><p>From: Leeds<br>To: York</p>")) == [ROW]


def test_quoted_html_does_not_count() -> None:
    assert told(read("Thanks", html=f"<blockquote>{LABELLED}</blockquote>")) == []


def test_the_text_beside_a_table_that_says_the_same_changes_nothing() -> None:
    assert told(read("Ref: A-1\nFrom: LEEDS\nTo: York", html=LABELLED)) == [ROW]


def test_two_parts_that_differ_are_a_problem() -> None:
    (reading,) = read("Ref: A-1\nFrom: Leeds\nTo: Hull", html=LABELLED).readings
    assert reading.problems == ("the table in the text and the text differ: destination",)


def test_a_job_that_only_the_lesser_part_has_is_unread() -> None:
    found = read("Ref: B-7\nFrom: Leeds\nTo: Hull", html=LABELLED)
    assert told(found) == [ROW, "? B-7: the text has it, the table in the text has not"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_cells_are_told_apart_however_they_are_parted(mark: str, encoding: str) -> None:
    rows = [["Job list"], ["Ref", "From", "To", "Notes"], ["A-1", "Köln", "York", '"a, b; c\nd"']]
    text = "\r\n".join(mark.join(row) for row in rows)
    assert told(read(files=[file("jobs.csv", text.encode(encoding))])) == [
        "sheet_job_id=A-1 | origin=Köln | destination=York | notes=a, b; c/d"
    ]


def test_a_file_without_a_header_is_unread() -> None:
    assert told(read(files=[file("jobs.csv", "A-1,Leeds,York\n")])) == [
        "? 'jobs.csv': it has no header that names columns such as Ref, From, To, Date"
    ]


def test_a_quote_that_never_ends_is_unread_rather_than_swallowing_rows() -> None:
    payload = 'Ref,From,To\nA-1,"Leeds,York\nA-2,Hull,York\n'
    (unread,) = read(files=[file("jobs.csv", payload)]).unread
    assert "cannot be told apart" in unread


def test_json_wins_over_a_sheet_and_files_of_other_kinds_are_left_alone() -> None:
    body = '{"sheet_job_id": "A-1", "origin": "Leeds", "destination": "York"}'
    files = [file("job.json", body), file("logo.png", b"\x89PNG")]
    assert told(read("please see attached", files=files)) == [ROW]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"origin": {"city": "Leeds"}}', "'origin' must be text"),
        ('{"origin": true, "destination": "York"}', "'origin' must be text"),
        ('{"pay": NaN}', "it is not JSON: NaN is no value"),
        ("[1, 2]", "it must hold a job, or a list of jobs"),
        ("[]", "it must hold a job, or a list of jobs"),
        ("[" * 100_000, "it is not JSON"),
    ],
)
def test_json_that_is_no_job_is_unread(body: str, why: str) -> None:
    (unread,) = read(files=[file("job.json", body)]).unread
    assert why in unread


def test_a_key_given_twice_in_json_is_a_problem() -> None:
    body = '{"origin": "Leeds", "origin": "Hull", "destination": "York"}'
    (reading,) = read(body).readings
    assert reading.problems == ("the origin is given twice: 'Leeds' and 'Hull'",)


def test_more_jobs_than_one_message_may_bring_make_none() -> None:
    rows = "".join(f"A-{number},Leeds,York\n" for number in range(MOST_JOBS + 1))
    found = read(files=[file("jobs.csv", f"Ref,From,To\n{rows}")])
    assert told(found) == ["? more than 200 jobs in one message"]


def test_the_subject_names_the_one_job_that_has_no_reference() -> None:
    assert told(read("From: Leeds\nTo: York", subject="Job A-1")) == [ROW]
    assert "A-1" not in str(told(read("From: Leeds\nTo: York", subject="Re: Job A-1")))


def test_a_subject_alone_may_be_a_job() -> None:
    subject = "A-1 Leeds to York tomorrow 2pm, van please"
    (line,) = told(read("Thanks\nJo", subject=subject))
    assert line.startswith("sheet_job_id=A-1 | pickup=Wed 27 Jan 2027 14:00")


def test_an_unknown_field_is_named_with_the_nearest_known_one() -> None:
    (reading,) = read("Ref: A-1\nFrom: Leeds\nTo: York\nVehicel: van\nDelivery time: 5pm").readings
    assert "unknown field 'Vehicel' was left out; did you mean 'vehicle'?" in reading.warnings
    assert (
        "'Delivery time' was left out: only the pickup's date and time are kept" in reading.warnings
    )


def test_what_is_missing_is_a_warning() -> None:
    (reading,) = read("From: Leeds\nTo: York").readings
    assert not reading.problems
    assert [warning.partition(":")[0] for warning in reading.warnings] == [
        "no pickup date",
        "no vehicle type",
    ]


def test_words_beside_the_places_of_a_line_are_named_as_left_out() -> None:
    (reading,) = read("Leeds to York, 2 pallets, tomorrow 10am, luton").readings
    assert reading.warnings == ("'2 pallets' was left out",)


def test_a_link_beside_the_fields_is_no_field() -> None:
    (reading,) = read("From: Leeds\nTo: York\nhttps://portal.test/jobs/1").readings
    assert reading.warnings[0] == "'https://portal.test/jobs/1' was left out"


def test_the_vehicle_of_a_line_is_shown_as_written_without_its_courtesies() -> None:
    (reading,) = read("VC8Y-4 Leeds to York tomorrow 2pm, need a 7.5 tonne please").readings
    assert [f.written for f in reading.fields if f.name == "vehicle_type"] == ["7.5 tonne"]


def test_words_beside_the_fields_are_named_as_left_out() -> None:
    (reading,) = read("From: Leeds\nTo: York\nplease also bring straps\nThanks\nJo").readings
    assert "'please also bring straps' was left out" in reading.warnings


@pytest.mark.parametrize(
    ("policies", "problems"),
    [(None, ()), (["fast"], ()), (["slow"], ("the policy 'fast' is none of slow",))],
)
def test_a_policy_that_the_site_does_not_have_is_a_problem(
    policies: list[str] | None, problems: tuple[str, ...]
) -> None:
    (reading,) = read("From: Leeds\nTo: York\nPolicy: fast", policies=policies).readings
    assert reading.problems == problems


def test_values_longer_than_a_job_can_hold_are_problems() -> None:
    (reading,) = read(f"From: Leeds\nTo: York\nPay: {'9' * 101}").readings
    assert reading.problems == ("the pay is too long: at most 100 characters",)
    assert reading.draft.pay is None


@pytest.mark.parametrize(
    ("subject", "reference"),
    [
        ("cancel VC8Y-4", "VC8Y-4"),
        ("Re: Cancel job VC8Y-4 please", "VC8Y-4"),
        ("CANCELLED: 2041/A", "2041/A"),
        ("Booking 2041 cancelled", "2041"),
        ("Anuluj zlecenie ZL-7", "ZL-7"),
        ("Storno DE-5", "DE-5"),
        ("Скасувати UA-3", "UA-3"),
        ("Cancel", None),
        ("cancel my subscription", None),
        ("do not cancel VC8Y-4", None),
        ("VC8Y-4", None),
        ("", None),
    ],
)
def test_a_subject_cancels_the_job_that_it_names(subject: str, reference: str | None) -> None:
    assert cancellation_of(subject) == reference


def test_a_site_without_a_ladder_knows_the_usual_vehicles() -> None:
    (job,) = read_message(
        "",
        "VC8Y-4 Leeds to York tomorrow 2pm, van please",
        "",
        (),
        today=TUESDAY,
        zone=LONDON,
        ladder=(),
    ).readings
    assert (job.draft.vehicle_type, job.warnings) == ("Van", ())


def test_a_vehicle_may_have_the_name_of_a_word_that_leads_to_one() -> None:
    (job,) = read_message(
        "",
        "VC8Y-4 Leeds to York tomorrow 2pm, A",
        "",
        (),
        today=TUESDAY,
        zone=LONDON,
        ladder=("A", "B"),
    ).readings
    assert job.draft.vehicle_type == "A"
