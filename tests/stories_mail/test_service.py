"""The whole service by mail: one job from the first mail to the last, punctual and discreet."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.stories_mail.office import JOB
from tests.stories_mail.people import links, said
from tests.stories_mail.service import Serving, open_service

PUNCTUAL = 2.0 * 5  # this machine may be busy with other tests


async def test_a_mailed_job_goes_all_the_way_to_booked(tmp_path: Path) -> None:
    async with open_service(tmp_path) as service:
        dan, eve = await service.crew("Dan", "Eve")
        carla = service.person("Carla", "carla@customer.example")
        jo = service.person("Jo", "jo@example.com")
        await carla.writes(JOB)
        await service.until(lambda: bool(jo.mails and carla.mails))
        assert carla.subjects == ["Re: A job"]
        await jo.answers("approve and offer please", jo.mails[0])
        await service.until(lambda: bool(dan.mails))
        await dan.answers("NO back hurts", dan.got("Job offer VC8Y-3"))
        await service.until(lambda: bool(eve.mails))
        await eve.answers("yes", eve.got("Job offer VC8Y-3"))
        await service.until(lambda: len(eve.mails) > 1)
        assert "1 Old Road" in said(eve.got("BOOKED: VC8Y-3"))
        job = await service.get("/jobs/1")
        assert (job["status"], [o["status"] for o in job["offers"]]) == (
            *("assigned", ["declined", "accepted"]),
        )
        personal = ("Old Road", "back hurts", "dan@drivers", "carla@", "jo@example")
        logged = [*service.served.errors, *service.served.output]
        assert logged
        assert not [line for line in logged if any(word in line for word in personal)]


async def test_a_job_is_approved_on_the_mailed_page_and_silence_moves_it_on(
    tmp_path: Path,
) -> None:
    async with open_service(tmp_path, window="3s") as service:
        dan, eve = await service.crew("Dan", "Eve")
        carla = service.person("Carla", "carla@customer.example")
        jo = service.person("Jo", "jo@example.com")
        await carla.writes(JOB)
        await service.until(lambda: bool(jo.mails))
        await _approve_and_offer(service, links(jo.mails[0])[0])
        await service.until(lambda: bool(dan.mails))
        began = time.monotonic()
        await service.until(lambda: bool(eve.mails))
        assert time.monotonic() - began < 3 + PUNCTUAL
        assert (await service.get("/jobs/1"))["offers"][0]["status"] == "timed_out"


async def _approve_and_offer(service: Serving, link: str) -> None:
    at = urlsplit(link)
    url = f"{service.served.url}{at.path}?{at.query}"  # the port of a trial is any
    choice = {"action": "approve_and_offer", "version": "1"}
    pressed = await asyncio.to_thread(
        httpx.post, url, data=choice, headers={"Origin": service.served.url}
    )
    assert pressed.status_code == 303, pressed.text
