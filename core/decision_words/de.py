"""German."""

from core.decision_words.shape import Asks, DecisionWords

GERMAN = DecisionWords(
    actions={
        Asks.APPROVE: ("freigeben", "freigegeben", "genehmigt", "genehmigen"),
        Asks.APPROVE_AND_OFFER: (
            *("freigeben und anbieten", "freigegeben und anbieten", "genehmigt und anbieten"),
        ),
        Asks.REJECT: ("ablehnen", "abgelehnt"),
        Asks.CANCEL: ("stornieren", "storniert", "absagen"),
        Asks.STATUS: ("status", "stand"),
        Asks.ACKNOWLEDGE: ("gesehen", "quittiert"),
        Asks.ASK_AGAIN: ("nochmal fragen", "erneut fragen", "noch einmal fragen"),
    },
    polite=("bitte", "danke", "vielen dank"),
    not_a_reason=(
        *("nicht", "nein", "nie", "nichts", "kein", "keine", "wenn", "falls", "sobald", "später"),
        *("spaeter", "vielleicht", "oder"),
    ),
)
