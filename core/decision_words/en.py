"""English, which every coordinator may write in."""

from core.decision_words.shape import Asks, DecisionWords

ENGLISH = DecisionWords(
    actions={
        Asks.APPROVE: ("approve", "approved"),
        Asks.APPROVE_AND_OFFER: (
            *("approve and offer", "approved and offer", "approve & offer", "approve + offer"),
            *("approve and start", "offer"),
        ),
        Asks.REJECT: ("reject", "rejected", "refuse"),
        Asks.CANCEL: ("cancel", "cancelled", "call off"),
        Asks.STATUS: ("status",),
        Asks.ACKNOWLEDGE: ("ack", "acknowledge", "acknowledged", "seen"),
        Asks.ASK_AGAIN: ("ask again", "offer again"),
    },
    polite=("please", "pls", "thanks", "thank you", "thx"),
    not_a_reason=(
        *("not", "no", "never", "nothing", "don't", "dont", "do not", "isn't", "won't", "can't"),
        *("if", "unless", "when", "until", "later", "maybe", "perhaps", "or"),
    ),
)
