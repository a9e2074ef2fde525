"""The plain JSON in which the answer to "start offers" is told, also inside other answers."""

from __future__ import annotations

from typing import Any

from core.outcomes import (
    GivenToReserve,
    NobodyLeft,
    NotFound,
    OthersAsked,
    Refused,
    Scheduled,
    Started,
    StartOutcome,
)
from core.views import AgentView


def start_facts(outcome: StartOutcome) -> dict[str, Any]:
    """Return the JSON of one step of asking; refusals say so by `ok`."""
    match outcome:
        case Started(offer, agent):
            return {
                "ok": True,
                "message": "offer_sent",
                "offer_id": offer.id,
                "agent": agent_facts(agent),
            }
        case Scheduled(at):
            return {"ok": True, "message": "scheduled", "at": at.isoformat()}
        case GivenToReserve(offer_id, agent):
            return {
                "ok": True,
                "message": "given_to_reserve",
                "offer_id": offer_id,
                "agent": agent_facts(agent),
            }
        case NobodyLeft(_, excluded):
            return {
                "ok": True,
                "message": "no_more_agents",
                "excluded": [
                    {
                        "agent_id": e.agent_id,
                        "reason": e.reason.value,
                        "until": e.until.isoformat() if e.until is not None else None,
                    }
                    for e in excluded
                ],
            }
        case OthersAsked():
            return {"ok": True, "message": "others_asked"}
        case NotFound(what):
            return {"ok": False, "error": f"{what}_not_found"}
        case Refused(code, reason, _):
            return {"ok": False, "error": code, "detail": reason}


def agent_facts(agent: AgentView) -> dict[str, Any]:
    """Return how a driver is named in answers about offers."""
    return {"id": agent.id, "name": agent.name, "phone_e164": agent.phone_e164}
