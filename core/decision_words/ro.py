"""Romanian."""

from core.decision_words.shape import Asks, DecisionWords

ROMANIAN = DecisionWords(
    actions={
        Asks.APPROVE: ("aprob", "aprobă", "aproba", "aprobat"),
        Asks.APPROVE_AND_OFFER: (
            *("aprob și oferă", "aprob si ofera", "aprobă și oferă", "aproba si ofera"),
        ),
        Asks.REJECT: ("resping", "respinge", "respins"),
        Asks.CANCEL: ("anulez", "anulează", "anuleaza", "anulat"),
        Asks.STATUS: ("stare", "status"),
        Asks.ACKNOWLEDGE: ("văzut", "vazut", "am văzut", "am vazut"),
        Asks.ASK_AGAIN: ("întreabă din nou", "intreaba din nou"),
    },
    polite=("te rog", "vă rog", "va rog", "mulțumesc", "multumesc", "mersi"),
    not_a_reason=(
        *("nu", "nimic", "niciodată", "niciodata", "dacă", "daca", "când", "cand", "poate", "sau"),
        *("mai târziu", "mai tarziu"),
    ),
)
