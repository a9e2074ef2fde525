"""Open this for which mutants of `core` are tried: every guard, or a sample that a seed repeats."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.mutation.guards import wrong_guards
from tests.mutation.mutants import ROOT, Mutant, Source
from tests.mutation.operators import plain_wrongs

# declarations, texts, and what only describes: nothing of these decides anything
LEFT_OUT = ("core/migrations/", "core/models/", "core/texts/", "core/testing/", "core/hookspecs")


def mutants_of(file: Path) -> list[Mutant]:
    """Return every mutant of one file, each place and change once."""
    source = Source(file.relative_to(ROOT).as_posix(), file.read_text())
    return sorted({*plain_wrongs(source), *wrong_guards(source)})


def all_mutants(only: Iterable[str] = ()) -> list[Mutant]:
    """Return every mutant of `core`, or of the files whose path begins with one of `only`."""
    begins = tuple(only) or ("core/",)
    return [
        mutant
        for file in sorted((ROOT / "core").rglob("*.py"))
        if (name := file.relative_to(ROOT).as_posix()).startswith(begins)
        and not name.startswith(LEFT_OUT)
        for mutant in mutants_of(file)
    ]


def sampled(mutants: Sequence[Mutant], amount: int, seed: int) -> list[Mutant]:
    """Return as many of them, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - dice that fall the same way again
    return dice.sample(mutants, min(amount, len(mutants)))
