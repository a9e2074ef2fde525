"""A short day of a small firm is played through a real service, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

from bench.firm.day import BUSY, Firm, Way, jobs_of
from bench.firm.findings import LATE, NEXT_AFTER_NO, Record, complaints_of
from bench.firm.habits import LIKELY, answer_of_driver
from bench.firm.playing import play
from bench.firm.telling import PLOTS, figures_of, table_of, times_of, write_json, write_plots
from bench.plot import Series, svg

SHORT = Firm(drivers=15, jobs_a_day=2_000, hours=0.3, speed=400, seed=4)


async def test_a_short_day_loses_nothing_and_what_would_be_lost_is_found(
    tmp_path: Path,
) -> None:
    played = await play(SHORT, tmp_path)
    record = Record(played)
    assert list(await complaints_of(played, record)) == []
    assert {job["sheet_job_id"] for job in record.jobs} == {job.reference for job in played.jobs}
    times = times_of(played, record)
    assert times[NEXT_AFTER_NO]
    assert all(late > 0 for _, late in times[LATE])
    figures = figures_of(played, record, times)
    assert {"email handled", "telegram handled", "webhook handled"} <= figures["received"].keys()
    assert table_of(figures).row_count == len(figures["times"])
    write_json(tmp_path / "figures.json", figures)
    write_plots(tmp_path, played, times)
    assert all(ET.parse(tmp_path / name) for name in PLOTS)  # noqa: S314 - our own file
    played.watch.brought.add("F-99999")
    played.watch.booked.add((1, 99))
    assert list(await complaints_of(played, record)) == [
        "LOST: F-99999 was acknowledged, but there is no such job",
        "LOST: driver 99 was told to have job 1",
    ]


def test_the_day_has_its_jobs_in_working_hours_by_mail_and_otherwise() -> None:
    jobs = jobs_of(Firm())
    assert abs(len(jobs) - 2_000) <= len(BUSY)
    assert jobs == jobs_of(Firm())
    assert [job.after for job in jobs] == sorted(job.after for job in jobs)
    assert 0 <= jobs[0].after < jobs[-1].after < 864
    assert sum(7 <= Firm().hour_at(job.after) < 19 for job in jobs) > 0.75 * len(jobs)
    assert 0.2 < sum(job.way is Way.MAIL for job in jobs) / len(jobs) < 0.4


def test_a_short_day_is_one_around_noon() -> None:
    firm = Firm(hours=2)
    assert (firm.hour_at(0), firm.hour_at(72)) == (11, 13)
    assert 180 < len(jobs_of(firm)) < 250


def test_drivers_have_every_habit() -> None:
    chance = Random(1)  # noqa: S311 - it must be repeatable
    said = {tuple(s.words for s in answer_of_driver(chance)) for _ in range(1_000)}
    assert said == {
        ("YES",),
        ("NO",),
        ("YES", "DROP", "DROP"),
        ("yes but an hour later", "YES"),
        (),
    }
    assert abs(sum(LIKELY.values()) - 1) < 1e-9


def test_a_plot_shows_medians_and_the_longest() -> None:
    drawn = svg("Lateness", [Series("late & slow", [(9.1, 0.01), (9.2, 0.1), (9.9, 1.0)])], (9, 10))
    root = ET.fromstring(drawn)  # noqa: S314 - our own text
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert (names.count("polyline"), names.count("circle")) == (1, 2)
    assert "late &amp; slow (3)" in drawn
    assert "10 ms" in drawn
