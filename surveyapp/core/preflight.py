"""What is missing or risky before a campaign opens: data in, a list of findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from surveyapp.core.campaign import USUAL_SHARE, expect
from surveyapp.core.definition import Mode
from surveyapp.core.french import plural, quoted, typeset
from surveyapp.core.summary import LIVE_LIMIT
from surveyapp.core.wave import COPY

#: People who are written to on a Monday answer until the end of the week.
SHORTEST = timedelta(days=3)
LONGEST = timedelta(days=120)
#: Minutes beyond which many give up on the way.
LONG_FORM = 12
#: Longer ends of addresses are not copied from a poster.
SHORT_SLUG = 24
_SATURDAY = 5
#: Before this hour of a Monday the week-end is not over for mail.
_MORNING = 9


class Weight(StrEnum):
    """What a finding means for the opening."""

    BLOCKING = "blocking"
    RISK = "risk"
    ADVICE = "advice"


class Place(StrEnum):
    """Where the thing is corrected."""

    SETTINGS = "settings"  # the description of the CPTS
    CAMPAIGN = "campaign"
    INVITATIONS = "invitations"
    PREVIOUS = "previous"
    NOWHERE = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before opening, in a French sentence."""

    weight: Weight
    text: str
    place: Place = Place.NOWHERE


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the rules look at. ``closes_at`` and ``now`` are local to the CPTS.

    ``named`` and ``reachable``: the CPTS has a name, and an address or a number to ask.
    ``by_link``, ``by_invitation``: by which doors people come in. ``invitations`` counts the
    personal ones, ``audience`` the people the coordination says it will reach.
    ``previous_open`` is the title of the wave before when it still takes answers.
    """

    mode: Mode
    k: int
    slug: str
    title: str
    named: bool
    reachable: bool
    now: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    audience: int | None = None
    capacity: int | None = None
    by_link: bool = True
    by_invitation: bool = False
    invitations: int = 0
    mail_ready: bool = True
    minutes: int | None = None
    previous_open: str = ""


def findings(about: Readiness) -> tuple[Finding, ...]:
    """Everything to know, what blocks first."""
    found = [finding for rule in _RULES for finding in rule(about)]
    order = list(Weight)
    return tuple(sorted(found, key=lambda finding: order.index(finding.weight)))


def blocking(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that stop the opening."""
    return tuple(finding for finding in found if finding.weight is Weight.BLOCKING)


def _block(text: str, place: Place) -> Finding:
    return Finding(Weight.BLOCKING, typeset(text), place)


def _risk(text: str, place: Place) -> Finding:
    return Finding(Weight.RISK, typeset(text), place)


def _advise(text: str, place: Place = Place.NOWHERE) -> Finding:
    return Finding(Weight.ADVICE, typeset(text), place)


def _controller(about: Readiness) -> Iterator[Finding]:
    if not about.named:
        yield _block(
            "Votre structure n’est pas décrite : la notice d’information ne dirait pas qui est "
            "responsable des données. Écrivez au moins son nom.",
            Place.SETTINGS,
        )
    elif not about.reachable:
        yield _risk(
            "Votre structure n’a ni adresse mail ni téléphone : les personnes qui ont une "
            "question, ou qui veulent exercer leurs droits, ne sauront pas à qui s’adresser.",
            Place.SETTINGS,
        )


def _dates(about: Readiness) -> Iterator[Finding]:
    start, end = max(about.opens_at or about.now, about.now), about.closes_at
    if end is None:
        late = about.mode is Mode.ANONYMOUS and about.k >= LIVE_LIMIT
        why = (
            "les résultats n’apparaîtront qu’une fois la collecte fermée"
            if late
            else "rien ne presse de répondre, et aucune relance ne peut annoncer la fin"
        )
        yield _risk(f"Aucune date de fermeture n’est prévue : {why}.", Place.CAMPAIGN)
    elif end <= start:
        yield _block(
            "La date de fermeture est passée, ou vient avant l’ouverture : changez-la.",
            Place.CAMPAIGN,
        )
    else:
        yield from _length(end - start)
        if end.weekday() >= _SATURDAY or (end.weekday() == 0 and end.hour < _MORNING):
            yield _advise(
                "La collecte ferme pendant un week-end, quand personne ne lit ses mails : un "
                "soir de semaine laisse le temps d’une dernière relance.",
                Place.CAMPAIGN,
            )


def _length(length: timedelta) -> Iterator[Finding]:
    if length < SHORTEST:
        hours = plural(int(length.total_seconds() // 3600), "heure", "heures")
        yield _risk(
            f"La collecte ne dure que {hours} : beaucoup ne verront pas votre message à temps.",
            Place.CAMPAIGN,
        )
    elif length > LONGEST:
        days = plural(length.days, "jour", "jours")
        yield _advise(
            f"La collecte dure {days} : l’essentiel des réponses arrive pendant les deux premières "
            "semaines, et après chaque relance.",
            Place.CAMPAIGN,
        )


def _threshold(about: Readiness) -> Iterator[Finding]:
    """Whether the figures can be shown at all, given how many people usually answer."""
    if about.capacity is not None and about.capacity < about.k:
        yield _block(
            f"Vous acceptez {plural(about.capacity, 'réponse', 'réponses')} au plus, et il en faut "
            f"{about.k} pour montrer un résultat : augmentez ce nombre, ou laissez-le vide.",
            Place.CAMPAIGN,
        )
    invited = max(about.audience or 0, about.invitations)
    if not about.by_link:
        invited = about.invitations or invited
    if not invited:
        yield _advise(
            "Le nombre de personnes invitées n’est pas indiqué : aucun taux de réponse ne pourra "
            "être calculé.",
            Place.CAMPAIGN,
        )
        return
    expected = expect(invited, k=about.k)
    if not expected.enough:
        people = plural(invited, "personne invitée", "personnes invitées")
        yield _risk(
            f"Avec {people}, attendez environ "
            f"{plural(expected.answers, 'réponse', 'réponses')} : aucun résultat n’est montré sous "
            f"{about.k}. Invitez au moins {expected.invite_at_least} personnes, ou prévoyez des "
            "relances.",
            Place.CAMPAIGN,
        )


def _doors(about: Readiness) -> Iterator[Finding]:
    if not about.by_link and not about.invitations:
        yield _block(
            "Seules les personnes invitées peuvent répondre, et aucune ne l’est encore. Préparez "
            "les invitations, ou choisissez le lien public.",
            Place.INVITATIONS,
        )
    elif about.by_invitation and not about.invitations:
        yield _risk("Aucune invitation personnelle n’est préparée.", Place.INVITATIONS)
    if about.invitations and not about.mail_ready:
        yield _risk(
            "Aucun serveur de mail n’est réglé : les invitations seront écrites dans un "
            "dossier du serveur et n’arriveront chez personne.",
            Place.NOWHERE,
        )


def _anonymity(about: Readiness) -> Iterator[Finding]:
    if about.mode is not Mode.ANONYMOUS or not about.by_invitation:
        return
    yield _advise(
        "Questionnaire anonyme avec invitations : l’outil retient qui a répondu, par groupes et "
        "sans heure, jamais quoi. Dites-le dans votre message.",
    )
    if about.by_link:
        yield _risk(
            "Avec le lien public en plus des invitations, une même personne peut répondre deux "
            "fois, et ceux qui répondent par le lien public seront relancés quand même.",
            Place.CAMPAIGN,
        )


def _address(about: Readiness) -> Iterator[Finding]:
    if about.by_link and len(about.slug) > SHORT_SLUG:
        yield _advise(
            f"La fin de l’adresse est longue ({len(about.slug)} caractères) : sur une affiche, "
            "personne ne la recopiera. Vous pouvez encore la raccourcir.",
            Place.CAMPAIGN,
        )


def _title(about: Readiness) -> Iterator[Finding]:
    if about.title.endswith(COPY):
        yield _risk(
            f"Le titre finit encore par « {COPY.strip()} » : c’est lui que les répondants lisent.",
            Place.CAMPAIGN,
        )


def _duration(about: Readiness) -> Iterator[Finding]:
    if about.minutes is None:
        yield _advise("Le questionnaire ne dit pas combien de temps il prend.")
    elif about.minutes > LONG_FORM:
        yield _risk(
            f"Le questionnaire prend {plural(about.minutes, 'minute', 'minutes')} : attendez "
            f"moins d’une réponse sur {round(1 / USUAL_SHARE)}.",
            Place.NOWHERE,
        )


def _previous(about: Readiness) -> Iterator[Finding]:
    if about.previous_open:
        yield _risk(
            f"La vague précédente, {quoted(about.previous_open)}, prend encore des réponses : "
            "les deux se mélangeraient. Fermez-la d’abord.",
            Place.PREVIOUS,
        )


_RULES: tuple[Callable[[Readiness], Iterator[Finding]], ...] = (
    *(_controller, _doors, _dates, _threshold, _previous),
    *(_anonymity, _title, _duration, _address),
)
