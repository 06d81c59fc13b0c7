"""The requests to the concierge: urgent, resolved, committed, or in vain."""

from __future__ import annotations

from datetime import date

from tests.journey_year.calendar import days, months, working
from tests.journey_year.story import Story, event, know, move


def request(i: int) -> Story:
    kind = i % 4
    urgency = ("mois", "semaine", "souple", "souple")[kind]
    said = {"urgence": urgency, "qualite": "candidat" if kind == 2 else "adherent"}
    s = Story("conciergerie", 300 + i, days(date(2026, 1, 6), (i * 5) // 2), said)
    p = s.do(days(s.start, (1, 4, 2, 9)[kind]), move("prendre_en_charge"))
    s.mail("demande_prise_en_charge", p, "person")
    if kind == 1:
        s.deadline("prise_urgente", working(s.start, 1), born=s.start, dies=p)
        return _urgent(s, p)
    on = working(s.start, 5)
    reminder = (working(on, -1), ("coordination",), "")
    s.deadline("prise_normale", on, reminder, born=s.start, dies=p)
    if kind == 0:
        return _resolved(s, days(s.start, 3))
    if kind == 2:
        return _committed(s, p)
    end = s.do(days(s.start, 12), know(motif_echec="offre"), move("clore_non_aboutie"))
    s.mail("demande_non_aboutie", end, "person")
    s.invitation(end)
    return s


def _resolved(s: Story, day: date) -> Story:
    s.do(day, move("resoudre"))
    s.mail("demande_resolue", day, "person")
    s.invitation(day)
    return s


def _urgent(s: Story, p: date) -> Story:
    end = days(s.start, 16)
    reminder = (days(s.start, 5), ("coordination",), "")
    s.deadline("reponse_semaine", days(s.start, 7), reminder, born=p, dies=end)
    partner = know(partenaire="Agence-Demo", accord_partenaire="oui")
    asked = s.do(days(s.start, 6), partner, move("solliciter"))
    s.deadline("relancer_partenaire", days(asked, 7), born=asked, dies=end)
    return _resolved(s, end)


def _committed(s: Story, p: date) -> Story:
    s.document("engagement_adhesion", p)
    signed = s.do(days(s.start, 10), event("engagement_signe"))
    _resolved(s, days(s.start, 15))
    there = s.do(days(months(signed, 3), 5), event("installation_constatee"))
    s.deadline("verifier_installation", months(signed, 3), born=signed, dies=there)
    s.mail("bienvenue_adhesion", there, "person")
    on = months(there, 1)
    paid = s.do(days(on, 3), event("adhesion_recue"))
    s.deadline(
        "adhesion_promise",
        on,
        (days(on, -14), ("person",), "rappel_adhesion"),
        (days(on, 14), ("coordination",), ""),
        born=there,
        dies=paid,
    )
    return s
