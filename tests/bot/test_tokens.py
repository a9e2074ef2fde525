"""Tokens from the command line, and what they mean for a running service."""

from __future__ import annotations

import json
import sqlite3
import time

import httpx

from bot.housekeeping import PURGE_AFTER, PURGE_EVERY, Housekeeper
from core.domain import TokenScope
from core.outcomes import TokenMade
from core.tokens import TokenBook
from tests.bot.processes import Served, Shell
from tests.house import JO, House

WITHIN = 1.0 * 5  # a second, with the slack of a shared machine


def becomes(served: Served, status: int, path: str = "/jobs", token: str = "") -> None:
    """Ask until the answer has that status; fail when it takes too long."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    end = time.monotonic() + WITHIN
    while (answer := httpx.get(served.url + path, headers=headers)).status_code != status:
        assert time.monotonic() < end, answer.text
        time.sleep(0.02)


def test_a_token_is_printed_once_and_listed_without_its_secret(shell: Shell) -> None:
    made = shell.run("token", "create", "till", "--scope", "read")
    secret = made.stdout.strip()
    assert made.returncode == 0
    assert secret.startswith("dispatch_")
    assert "not shown again" in made.stderr
    assert secret not in made.stderr
    (listed,) = json.loads(shell.ok("token", "list", "--json"))
    assert (listed["name"], listed["scope"], listed["revoked_at"]) == ("till", "read", None)
    assert secret not in shell.ok("token", "list")
    assert secret.encode() not in (shell.folder / "dispatch.sqlite3").read_bytes()
    taken = shell.run("token", "create", "till")
    assert (taken.returncode, taken.stdout) == (1, "")
    assert "is revoked" in shell.ok("token", "revoke", "till")
    assert shell.run("token", "revoke", "till").returncode == 1
    shell.ok("token", "create", "till")


def test_the_first_token_closes_a_running_service_and_the_last_one_opens_it(shell: Shell) -> None:
    with shell.serving() as served:
        served.wait_for_line("OPEN MODE: there is no token")
        becomes(served, 200)
        secret = shell.ok("token", "create", "till", "--scope", "read").strip()
        becomes(served, 401)
        becomes(served, 200, token=secret)
        assert served.get("/health").status_code == 200
        assert served.get("/ready").status_code == 200
        for path in ("/docs", "/metrics", "/openapi.json"):
            assert served.get(path).status_code == 401, path
        posted = httpx.post(f"{served.url}/tick", headers={"Authorization": f"Bearer {secret}"})
        assert posted.status_code == 403
        shell.ok("token", "revoke", "till")
        becomes(served, 200)


def test_who_others_can_reach_needs_a_token_of_any_kind(shell: Shell) -> None:
    exposed = {"HOST": "0.0.0.0", "PORT": "0"}
    refused = shell.run("serve", **exposed)
    assert refused.returncode == 3
    assert "dispatch token create" in refused.stderr
    assert not (shell.folder / "dispatch.sqlite3").exists()
    shell.ok("db", "migrate")
    assert shell.run("serve", **exposed).returncode == 3
    assert shell.run("check", **exposed).returncode == 4
    secret = shell.ok("token", "create", "till").strip()
    shell.ok("check", **exposed)
    with shell.serving(**exposed) as served:
        assert not any("OPEN MODE" in line for line in served.output)
        becomes(served, 200, token=secret)
        shell.ok("token", "revoke", "till")
        becomes(served, 401, token=secret)  # fails closed: it never opens to everybody
        assert served.get("/jobs").status_code == 401
    with shell.serving("--insecure", **exposed) as served:
        assert "who can reach it" in served.wait_for_line("OPEN MODE")
        becomes(served, 200)


def test_a_service_upgraded_from_a_time_without_tokens_is_still_refused(shell: Shell) -> None:
    shell.ok("db", "migrate")
    database = sqlite3.connect(shell.folder / "dispatch.sqlite3")
    with database:
        database.execute("DELETE FROM tortoise_migrations WHERE name > '0001_initial'")
        database.execute("DROP TABLE tokens")
    database.close()
    assert shell.run("serve", HOST="0.0.0.0", PORT="0").returncode == 3


class Stopwatch:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_serve_purges_soon_after_the_start_and_then_once_a_day(house: House) -> None:
    watch = Stopwatch()
    book = TokenBook(house.router.runner, house.clock)
    keeper = Housekeeper(house.router, book, 0.5, monotonic=watch)
    forever = Housekeeper(house.router, book, 0, monotonic=watch)
    made = await house.router.create_token("till", TokenScope.FULL)
    assert isinstance(made, TokenMade)

    async def purged_after(seconds: float) -> bool:
        job_id = await house.job(f"J-{watch.seconds}", notes="ring twice")
        await house.router.reject(job_id, JO)
        await house.passes(hours=13)
        watch.seconds += seconds
        await forever.look()
        assert (await house.shown(job_id)).notes
        await keeper.look()
        return (await house.shown(job_id)).notes is None

    assert not await purged_after(PURGE_AFTER - 1)
    assert await purged_after(1)
    assert not await purged_after(PURGE_EVERY - 1)
    assert await purged_after(1)
