"""A year of a CPTS: who does what on which day, and what must come of it.

What must come is written here by hand, journey by journey, with its own arithmetic of months and
working days: nothing in this file asks the engine what is due. A :class:`Story` is one dossier;
:func:`live` leads all of them through the year, :func:`expected` says what its rows must be.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, DossierAct, db
from surveyapp.services import accounts
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.daily import run_day
from surveyapp.services.invite import personal
from surveyapp.services.transaction import transaction
from tests import dossiers

FIRST, LAST = date(2026, 1, 5), date(2026, 12, 31)
JOURNEYS = ("ambassadeur", "accompagnement", "installation", "conciergerie")
SIZES = {"ambassadeur": 40, "accompagnement": 60, "installation": 30, "conciergerie": 120}
AMBASSADORS = 12

#: Days on which the worker does not run: every eleventh, a week in March, two weeks in August.
MISSED = frozenset(
    [FIRST + timedelta(days=offset) for offset in range(4, 365, 11)]
    + [date(2026, 3, 9) + timedelta(days=offset) for offset in range(7)]
    + [date(2026, 8, 3) + timedelta(days=offset) for offset in range(14)]
)
#: Days that are not worked in 2026, in metropolitan France, copied from a calendar.
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in (
        *((1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14)),
        *((8, 15), (11, 1), (11, 11), (12, 25)),
    )
)
#: A moment of the year: the job of the morning (0) or the people of the day (1).
Moment = tuple[date, int]
_NEVER: Moment = (date.max, 0)


def days(start: date, count: int) -> date:
    return start + timedelta(days=count)


def months(start: date, count: int) -> date:
    """The same day of another month, or the last one that it has."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def working(start: date, count: int) -> date:
    """The count-th working day after (or, negative, before) a day."""
    step = 1 if count > 0 else -1
    day = start
    while count:
        day = days(day, step)
        if day.weekday() < 5 and day not in HOLIDAYS:
            count -= step
    return day


@dataclass(frozen=True)
class Item:
    """Something that must be done on its day, unless what ends it comes first.

    ``born`` is when it begins to exist. ``group``: those of one deadline, of which a late one
    is silent when a later one of the same moment goes to the same people.
    """

    kind: str
    name: str
    on: date
    born: Moment
    dies: Moment = _NEVER
    to: tuple[str, ...] = ()
    mail: str = ""
    group: str = ""


@dataclass
class Story:
    """One dossier: what people do, by day, and what must come of it by itself."""

    journey: str
    number: int
    start: date
    said: dict[str, Any] = field(default_factory=dict)
    steps: list[tuple[date, Callable[[int], None]]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    ambassador: int | None = None
    answered: date | None = None
    id: int = 0

    # what people do

    def do(self, day: date, *steps: Callable[[int], None]) -> date:
        self.steps += [(day, step) for step in steps]
        return day

    # what must come

    def mail(self, name: str, on: date, *to: str, born: date | None = None) -> None:
        self.items.append(Item("mail", name, on, (born or on, 1), to=to, mail=name))

    def document(self, name: str, on: date) -> None:
        self.items.append(Item("document", name, on, (on, 1)))

    def invitation(self, on: date, born: date | None = None) -> None:
        self.items.append(Item("invitation", "satisfaction", on, (born or on, 1), to=("person",)))

    def deadline(
        self,
        name: str,
        on: date,
        *reminders: tuple[date, tuple[str, ...], str],
        born: date,
        dies: date | None = None,
        by: tuple[str, ...] = ("coordination",),
    ) -> None:
        """A deadline that somebody begins on ``born`` and meets or ends on ``dies``."""
        end = (dies, 1) if dies else _NEVER
        group = f"{name}:{on}"
        found = [
            Item("reminder", name, day, (born, 1), end, to, mail, group)
            for day, to, mail in reminders
        ]
        found.append(Item("deadline", name, on, (born, 1), end, by, "", group))
        self.items += found


# --- what people do, in short ------------------------------------------------------------------

_today: list[date] = [FIRST]


def move(name: str) -> Callable[[int], None]:
    return lambda dossier: dossiers.move(dossier, name, on=_today[0])


def event(name: str) -> Callable[[int], None]:
    return lambda dossier: dossiers.event(dossier, name, on=_today[0])


def know(**facts: Any) -> Callable[[int], None]:
    return lambda dossier: dossiers.know(dossier, on=_today[0], **facts)


def fill(task: str, *, by: Actor = Actor.COORDINATION, **said: Any) -> Callable[[int], None]:
    def step(dossier: int) -> None:
        dossiers.fill(dossier, task, on=_today[0], actor=by, **said)

    return step


def settle_declaration(dossier: int) -> None:
    """Validate the declaration that waits."""
    mark = db.session.scalar(
        sa.text("SELECT id FROM dossier_mark WHERE dossier_id = :id AND name = 'declaration'"),
        {"id": dossier},
    )
    dossiers.event(dossier, "declaration_validee", on=_today[0], about_id=int(mark))


def assign(world: World, ambassador: int) -> Callable[[int], None]:
    def step(dossier: int) -> None:
        day = _today[0]
        acts.assign(
            dossier,
            viewer=dossiers.COORDINATION,
            today=day,
            now=dossiers.at(day),
            ambassador_id=world.ambassador_card(ambassador),
        )

    return step


@dataclass
class World:
    """Every dossier of the year."""

    stories: list[Story] = field(default_factory=list)

    def ambassador_card(self, number: int) -> int:
        """The card of an ambassador: that of the person of their own dossier."""
        own = next(s for s in self.stories if s.journey == "ambassadeur" and s.number == number)
        found = db.session.scalar(sa.select(Dossier.person_id).where(Dossier.id == own.id))
        assert found is not None
        return found


# --- the candidatures --------------------------------------------------------------------------


def _candidature(i: int) -> Story:
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
        s.mail("retrait_note", w, "person", "coordination")
        s.do(days(w, 10), event("retrait_annule"))
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
    s.mail("retrait_note", w, "person", "coordination")
    s.items.append(Item("move", "terminer", days(w, 15), (w, 1)))
    s.items.append(Item("mail", "fin_de_mandat", days(w, 15), (w, 1), to=("person",)))
    return s


# --- the accompaniments ------------------------------------------------------------------------


def _accompaniment(world: World, i: int) -> Story:
    s = Story("accompagnement", 100 + i, date(2026, 3, 20) + timedelta(days=4 * i))
    s.ambassador = 3 + i % (AMBASSADORS - 3)
    kind = i % 5
    if kind == 4:
        s.do(days(s.start, 1), move("abandonner"))
        return s
    a = days(s.start, 9 if kind == 1 else 2)
    _given(s, world, a, since=s.start)
    if kind == 3:
        back = s.do(days(a, 8), move("reattribuer"))
        _contact_awaited(s, a, back)
        s.ambassador = 3 + (i + 1) % (AMBASSADORS - 3)
        a = _given(s, world, days(back, 2), since=back)
    c = days(a, 12 if kind == 1 else 3)
    s.do(c, event("contact_pris"), move("commencer"))
    _contact_awaited(s, a, c)
    if kind == 0:
        return _sponsored(s, c)
    if kind == 1:
        return _neglected(s, c)
    if kind == 2:
        return _difficult(s, c, soon=i % 2 == 0)
    s.do(days(c, 30), move("abandonner"))
    return s


def _given(s: Story, world: World, a: date, *, since: date) -> date:
    assert s.ambassador is not None
    s.do(a, assign(world, s.ambassador), move("attribuer"))
    reminder = (days(since, 5), ("coordination",), "")
    s.deadline("attribution", days(since, 7), reminder, born=since, dies=a)
    s.mail("presentation", a, "person")
    s.mail("nouvel_accompagnement", a, f"ambassador:{s.ambassador}")
    return a


def _contact_awaited(s: Story, a: date, end: date) -> None:
    s.deadline(
        "prise_de_contact",
        days(a, 7),
        (days(a, 5), (f"ambassador:{s.ambassador}",), "rappel_contact"),
        (days(a, 10), ("coordination",), ""),
        born=a,
        dies=end,
        by=(f"ambassador:{s.ambassador}", "coordination"),
    )


def _point(s: Story, name: str, on: date, c: date, dies: date | None) -> None:
    mine = f"ambassador:{s.ambassador}"
    s.deadline(
        name,
        on,
        (days(on, -7), (mine,), "rappel_point"),
        (days(on, 7), ("coordination",), ""),
        born=c,
        dies=dies,
        by=(mine,),
    )


def _end_of_sponsoring(s: Story, c: date, dies: date | None) -> None:
    mine = f"ambassador:{s.ambassador}"
    on = months(c, 6)
    s.deadline(
        "fin_parrainage",
        on,
        (days(on, -14), (mine,), "fin_proche"),
        (days(on, 14), ("coordination",), ""),
        born=c,
        dies=dies,
        by=(mine, "coordination"),
    )


def _sponsored(s: Story, c: date) -> Story:
    s.do(days(c, 20), fill("fiche", by=Actor.AMBASSADOR, difficulte="non"))
    three = s.do(days(months(c, 3), -2), fill("suivi_3", by=Actor.AMBASSADOR))
    _point(s, "point_3", months(c, 3), c, three)
    six = s.do(days(months(c, 6), -3), fill("suivi_6", by=Actor.AMBASSADOR))
    _point(s, "point_6", months(c, 6), c, six)
    end = s.do(days(months(c, 6), -1), fill("bilan", issue="installe"), move("clore_installe"))
    _end_of_sponsoring(s, c, end)
    s.invitation(end)
    s.answered = days(end, 5) if s.number % 2 == 0 else None
    mine = f"ambassador:{s.ambassador}"
    noted = first_job_after((s.answered, 1)) if s.answered else _NEVER
    on, group = days(end, 21), "retour"
    reminder = Item(
        *("reminder", "retour_satisfaction", days(on, -7), (end, 1), noted),
        *((mine,), "rappel_satisfaction", group),
    )
    by = (mine, "coordination")
    s.items += [
        reminder,
        Item("deadline", "retour_satisfaction", on, (end, 1), noted, by, "", group),
    ]
    return s


def _neglected(s: Story, c: date) -> Story:
    three = s.do(days(months(c, 3), 9), fill("suivi_3", by=Actor.AMBASSADOR))
    _point(s, "point_3", months(c, 3), c, three)
    _point(s, "point_6", months(c, 6), c, None)
    _end_of_sponsoring(s, c, None)
    return s


def _difficult(s: Story, c: date, *, soon: bool) -> Story:
    f = s.do(days(c, 10), fill("fiche", by=Actor.AMBASSADOR, difficulte="oui"))
    s.mail("alerte_difficulte", f, "coordination")
    done = s.do(days(f, 1 if soon else 9), event("difficulte_traitee"))
    s.deadline("difficulte", working(f, 3), born=f, dies=done)
    s.do(days(c, 40), move("abandonner"))
    return s


# --- the installations -------------------------------------------------------------------------


def _installation(i: int) -> Story:
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


# --- the requests to the concierge -------------------------------------------------------------


def _request(i: int) -> Story:
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


# --- the year ----------------------------------------------------------------------------------


def build(part: int = 1) -> World:
    """Every story of the year, or one in ``part`` of those that are not ambassadors."""
    world = World()
    world.stories = [_candidature(i) for i in range(SIZES["ambassadeur"])]
    world.stories += [_accompaniment(world, i) for i in range(SIZES["accompagnement"])]
    world.stories += [_installation(i) for i in range(SIZES["installation"])]
    world.stories += [_request(i) for i in range(SIZES["conciergerie"])]
    if part > 1:
        first, rest = world.stories[:AMBASSADORS], world.stories[AMBASSADORS:]
        world.stories = [*first, *rest[::part]]
    return world


def every_day() -> Iterator[date]:
    for offset in range((LAST - FIRST).days + 1):
        yield days(FIRST, offset)


def first_job_after(moment: Moment) -> Moment:
    return next(((d, 0) for d in every_day() if (d, 0) > moment and d not in MISSED), _NEVER)


def add_accounts() -> None:
    """The colleagues who are written to: one who coordinates, two referents, a partner."""
    with transaction() as session:
        for role, number in (("coordination", 1), ("referent", 1), ("referent", 2)):
            email = f"{role}{number}@demo.example"
            accounts.add_user(session, email=email, name=role, role=role, hashed="")
        accounts.add_user(
            session, email="partenaire1@demo.example", name="CLS", role="partenaire", hashed=""
        )


def live(world: World, *, missed: Collection[date] = MISSED) -> None:
    """Lead every dossier through the year: the job of the morning, then people.

    Every fifth day the job runs twice, and on some days with a clock that is a day slow.
    """
    add_accounts()
    dossiers.in_service(*JOURNEYS, on=FIRST)
    for day in every_day():
        _today[0] = day
        if day not in missed:
            _job(day)
        for story in world.stories:
            if story.start == day:
                story.id = dossiers.begin(story.journey, on=day, number=story.number, **story.said)
            for on, step in story.steps:
                if on == day:
                    step(story.id)
            if story.answered == day:
                _answer(story.id)


def _job(day: date) -> None:
    morning = datetime.combine(day, time(5), UTC)
    run_day(today=day, now=morning)
    if day.toordinal() % 5 == 0:
        run_day(today=day, now=morning)
    if day.toordinal() % 17 == 0:
        run_day(today=days(day, -1), now=morning)


def _answer(dossier_id: int) -> None:
    """The person fills the questionnaire that they were invited to."""
    invitation = db.session.scalar(
        sa.select(DossierAct.invitation_id).where(
            DossierAct.dossier_id == dossier_id, DossierAct.kind == "invitation"
        )
    )
    assert invitation is not None
    with transaction() as session:
        personal.participate(session, invitation, None)


@dataclass(frozen=True, order=True)
class Done:
    """A thing that was done: its day, and the day on which it was."""

    kind: str
    name: str
    on: date
    at: date
    muted: bool = False


def expected(story: Story) -> list[tuple[Done, Item]]:
    """What must have been done for a dossier by the end of the year."""
    moments: list[Moment] = [(d, 0) for d in every_day() if d not in MISSED]
    moments += [(day, 1) for day, _ in story.steps] + [(story.start, 1)]
    moments = sorted(moment for moment in moments if moment[0] <= LAST)
    come = [(item, when) for item in story.items if (when := _when(item, moments)) is not None]
    found = []
    for item, when in come:
        later = {
            actor
            for other, other_when in come
            if item.group and other.group == item.group
            if other_when == when and other.on > item.on
            for actor in other.to
        }
        muted = bool(item.group and item.to) and set(item.to) <= later
        found.append((Done(item.kind, item.name, item.on, when[0], muted), item))
    return found


def _when(item: Item, moments: Iterable[Moment]) -> Moment | None:
    """The first moment at which it can be done; none when it ends or the year ends first."""
    first = max(item.born, (item.on, 0))
    return next((m for m in moments if first <= m < item.dies), None)
