"""Most replies are judged by the live offers alone: what was closed lately cannot change those."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.decisions import OfferFacts, choose_offer, is_settled
from core.domain import OfferStatus, Verdict

NOON = datetime(2026, 1, 30, 12, tzinfo=UTC)
LIVE = (OfferStatus.SENT, OfferStatus.ACCEPTED)
ABOUT_OFFERS = (Verdict.YES, Verdict.NO, Verdict.DROP)
few = st.integers(1, 4)


@st.composite
def offers(draw: st.DrawFn) -> list[tuple[bool, OfferFacts]]:
    """Return offers of one driver, each with whether it is live; only those await a word."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        status = draw(st.sampled_from(OfferStatus))
        live = status is OfferStatus.SENT or (status in LIVE and draw(st.booleans()))
        again = live and status is OfferStatus.ACCEPTED and draw(st.booleans())
        sent_at = NOON + timedelta(minutes=draw(few))
        facts = OfferFacts(number, draw(few), 30 + draw(few), status, sent_at, reconfirming=again)
        found.append((live, facts))
    return found


@given(
    offers(),
    st.sampled_from(ABOUT_OFFERS),
    st.none() | few.map(lambda n: 30 + n),
    st.none() | few,
    st.none() | few,
)
def test_a_settled_choice_is_that_among_all_offers(
    known: list[tuple[bool, OfferFacts]],
    verdict: Verdict,
    code: int | None,
    job_id: int | None,
    offer_id: int | None,
) -> None:
    names = {"code": code, "job_id": job_id, "offer_id": offer_id}
    among_live = choose_offer([o for live, o in known if live], verdict, **names)  # type: ignore[arg-type]
    if is_settled(among_live, verdict, **names):
        assert among_live == choose_offer([o for _, o in known], verdict, **names)  # type: ignore[arg-type]


def test_a_bare_word_about_the_only_open_offer_is_settled() -> None:
    offer = OfferFacts(1, 1, 30, OfferStatus.SENT, NOON)
    for verdict in (Verdict.YES, Verdict.NO):
        assert is_settled(choose_offer([offer], verdict), verdict)
        assert is_settled(choose_offer([offer], verdict, offer_id=1), verdict, offer_id=1)
        assert is_settled(choose_offer([offer, offer], verdict), verdict)


def test_a_word_that_no_live_offer_awaits_is_not_settled() -> None:
    accepted = OfferFacts(1, 1, 30, OfferStatus.ACCEPTED, NOON)
    assert not is_settled(choose_offer([accepted], Verdict.YES), Verdict.YES)
    assert not is_settled(choose_offer([], Verdict.NO), Verdict.NO)
