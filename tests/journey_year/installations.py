"""The installations: visited, followed without a visit, or still thinking."""

from __future__ import annotations

from datetime import date

from tests.journey_year.calendar import days, months
from tests.journey_year.story import Story, event, fill, know, move


def installation(i: int) -> Story:
    s = Story("installation", 200 + i, days(date(2026, 1, 10), 9 * i), {"accord_cls": i % 2 == 0})
    kind = i % 3
    r = days(s.start, 10 if kind == 1 else 3)
    s.do(r, event("rdv_propose"), move("fixer_entretien"))
    s.mail("proposition_rdv", r, "person")
    reminder = (days(s.start, 5), ("coordination",), "")
    s.deadline("proposer_rdv", days(s.start, 7), reminder, born=s.start, dies=r)
    e = s.do(days(r, 9), event("entretien_tenu"), fill("fiche_entretien", duree=60))
    if kind == 2:
        return _thinking(s, e)
    s.do(e, move("lancer_croisement"))
    x = s.do(days(e, 15 if kind == 1 else 8), fill("releve_croisement", nombre_lieux=3))
    s.deadline(
        "croisement_10_jours",
        days(e, 10),
        (days(e, 5), ("coordination",), ""),
        (days(e, 8), ("coordination",), "rappel_croisement"),
        (days(e, 13), ("coordination",), ""),
        born=e,
        dies=x,
    )
    return _without_visit(s, e, x) if kind == 1 else _visited(s, days(x, 1))


def _follow_up(s: Story, count: int, since: date, *, born: date, dies: date | None) -> None:
    on = months(since, count)
    both = ("coordination", "partner")
    s.deadline(
        f"point_{count}",
        on,
        (days(on, -7), both, ""),
        (days(on, 7), ("coordination",), ""),
        born=born,
        dies=dies,
        by=both,
    )


def _without_visit(s: Story, e: date, x: date) -> Story:
    f = s.do(days(x, 1), move("suivre_sans_visite"))
    end = s.do(months(e, 4), know(motif_issue="famille"), move("abandonner"))
    _follow_up(s, 3, e, born=f, dies=end)
    s.invitation(days(end, 7), born=end)
    return s


def _thinking(s: Story, e: date) -> Story:
    t = s.do(days(e, 1), move("laisser_reflechir"))
    three = s.do(days(months(e, 3), -1), fill("suivi_3", situation="reflexion"))
    _follow_up(s, 3, e, born=t, dies=three)
    end = s.do(months(e, 5), know(motif_issue="logement"), move("partir_ailleurs"))
    s.invitation(days(end, 7), born=end)
    return s


def _visited(s: Story, o: date) -> Story:
    s.do(o, move("organiser_visites"))
    s.mail("retour_croisement", o, "person")
    v = s.do(days(o, 9), event("visite"))
    agreed = days(v, 10)
    told = fill("debriefing", rdv_distance=agreed.isoformat())
    debriefed = s.do(days(v, 1), told)
    met = s.do(days(v, 12), fill("debriefing_distance"), move("suivre"))
    both = ("partner", "coordination")
    reminder = (days(agreed, -3), both, "")
    s.deadline("debriefer_a_distance", agreed, reminder, born=debriefed, dies=met, by=both)
    three = s.do(days(months(v, 3), -3), fill("suivi_3", situation="reflexion"))
    _follow_up(s, 3, v, born=met, dies=three)
    settled = know(lieu_installation="Lons-Demo", date_installation=v.isoformat())
    home = s.do(days(months(v, 6), -2), settled, move("installer"))
    s.mail("felicitations", home, "person")
    s.invitation(days(home, 7), born=home)
    six = s.do(days(months(v, 6), 1), fill("suivi_6", situation="installe"))
    _follow_up(s, 6, v, born=met, dies=six)
    return s
