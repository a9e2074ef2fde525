"""Three real `serve` processes on one database: shared work, a killed one, a rolling restart."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.bot.processes import Shell
from tests.databases import EMPTY, PostgresServer
from tests.house import phone
from tests.replicas.fleet import Fleet, running_fleet, until

DRIVERS = 3
LISTENERS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'dispatch listener'"
    " AND datname = current_database()"
)
WAITING = "SELECT 1 FROM outbox WHERE state = 'queued'"
TWICE = (
    "SELECT job_id, kind, offer_id, COUNT(*) FROM events"
    " WHERE kind IN ('created', 'approved', 'timed_out', 'uncovered', 'assigned')"
    " GROUP BY job_id, kind, offer_id HAVING COUNT(*) > 1"
)


@pytest.fixture(scope="module")
def fleet(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[Fleet]:
    """Three replicas that were started at once on an empty database, and their drivers."""
    shell = Shell(tmp_path_factory.mktemp("fleet"))
    with postgres_server.fresh(EMPTY) as url, running_fleet(shell, url) as running:
        running.start(3)
        running.drivers(DRIVERS)
        yield running


@pytest.fixture(autouse=True)
def nothing_lost_or_doubled(fleet: Fleet) -> Iterator[None]:
    """After each test: every message left exactly once, every step was taken once."""
    yield
    until(lambda: not fleet.rows(WAITING))
    times_sent = Counter(line.token for line in fleet.ledger.lines("sent"))
    assert set(times_sent.values()) == {1}
    promised = fleet.rows("SELECT token FROM outbox WHERE state <> 'dropped'")
    assert times_sent.keys() == {row["token"] for row in promised}
    assert fleet.rows(TWICE) == []
    assert "Traceback" not in "".join(line for r in fleet.replicas for line in r.errors)


def test_three_replicas_settle_each_silence_once_and_send_each_message_once(fleet: Fleet) -> None:
    jobs = [fleet.offer(f"SILENT-{n}", policy="quick")["job_id"] for n in range(6)]
    until(
        lambda: (
            fleet.rows(
                "SELECT COUNT(*) AS n FROM jobs WHERE status = 'uncovered' AND id = ANY($1)", jobs
            )[0]["n"]
            == len(jobs)
        )
    )
    offers = fleet.rows("SELECT status, COUNT(*) AS n FROM offers GROUP BY status")
    assert offers == [{"status": "timed_out", "n": len(jobs) * DRIVERS}]
    alerts = fleet.rows("SELECT subject FROM alerts WHERE cause = 'uncovered'")
    assert Counter(row["subject"] for row in alerts) == {f"job:{job}": 1 for job in jobs}


def test_each_replica_listens_and_listens_again_when_it_was_cut_off(fleet: Fleet) -> None:
    before = fleet.rows(LISTENERS)
    assert len(before) == 3
    for row in before:
        fleet.rows("SELECT pg_terminate_backend($1, 5000)", row["pid"])
    until(lambda: len(fleet.rows(LISTENERS)) == 3)
    assert not {row["pid"] for row in before} & {row["pid"] for row in fleet.rows(LISTENERS)}
    for replica in fleet.replicas:
        replica.wait_until_ready()


def test_the_replicas_send_what_a_command_started(fleet: Fleet) -> None:
    fleet.shell.ok("jobs", "add", "COMMAND-1", DATABASE_URL=fleet.url)
    until(lambda: fleet.rows("SELECT 1 FROM outbox WHERE state = 'delivered' OR state = 'sent'"))


def test_another_replica_sends_what_a_killed_one_had_in_hand(fleet: Fleet) -> None:
    fleet.ledger.hold()
    job_id = fleet.offer("KILLED-1", policy="everybody")["job_id"]
    until(lambda: fleet.ledger.lines("held"))
    pid = fleet.ledger.lines("held")[0].pid
    killed = next(replica for replica in fleet.replicas if replica.process.pid == pid)
    fleet.leave(killed).kill()
    in_hand = {line.token: line.kind for line in fleet.ledger.lines("held") if line.pid == pid}
    fleet.ledger.release()
    rest = "SELECT 1 FROM outbox WHERE state = 'queued' AND NOT token = ANY($1)"
    until(lambda: not fleet.rows(rest, list(in_hand)))
    waiting = fleet.rows("SELECT leased_until > now() AS leased FROM outbox WHERE state = 'queued'")
    assert len(waiting) >= len(in_hand)
    assert all(row["leased"] for row in waiting)
    fleet.rows("UPDATE outbox SET leased_until = now() WHERE state = 'queued'")
    until(lambda: not fleet.rows(WAITING))
    sent = {line.token: line for line in fleet.ledger.lines("sent")}
    for token, kind in in_hand.items():
        if kind == "approval_request":  # it was approved meanwhile: nothing to say any more
            assert token not in sent
        else:
            assert sent[token].repeat
            assert sent[token].pid != pid
    answer = fleet.post(
        "/webhooks/driver_response", **{"from": phone(1)}, job_id=job_id, response="YES"
    )
    assert answer.json()["message"] == "accepted"
    fleet.start(1)


def test_replicas_replaced_one_after_the_other_under_load_lose_and_double_nothing(
    fleet: Fleet,
) -> None:
    over, covered = threading.Event(), []

    def work(worker: int) -> None:
        number = 0
        while not over.is_set():
            job_id = fleet.offer(f"LOAD-{worker}-{number}")["job_id"]
            said = {"from": phone(1), "response": "YES", "job_id": job_id}
            answer = fleet.post("/webhooks/driver_response", id=f"{worker}-{number}", **said)
            covered.append((job_id, answer.json()["message"]))
            number += 1

    workers = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for worker in workers:
        worker.start()
    try:
        for old in tuple(fleet.replicas):
            code, _ = fleet.leave(old).end()
            assert (code, "Traceback" in "".join(old.errors)) == (0, False)
            fleet.start(1)
    finally:
        over.set()
        for worker in workers:
            worker.join()
    assert len(covered) > len(fleet.replicas)
    assert {message for _, message in covered} == {"accepted"}
    assigned = fleet.rows(
        "SELECT id FROM jobs WHERE sheet_job_id LIKE 'LOAD-%' AND status = 'assigned'"
    )
    assert sorted(row["id"] for row in assigned) == sorted(job_id for job_id, _ in covered)
