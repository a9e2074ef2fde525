"""Ukrainian."""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from core.decision_words.shape import Asks, DecisionWords

UKRAINIAN = DecisionWords(
    actions={
        Asks.APPROVE: ("погодити", "погоджую", "погоджено", "схвалюю"),
        Asks.APPROVE_AND_OFFER: (
            *("погодити і пропонувати", "погоджую і пропонуй", "погодити та пропонувати"),
        ),
        Asks.REJECT: ("відхилити", "відхиляю", "відхилено"),
        Asks.CANCEL: ("скасувати", "скасовую", "скасовано"),
        Asks.STATUS: ("статус", "стан"),
        Asks.ACKNOWLEDGE: ("побачено", "бачу"),
        Asks.ASK_AGAIN: ("спитати знову", "запитати знову"),
    },
    polite=("будь ласка", "дякую"),
    not_a_reason=(
        *("не", "ні", "ніколи", "нічого", "якщо", "коли", "пізніше", "може", "можливо", "або"),
    ),
)
