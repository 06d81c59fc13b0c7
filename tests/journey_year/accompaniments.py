"""The accompaniments: entrusted, neglected, difficult, given back, or without a sequel."""

from __future__ import annotations

from datetime import date, timedelta

from surveyapp.core.journey.definition import Actor
from tests.journey_year.calendar import NEVER, days, first_job_after, months, working
from tests.journey_year.candidatures import AMBASSADORS
from tests.journey_year.story import Item, Story, World, assign, event, fill, move


def accompaniment(world: World, i: int) -> Story:
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
    s.do(c, event("contact_pris"))
    s.items.append(Item("move", "commencer", c, (c, 1)))
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
    noted = first_job_after((s.answered, 1)) if s.answered else NEVER
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
