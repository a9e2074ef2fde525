"""Polish."""

from channels.telegram.words.shape import Words

POLISH = Words(
    yes="✅ YES · TAK",
    no="❌ NO · NIE",
    reasons=("Za daleko", "Jestem wtedy zajęty", "Za niska stawka", "Nie ten pojazd", "Inny powód"),
    delivered="📦 Dostarczone",
    cannot_make_it="Nie dam rady",
    give_back="Tak, oddaję zlecenie",
    navigate="🧭 Nawiguj",
    approve="✅ Zatwierdź",
    approve_and_offer="✅ Zatwierdź i oferuj",
    reject="❌ Odrzuć…",
    reject_without_reason="❌ Odrzuć bez podania powodu",
    back="Wróć",
    acknowledge="Widzę, zajmę się tym",
    ask_again="Zapytaj kierowców ponownie",
    choose_driver="Przydziel…",
    cancel_job="Anuluj zlecenie",
    why_rejected="Dlaczego odrzucone? Napisz powód w odpowiedzi na tę wiadomość.",
    share_phone="📱 Udostępnij mój numer",
    unknown_button="Ten przycisk już nie działa.",
    only_own_contact="Udostępnij własny kontakt: naciśnij przycisk pod polem tekstowym.",
    only_text="Odczytuję tekst, zdjęcia dostawy i przyciski, ale nie to.",
    commands={
        "start": "Otrzymuj oferty zleceń",
        "on": "Na służbie: oferujcie mi zlecenia",
        "off": "Po służbie, albo /off 2h na jakiś czas",
        "jobs": "Moje zlecenia i otwarte oferty",
        "help": "Co mogę odpowiedzieć",
        "stop": "Żadnych więcej wiadomości",
    },
)
