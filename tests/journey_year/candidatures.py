"""The ambassadors: from the candidature to the end of a mandate."""

from __future__ import annotations

from datetime import date

from surveyapp.core.journey.definition import Actor
from tests.journey_year.calendar import FIRST, days, months
from tests.journey_year.story import Item, Story, event, fill, know, move, settle_declaration

#: Those who come first are given a mandate, and accompany the others.
AMBASSADORS = 12


def candidature(i: int) -> Story:
    start = days(FIRST, i * 2 if i < AMBASSADORS else 20 + 7 * (i - AMBASSADORS))
    s = Story("ambassadeur", i, start)
    if i >= 34:
        s.do(days(start, 5), move("retirer"))
        return s
    if i >= 28:
        return _unpaid(s)
    a = s.do(days(start, 2), know(adhesion_a_jour="oui"), move("instruire"))
    late = i % 4 == 3
    opinion = fill("avis_referent", by=Actor.REFERENT, avis="favorable")
    s.mail("avis_demande", a, "referent")
    e = s.do(days(a, 17 if late else 4), opinion, move("proposer_entretien"))
    reminder = (days(a, 10), ("referent",), "rappel_avis")
    s.deadline("recueillir_avis", days(a, 15), reminder, born=a, dies=e, by=("referent",))
    s.mail("invitation_entretien", e, "person")
    d = s.do(
        days(e, 6),
        event("entretien_tenu"),
        fill("grille", conclusion="adequation"),
        move("conclure_entretien"),
    )
    if i >= 20:
        return _waiting(s, days(d, 4))
    if i >= AMBASSADORS:
        s.do(days(d, 4), move("refuser"))
        s.mail("candidature_refusee", days(d, 4), "person")
        return s
    s.do(days(d, 4), move("accepter"))
    s.mail("candidature_acceptee", days(d, 4), "person")
    done = fill("session", kit=True, aides=True, situations=True)
    return _mandate(s, s.do(days(d, 18), done, move("donner_mandat")))


def _unpaid(s: Story) -> Story:
    s.do(days(s.start, 3), event("cotisation_demandee"))
    s.mail("cotisation_a_regler", days(s.start, 3), "person")
    end = s.do(days(s.start, 30), move("refuser"))
    s.deadline("verifier_adhesion", days(s.start, 7), born=s.start, dies=end)
    s.mail("candidature_refusee", end, "person")
    return s


def _waiting(s: Story, w: date) -> Story:
    s.do(w, move("mettre_en_attente"))
    s.mail("candidature_en_attente", w, "person")
    s.deadline("revoir_attente", months(w, 6), born=w)
    return s


def _mandate(s: Story, m: date) -> Story:
    s.mail("debut_mandat", m, "person")
    s.document("lettre_mandat", m)
    s.document("attestation_mandat", m)
    told = s.do(days(m, 40), fill("declaration", by=Actor.PERSON, total_minutes=90))
    treated = s.do(days(told, 5 if s.number % 2 == 0 else 15), settle_declaration)
    s.deadline("traiter_declaration", days(told, 10), born=told, dies=treated)
    if s.number == 0:
        return _withdrawal(s, days(m, 100))
    if s.number == 1:
        w = s.do(days(m, 100), event("retrait_annonce"))
        kept = s.do(days(w, 10), event("retrait_annule"))
        _relay(s, w, kept)
        s.mail("retrait_sans_suite", kept, "coordination")
    half = months(m, 6)
    met = s.do(days(half, -3 if s.number % 2 == 0 else 5), fill("point_etape"))
    s.deadline(
        "faire_point_etape",
        half,
        (days(half, -14), ("coordination",), ""),
        (days(half, -7), ("person",), "annonce_point_etape"),
        born=m,
        dies=met,
    )
    end = months(m, 12)
    wish = None
    if s.number == 2:
        wish = s.do(days(months(end, -2), 3), fill("souhait", by=Actor.PERSON, suite="renouveler"))
    s.deadline(
        "fin_mandat",
        end,
        (months(end, -2), ("coordination",), ""),
        (months(end, -1), ("person",), "proposition_renouvellement"),
        (days(end, -14), ("coordination",), ""),
        born=m,
        dies=wish,
    )
    return s


def _withdrawal(s: Story, w: date) -> Story:
    s.do(w, event("retrait_annonce"))
    _relay(s, w, days(w, 15))
    s.items.append(Item("move", "terminer", days(w, 15), (w, 1)))
    s.items.append(Item("mail", "fin_de_mandat", days(w, 15), (w, 1), to=("person",)))
    return s


def _relay(s: Story, w: date, end: date) -> None:
    """Who else takes over what the ambassador does, until the withdrawal ends or is called off."""
    s.mail("retrait_note", w, "person")
    s.mail("relais_a_organiser", w, "coordination")
    s.deadline("organiser_relais", days(w, 7), born=w, dies=end)
