"""German."""

from channels.telegram.words.shape import Words

GERMAN = Words(
    yes="✅ YES · JA",
    no="❌ NO · NEIN",
    reasons=("Zu weit", "Da habe ich schon etwas", "Zu wenig Geld", "Falsches Fahrzeug", "Anderes"),
    delivered="📦 Geliefert",
    cannot_make_it="Ich kann doch nicht",
    give_back="Ja, ich gebe ihn zurück",
    navigate="🧭 Route",
    approve="✅ Freigeben",
    approve_and_offer="✅ Freigeben und anbieten",
    reject="❌ Ablehnen…",
    reject_without_reason="❌ Ohne Grund ablehnen",
    back="Zurück",
    acknowledge="Gesehen, ich kümmere mich",
    ask_again="Fahrer noch einmal fragen",
    choose_driver="Zuteilen an…",
    cancel_job="Auftrag absagen",
    why_rejected="Warum abgelehnt? Schreiben Sie den Grund als Antwort auf diese Nachricht.",
    share_phone="📱 Meine Nummer teilen",
    unknown_button="Dieser Knopf gilt nicht mehr.",
    only_own_contact="Bitte den eigenen Kontakt teilen: Knopf unter dem Textfeld.",
    only_text="Ich kann Text, Fotos einer Lieferung und Knöpfe lesen, das hier aber nicht.",
    commands={
        "start": "Aufträge angeboten bekommen",
        "on": "Im Dienst: bietet mir Aufträge an",
        "off": "Nicht im Dienst, oder /off 2h für eine Weile",
        "jobs": "Meine Aufträge und offenen Angebote",
        "help": "Was ich antworten kann",
        "stop": "Keine Nachrichten mehr",
    },
)
