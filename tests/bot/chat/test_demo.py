"""`serve --demo --chat`: a newcomer plays coordinator and driver without any token."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.bot.processes import Shell

DEADLINE = 30.0


def test_a_newcomer_approves_as_coordinator_and_says_yes_as_driver(shell: Shell) -> None:
    with shell.serving("--demo", "--chat") as served:
        url = served.wait_for_line("Chat ").split()[1]
        web = httpx.Client(base_url=url.removesuffix("/chat"), timeout=DEADLINE)
        with web:
            assert "Play driver and coordinator" in web.get("/chat").text
            _press(web, "coordinator", "Approve and offer")
            driver = _press(web, "Driver One", "YES")
            _wait(web, driver, lambda person: "BOOKED" in _said(person).upper())
            _wait(web, driver, lambda person: not person["waiting"])
        code, _ = served.end()
        assert code == 0
        assert "Traceback" not in "".join(served.errors)
    assert not list(shell.folder.iterdir())


def test_chat_goes_with_the_demo_only(shell: Shell) -> None:
    refused = shell.run("serve", "--chat")
    assert refused.returncode == 2
    assert "--demo" in refused.stderr


def _press(web: httpx.Client, name: str, label: str) -> int:
    """Press the newest button of that label as soon as that person sees it; return their id."""
    found = _find(web, lambda person: name in person["name"] and label in str(person["messages"]))
    web.post("/act/press", json={"person": found["id"], "label": label}).raise_for_status()
    return int(found["id"])


def _wait(
    web: httpx.Client, person: int, is_so: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    return _find(web, lambda shown: shown["id"] == person and is_so(shown))


def _find(web: httpx.Client, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the first person of whom it is so, as soon as it is."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        people: list[dict[str, Any]] = web.get("/chats").json()["people"]
        if (found := next((person for person in people if is_so(person)), None)) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError(people)


def _said(person: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in person["messages"])
