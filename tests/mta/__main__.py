"""Play jobs through a real Postfix in both directions: `python -m tests.mta`.

Needs root, postfix and swaks (`apt-get install postfix swaks`); the machine's own Postfix is left
alone. Prints what was seen, and ends with an error at the first thing that was not.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bot.chat.waiting import eventually
from tests.bot.processes import Served
from tests.mta.office import AUTHSERV_ID, INTAKE, JO, Office, crew, open_office

CARLA = "carla@customer.example"
DAN, EVE = "dan@drivers.example", "eve@drivers.example"
CLAIM = f"{AUTHSERV_ID}; dmarc=pass header.from=customer.example"


async def main() -> None:
    """Play every scene in turn."""
    with tempfile.TemporaryDirectory() as made:
        async with open_office(Path(made)) as office:
            with office.serving() as served:
                await crew(served, "Dan", "Eve")
                await _from_a_mail_to_booked(office)
                await _a_forged_verdict(office, served)
                await _a_wrong_recipient(office)
            await _while_the_service_is_away(office)


async def _from_a_mail_to_booked(office: Office) -> None:
    office.sink.unknown.add(DAN)
    await office.writes(CARLA, INTAKE, "--body", "VC8Y-3 Leeds to York tomorrow 2pm, van please")
    await office.gets(CARLA, "Re: ")
    request = await office.gets(JO, "Please approve VC8Y-3")
    _seen("a job mailed with swaks became one; receipt and approval request went out")
    await office.writes(JO, request["Reply-To"], "--body", "APPROVE AND OFFER")
    offer = await office.gets(EVE, "Job offer VC8Y-3")
    assert office.rows("SELECT status FROM offers ORDER BY id") == ["undeliverable", "sent"]
    states = "SELECT handle FROM addresses WHERE state = 'undeliverable'"
    assert office.rows(states) == [DAN]
    _seen("the bounce of Dan's offer, by Postfix, buried his Address and moved the job to Eve")
    await office.writes(EVE, offer["Reply-To"].upper(), "--body", "Yes please!")
    await office.gets(EVE, "BOOKED: VC8Y-3")
    assert office.rows("SELECT status FROM jobs") == ["assigned"]
    _seen("Eve's YES, to the reply address in capitals, covered it")


async def _a_forged_verdict(office: Office, served: Served) -> None:
    forged = ("--add-header", f"Authentication-Results: {CLAIM}", "--body", "F-1 Leeds to Hull 2pm")
    told = len(office.sink.taken)
    await office.writes(CARLA, INTAKE, *forged, client="127.0.0.9")
    state = "SELECT state FROM inbox ORDER BY id DESC LIMIT 1"
    await eventually(lambda: office.rows(state) == ["needs_person"])
    ((verdict,),) = office.stored(b"F-1 Leeds")
    assert "dmarc=fail" in verdict
    assert office.rows("SELECT sheet_job_id FROM jobs") == ["VC8Y-3"]
    assert len(office.sink.taken) == told
    assert "Traceback" not in "".join(served.errors)
    _seen("a forged verdict was taken off, the mail waits for a person, nobody was answered")


async def _a_wrong_recipient(office: Office) -> None:
    for to in ("reply+short@dispatch.example", "root@dispatch.example"):
        await office.writes(CARLA, to, "--body", "hello", refused=True)
    _seen("Postfix refused recipients that are nobody here")


async def _while_the_service_is_away(office: Office) -> None:
    await office.writes(CARLA, INTAKE, "--body", "Q-1 Leeds to Hull tomorrow 2pm, van please")
    with office.serving():
        await office.gets(JO, "Please approve Q-1")
    assert office.rows("SELECT sheet_job_id FROM jobs ORDER BY id") == ["VC8Y-3", "Q-1"]
    _seen("a mail that came while the service was away waited in Postfix and became one job")


def _seen(what: str) -> None:
    print(f"seen: {what}", flush=True)  # noqa: T201 the result of the command


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
