"""Open this for how the facts somebody wrote of one job become a draft, warnings and problems."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.drafts import FieldRead, JobDraft, JobReading
from core.intake.completeness import missing_from, unsaid_in
from core.intake.day_words import BESIDE_WORDS, LATER_WORDS
from core.intake.field_names import field_of, left_out
from core.intake.moments import Found, When, find_moment, read_when
from core.intake.values import Description, Surroundings
from core.intake.vehicles import vehicle_named
from core.intake.wording import fold, words_of

LONGEST: Mapping[str, int] = {
    "sheet_job_id": 200,
    "origin": 500,
    "destination": 500,
    "vehicle_type": 100,
    "pay": 100,
    "notes": 10_000,
    "pickup_address": 2_000,
    "delivery_address": 2_000,
    "contact_name": 200,
    "contact_phone": 40,
    "coordinator_email": 320,
    "policy": 100,
    "skills": 2_000,
}
MOST_SKILLS = 50
MOST_WARNINGS = 20

_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{5,38}[0-9]")
_ADDRESS = re.compile(r"<?([^@\s<>,;]{1,64}@[^@\s<>,;]{1,255})>?")
_APART = re.compile(r"[;,\n]")


def read_description(described: Description, around: Surroundings) -> JobReading:
    """Return what the facts of one job mean; nothing that is unclear is settled here."""
    job = _Reading(around)
    for said in described.said:
        job.hear(said.name, said.text)
    job.warnings += [f"{words[:80]!r} was left out" for words in described.beside[:3]]
    return job.reading()


class _Reading:
    """The facts of one job while they are gathered."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._values: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._dates: list[str] = []
        self._times: list[str] = []
        self.warnings: list[str] = []
        self._problems: list[str] = []
        self._when_problems = False

    def hear(self, name: str, text: str) -> None:
        """Take one fact under the name that its writer gave it."""
        field, text = field_of(name), text.strip()
        if not text or text == "-":
            return
        match field:
            case None:
                if len(self.warnings) < MOST_WARNINGS:
                    self.warnings.append(left_out(name))
            case "date":
                self._dates.append(text)
            case "time":
                self._times.append(text)
            case "pickup" | "origin" | "destination":
                self._place(field, name, text)
            case "contact":
                self._contact(text)
            case "reference":
                self._reference(text)
            case "notes":
                before = self._values.get("notes")
                self._keep("notes", f"{before}\n{text}" if before else text, text, again=True)
            case _:
                self._keep(field, " ".join(text.split()), text)

    def reading(self) -> JobReading:
        """Return the whole, with what is missing and what is wrong."""
        vehicle = self._vehicle()
        skills = self._skills()
        self._check_coordinator()
        self._check_lengths()
        when = self._when()
        draft = self._draft(when, vehicle, skills)
        self._check_whole(draft)
        shown = self._shown(when, draft)
        warnings, problems = (
            tuple(dict.fromkeys(lines))[:MOST_WARNINGS] for lines in (self.warnings, self._problems)
        )
        return JobReading(draft, shown, warnings, problems)

    def _keep(self, field: str, value: str, written: str, *, again: bool = False) -> None:
        before = self._values.get(field)
        if before is not None and not again and fold(before) != fold(value):
            self._problems.append(
                f"{_named(field)} is given twice: {before[:60]!r} and {value[:60]!r}"
            )
            return
        self._values[field] = value
        self._written[field] = f"{self._written[field]}\n{written}" if again and before else written

    def _reference(self, text: str) -> None:
        if fold(text) in LATER_WORDS:
            self.warnings.append(f"{text!r} is no reference")
        else:
            self._keep("sheet_job_id", " ".join(text.split()), text)

    def _place(self, field: str, name: str, text: str) -> None:
        """Take a place; `Pickup: tomorrow 2pm` is a time, and no place may contain one."""
        place = " ".join(text.split())
        target = "origin" if field == "pickup" else field
        words = words_of(text[:500])
        found = find_moment(words, self._around.today, firmly=True)
        if found.taken and all(
            word.folded in BESIDE_WORDS | {"|", ",", "-"} for word in found.left
        ):
            if field == "pickup":
                self._dates.append(text)
            else:
                self._problems.append(f"{name} is a date or time, not a place: {text[:60]!r}")
            return
        inside = find_moment(words, self._around.today, firmly=False)
        if _surely(inside):
            self._problems.append(f"{text[:60]!r} is a place and a time: write them apart")
        self._keep(target, place, text)

    def _contact(self, text: str) -> None:
        phones = _PHONE.findall(text[:200])
        if len(phones) > 1:
            self.warnings.append(f"the contact {text[:60]!r} has more than one phone number")
        elif phones:
            self._keep("contact_phone", phones[0].strip(), phones[0].strip())
            text = text.replace(phones[0], " ")
        name = " ".join(text.split()).strip(" ,;:-/()")
        name = re.sub(r"(?i)[\s,;:(-]{0,5}\b(?:on|tel|phone|mob|mobile)\.?$", "", name)
        if name:
            self._keep("contact_name", name, name)

    def _vehicle(self) -> str | None:
        text = self._values.get("vehicle_type")
        if text is None:
            return None
        step = vehicle_named(text, self._around.ladder)
        if step is None and self._around.ladder:
            known = ", ".join(self._around.ladder)
            self.warnings.append(
                f"the vehicle {text[:60]!r} is none of {known}: drivers of every vehicle are asked"
            )
        return step or text

    def _skills(self) -> tuple[str, ...]:
        named = [" ".join(skill.split()) for skill in _APART.split(self._values.get("skills", ""))]
        skills = tuple(dict.fromkeys(skill for skill in named if skill))
        if len(skills) > MOST_SKILLS or any(len(skill) > 100 for skill in skills):
            self._problems.append("skills: at most 50, each of at most 100 characters")
        return skills

    def _check_coordinator(self) -> None:
        text = self._values.get("coordinator_email")
        if text is None:
            return
        found = _ADDRESS.fullmatch(text)
        if found is None:
            self._problems.append(f"the coordinator {text[:60]!r} is not one mail address")
        else:
            self._values["coordinator_email"] = found[1]

    def _check_lengths(self) -> None:
        for field, value in self._values.items():
            if len(value) > LONGEST[field]:
                self._problems.append(
                    f"{_named(field)} is too long: at most {LONGEST[field]} characters"
                )

    def _when(self) -> When:
        when = read_when(", ".join(self._dates), ", ".join(self._times), self._around)
        self.warnings += when.warnings
        self._problems += when.problems
        self._when_problems = bool(when.problems)
        return when

    def _draft(self, when: When, vehicle: str | None, skills: tuple[str, ...]) -> JobDraft:
        given = {name: text for name, text in self._values.items() if len(text) <= LONGEST[name]}
        return JobDraft(
            sheet_job_id=given.get("sheet_job_id", ""),
            pickup_date=when.date,
            pickup_time=when.time,
            pickup_at=when.pickup.at,
            pickup_date_only=when.pickup.date_only,
            origin=given.get("origin"),
            destination=given.get("destination"),
            vehicle_type=vehicle if "vehicle_type" in given else None,
            skills=skills,
            notes=given.get("notes"),
            pay=given.get("pay"),
            pickup_address=given.get("pickup_address"),
            delivery_address=given.get("delivery_address"),
            contact_name=given.get("contact_name"),
            contact_phone=given.get("contact_phone"),
            coordinator_email=given.get("coordinator_email"),
            policy=given.get("policy"),
        )

    def _check_whole(self, draft: JobDraft) -> None:
        says_more = bool(set(self._values) - {"sheet_job_id"} or self._dates or self._times)
        self._problems += missing_from(draft, says_more=says_more, policies=self._around.policies)
        self.warnings += unsaid_in(draft, when_is_unclear=bool(self._when_problems))

    def _shown(self, when: When, draft: JobDraft) -> tuple[FieldRead, ...]:
        shown = {
            name: FieldRead(name, written, self._understood(name, draft))
            for name, written in self._written.items()
        }
        if self._dates or self._times:
            written = " ".join((*self._dates, *self._times))
            shown["pickup"] = FieldRead("pickup", written[:200], when.understood)
        order = ("sheet_job_id", "pickup", *LONGEST)
        return tuple(shown[name] for name in dict.fromkeys(order) if name in shown)

    def _understood(self, name: str, draft: JobDraft) -> str:
        value: str | Sequence[str] | None = getattr(draft, name)
        return value if isinstance(value, str) else ", ".join(value or ())


def _surely(found: Found) -> bool:
    """Tell whether a time of day or a day with a number was named, not just a word like `Sun`."""
    dated = any(any(char.isdigit() for char in phrase) for phrase in found.taken)
    return dated and bool(found.days or found.clocks or found.problems)


def _named(field: str) -> str:
    return "the reference" if field == "sheet_job_id" else f"the {field.replace('_', ' ')}"
