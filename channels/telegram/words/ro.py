"""Romanian."""

from channels.telegram.words.shape import Words

ROMANIAN = Words(
    yes="✅ YES · DA",
    no="❌ NO · NU",
    reasons=("Prea departe", "Sunt ocupat atunci", "Plată prea mică", "Alt vehicul", "Alt motiv"),
    delivered="📦 Livrat",
    cannot_make_it="Nu pot ajunge",
    give_back="Da, o dau înapoi",
    navigate="🧭 Navighează",
    approve="✅ Aprobă",
    approve_and_offer="✅ Aprobă și oferă",
    reject="❌ Respinge…",
    reject_without_reason="❌ Respinge fără motiv",
    back="Înapoi",
    acknowledge="Am văzut, mă ocup",
    ask_again="Întreabă șoferii din nou",
    choose_driver="Atribuie lui…",
    cancel_job="Anulează cursa",
    why_rejected="De ce este respinsă? Scrie motivul ca răspuns la acest mesaj.",
    share_phone="📱 Trimite numărul meu",
    unknown_button="Acest buton nu mai este folosit.",
    only_own_contact="Trimite propriul contact: apasă butonul de sub câmpul de text.",
    only_text="Pot citi text, fotografii ale livrării și butoane, dar nu asta.",
    commands={
        "start": "Primește oferte de curse",
        "on": "În serviciu: oferiți-mi curse",
        "off": "Liber, sau /off 2h pentru un timp",
        "jobs": "Cursele mele și ofertele deschise",
        "help": "Ce pot răspunde",
        "stop": "Fără alte mesaje",
    },
)
