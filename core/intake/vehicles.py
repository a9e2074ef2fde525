"""Open this for how words for a vehicle become a step of the site's ladder."""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.intake.wording import fold

# A step's name in the usual ladder: what people also call it. Only steps of a site's own ladder
# count where it has one.
SYNONYMS: Mapping[str, str] = {
    "Bike": "motorbike, motorcycle, push bike, pushbike, bicycle, motocykl, rower, motocicletă, "
    "мотоцикл, велосипед, motorrad, fahrrad",
    "Car": "estate car, hatchback, saloon, osobowy, samochód osobowy, mașină, autoturism, "
    "легкова, легковий, pkw",
    "Small van": "sm van, swb, swb van, short wheelbase, small transit, mały bus, mały furgon, "
    "furgonetă mică, малий фургон, kleintransporter, kleiner transporter",
    "Van": "transit, mwb, mwb van, medium van, panel van, bus, furgon, dubă, dubiță, furgonetă, "
    "фургон, бус, transporter, lieferwagen, kastenwagen",
    "Long van": "lwb, lwb van, long wheelbase, xlwb, xlwb van, large van, long transit, duży bus, "
    "długi bus, furgon lung, довгий фургон, langer transporter",
    "Luton": "luton van, luton tail lift, luton with tail lift, box van",
    "7.5t": "7.5 t, 7.5 tonne, 7.5 tonner, 7.5 ton, 7.5tonne, 7,5t, 7,5 t, 7.5 tony, 7.5 tone, "
    "7.5 тонн, 7,5-tonner, 7.5 truck, 7.5t truck, 7.5t lorry",
    "18t": "18 t, 18 tonne, 18 tonner, 18 ton, 18tonne, 18-tonner, 18 ton lorry, 18t lorry, "
    "18t truck",
}
_FILLERS = {"a", "an", "the", "1", "1x", "one", "need", "needs", "required", "please", "pls", "in"}
_FILLERS |= {"with", "by", "for", "needed", "only", "prosze", "bitte", "va", "rog", "ein", "einen"}
_BEFORE = {fold(word) for word in _FILLERS} | {"будь", "ласка", "potrzebny", "потрібен"}
_STEPS = {
    fold(name.strip()): fold(step) for step, names in SYNONYMS.items() for name in names.split(",")
}


def vehicle_named(text: str, ladder: Sequence[str]) -> str | None:
    """Return the step of the ladder that the words name, or None when they name none.

    A site without a ladder of its own has the usual one: "van" is a vehicle there too.
    """
    steps = {fold(" ".join(step.split())): step for step in ladder or tuple(SYNONYMS)}
    words = fold(text).strip(" .!").replace(",", ",").split()
    while words and words[0] in _BEFORE and " ".join(words) not in steps:
        words.pop(0)
    while words and words[-1] in _BEFORE and " ".join(words) not in steps:
        words.pop()
    name = " ".join(words)
    return steps.get(name) or steps.get(_STEPS.get(name, ""))
