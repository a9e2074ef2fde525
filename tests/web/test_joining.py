"""Links by which drivers and coordinators join a channel, and leaving it, over the API."""

from __future__ import annotations

from core.channel import Capabilities
from core.errors import TemporarySendError
from core.router.linking import link_by_token
from core.testing import FakeChannel
from tests.web.conftest import Web


class Joinable(FakeChannel):
    """A fake channel that people join by a link."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.capabilities = Capabilities(receives=True, links=True)
        self.known = True

    async def invitation(self, token: str) -> str:
        """Return a link, unless the channel does not know its own name yet."""
        if not self.known:
            raise TemporarySendError("its name is not known yet")
        return f"https://chat.example/bot?start={token}"


def with_chat(web: Web) -> Joinable:
    """Have the app serve a chat that people join, and a channel that nobody joins."""
    chat = Joinable("chat")
    web.remake(channels={"chat": chat, "email": FakeChannel("email")})
    return chat


async def test_a_link_is_made_for_a_driver_and_counts_once(web: Web) -> None:
    with_chat(web)
    await web.sync()
    made = await web.post("/agents/2/link", json={"channel": "chat"})
    assert made.status == 200, made.text
    assert made.body["expires_at"] == "2026-01-31T12:00:00+00:00"
    assert made.body["qr"].startswith("data:image/svg+xml")
    url, _, token = made.body["url"].partition("?start=")
    assert url == "https://chat.example/bot"
    said = await web.router.do(link_by_token, "chat", "7", token)
    assert said.code == "linked"
    agent = (await web.get("/agents/2")).body
    assert {"channel": "chat", "handle": "7"}.items() <= agent["addresses"][-1].items()


async def test_a_link_for_a_coordinator_is_made_the_same_way(web: Web) -> None:
    with_chat(web)
    await web.post("/coordinators", json={"name": "Jo", "email": "jo@example.com"})
    made = await web.post("/coordinators/1/link", json={"channel": "chat"})
    assert sorted(made.body) == ["expires_at", "qr", "url"]
    token = made.body["url"].partition("?start=")[2]
    await web.router.do(link_by_token, "chat", "7", token)
    shown = (await web.get("/coordinators/1")).body
    assert [a["channel"] for a in shown["addresses"]] == ["email", "console", "chat"]
    left = await web.ask("DELETE", "/coordinators/1/link/chat")
    assert [a["channel"] for a in left.body["addresses"]] == ["email", "console"]


async def test_what_nobody_can_join_is_refused_by_name(web: Web) -> None:
    with_chat(web)
    await web.sync()
    for channel, why in (("email", "nobody joins email"), ("sms", "no channel sms")):
        answered = await web.post("/agents/1/link", json={"channel": channel})
        assert (answered.status, answered.body["fields"][0]["field"]) == (422, "channel")
        assert why in answered.body["detail"]
    missing = await web.post("/agents/9/link", json={"channel": "chat"})
    assert (missing.status, missing.body["error"]) == (404, "agent_not_found")


async def test_a_channel_that_does_not_know_its_link_yet_is_503(web: Web) -> None:
    with_chat(web).known = False
    await web.sync()
    answered = await web.post("/agents/1/link", json={"channel": "chat"})
    assert (answered.status, answered.body["error"]) == (503, "no_invitation")
    assert answered.headers["retry-after"] == "5"


async def test_a_driver_is_taken_off_a_channel_once(web: Web) -> None:
    await web.sync()
    await web.ask("PATCH", "/agents/1", json={"email": "one@example.com"})
    left = await web.ask("DELETE", "/agents/1/link/email")
    assert [a["channel"] for a in left.body["addresses"]] == ["console"]
    again = await web.ask("DELETE", "/agents/1/link/email")
    assert (again.status, again.body["error"]) == (404, "link_not_found")
    console = await web.ask("DELETE", "/agents/1/link/console")
    assert (console.status, console.body["error"]) == (409, "not_possible")
    nobody = await web.ask("DELETE", "/agents/9/link/email")
    assert (nobody.status, nobody.body["error"]) == (404, "agent_not_found")


async def test_the_page_lists_people_and_shows_a_link_with_its_picture(web: Web) -> None:
    with_chat(web)
    await web.sync()
    await web.post("/coordinators", json={"name": "Jo <b>", "email": "jo@example.com"})
    listed = await web.get("/join?q=Two")
    assert "Driver Two" in listed.text
    assert "Driver One" not in listed.text
    assert "Jo &lt;b&gt;" in listed.text
    assert "Link to chat" in listed.text
    assert "Link to email" not in listed.text
    shown = await web.post("/join", form={"agent_id": "2", "channel": "chat"})
    assert shown.status == 200, shown.text
    assert "https://chat.example/bot?start=" in shown.text
    assert 'src="data:image/svg+xml' in shown.text
    assert "31 Jan 2026 12:00" in shown.text
    assert "img-src 'self' data:" in shown.headers["content-security-policy"]
    jo = await web.post("/join", form={"coordinator_id": "1", "channel": "chat"})
    assert "Jo &lt;b&gt;" in jo.text


async def test_the_page_refuses_what_cannot_be(web: Web) -> None:
    chat = with_chat(web)
    await web.sync()
    for form, status in (
        ({"channel": "chat"}, 422),
        ({"channel": "chat", "agent_id": "1", "coordinator_id": "1"}, 422),
        ({"channel": "email", "agent_id": "1"}, 422),
        ({"channel": "chat", "agent_id": "9"}, 404),
        ({"channel": "chat", "coordinator_id": "9"}, 404),
    ):
        assert (await web.post("/join", form=form)).status == status, form
    chat.known = False
    assert (await web.post("/join", form={"channel": "chat", "agent_id": "1"})).status == 503


async def test_without_a_chat_the_page_says_so(web: Web) -> None:
    assert "No channel is enabled that people join" in (await web.get("/join")).text
