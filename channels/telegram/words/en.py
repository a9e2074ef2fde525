"""English."""

from channels.telegram.words.shape import Words

ENGLISH = Words(
    yes="✅ YES",
    no="❌ NO",
    reasons=("Too far", "Busy then", "Pay too low", "Wrong vehicle", "Other reason"),
    delivered="📦 Delivered",
    cannot_make_it="Can't make it",
    give_back="Yes, give it back",
    navigate="🧭 Navigate",
    approve="✅ Approve",
    approve_and_offer="✅ Approve and offer",
    reject="❌ Reject…",
    reject_without_reason="❌ Reject without a reason",
    back="Back",
    acknowledge="Seen, I see to it",
    ask_again="Ask the drivers again",
    choose_driver="Assign to…",
    cancel_job="Cancel the job",
    why_rejected="Why is it rejected? Write the reason as an answer to this message.",
    share_phone="📱 Share my phone number",
    unknown_button="This button is no longer in use.",
    only_own_contact="Please share your own contact: tap the button below the text field.",
    only_text="I can read text, photos of a delivery and buttons, but not this.",
    commands={
        "start": "Get job offers",
        "on": "On duty: offer me jobs",
        "off": "Off duty, or /off 2h for a while",
        "jobs": "My jobs and open offers",
        "help": "What I can answer",
        "stop": "No more messages",
    },
)
