"""Past jobs lived again under other policies: the real router in a scratch record, nothing sent.

`record` reads what happened, `replay` drives the router through it under a virtual clock, `lives`
and `figures` say what came of it. Inputs are replayed (decisions, interventions, answers, messages
that failed or left late, when the clock was late); all else the router decides anew.
"""

from core.rehearsal.figures import Figures, figures_of
from core.rehearsal.lives import Life, lives_of
from core.rehearsal.past import Past
from core.rehearsal.people import People
from core.rehearsal.record import read_past
from core.rehearsal.sample import sample_day
from core.rehearsal.stage import Account, Stage, account_of, differing, open_stage

__all__ = [
    "Account",
    "Figures",
    "Life",
    "Past",
    "People",
    "Stage",
    "account_of",
    "differing",
    "figures_of",
    "lives_of",
    "open_stage",
    "read_past",
    "sample_day",
]
