"""Polish."""

from core.decision_words.shape import Asks, DecisionWords

POLISH = DecisionWords(
    actions={
        Asks.APPROVE: ("zatwierdź", "zatwierdzam", "zatwierdzone", "zatwierdz"),
        Asks.APPROVE_AND_OFFER: (
            *("zatwierdź i oferuj", "zatwierdzam i oferuj", "zatwierdz i oferuj"),
            *("zatwierdź i zaoferuj",),
        ),
        Asks.REJECT: ("odrzuć", "odrzucam", "odrzucone", "odrzuc"),
        Asks.CANCEL: ("anuluj", "anuluję", "anulowane", "odwołaj", "odwolaj"),
        Asks.STATUS: ("status", "stan"),
        Asks.ACKNOWLEDGE: ("przyjęto", "przyjeto", "widzę"),
        Asks.ASK_AGAIN: ("pytaj ponownie", "zapytaj ponownie"),
    },
    polite=("proszę", "prosze", "dziękuję", "dziekuje", "dzięki", "dzieki"),
    not_a_reason=(
        *("nie", "nigdy", "nic", "jeśli", "jesli", "jeżeli", "jezeli", "chyba", "gdy", "kiedy"),
        *("później", "pozniej", "może", "moze", "albo", "lub"),
    ),
)
