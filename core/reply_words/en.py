"""English, which every driver may answer in.

CANCEL is no word of ours: carriers take it as an opt-out, people mean the job. It stays UNCLEAR,
so that the driver is asked for DROP or STOP.
"""

from core.domain import Verdict
from core.reply_words.shape import Words

ENGLISH = Words(
    verdicts={
        Verdict.YES: ("yes", "y", "yep", "yeah", "ok", "okay", "sure", "👍", "✅"),
        Verdict.NO: ("no", "n", "nope", "decline", "can't", "cant", "cannot", "👎", "❌"),
        Verdict.DROP: ("drop",),
        Verdict.ON: ("on", "on duty"),
        Verdict.OFF: ("off", "off duty"),
        Verdict.STOP: ("stop", "stopall", "stop all", "unsubscribe", "end", "quit"),
        Verdict.START: ("start", "unstop"),
        Verdict.HELP: ("help",),
        Verdict.STATUS: ("status",),
    },
    polite=("please", "pls", "thanks", "thank you", "thx"),
    reason_after=("no", "nope", "decline", "can't", "cant", "cannot"),
    not_a_no=(
        *("problem", "problems", "prob", "probs", "worries", "bother", "trouble", "issue"),
        *("issues", "sweat", "hassle", "doubt", "rush", "question", "questions", "need", "fuss"),
        *("objection", "objections", "biggie", "drama", "stress", "complaints", "matter"),
        *("idea", "one", "wait", "but", "actually", "longer", "later", "hang on", "hold on"),
        *("i can", "i'll", "i will", "wonder", "way"),
    ),
    reason_after_space=True,
)
