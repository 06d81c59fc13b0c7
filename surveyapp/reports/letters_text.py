"""What the letters of a dossier say: mandate, certificate, commitment to join.

Pure: the fields of a letter in, its blocks out. Nothing is left blank in a sentence: what is not
known (a profession, the end of a mandate) is left out of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from surveyapp.core.french import NBSP, date_long, fold, typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFields:
    """What is known of the dossier and of the structure; texts may be empty.

    ``start`` and ``end`` are the first and the last day of the mandate, ``on`` the day of the
    letter. ``signatory`` signs for the structure.
    """

    structure: str
    holder: str
    on: date
    address: str = ""
    contact: str = ""
    signatory: str = ""
    accent: str = "#1d5c63"
    reference: str = ""
    profession: str = ""
    commune: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or the items of a list."""

    kind: Literal["heading", "paragraph", "list"]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready to be laid out. ``to`` is empty when it is addressed to nobody.

    ``signatures`` are the places to sign: who, and a line below it. One that is ``dated`` says
    the day on which it was made; in another the day is written by hand.
    """

    title: str
    lead: str
    blocks: tuple[Block, ...]
    signatures: tuple[tuple[str, str], ...]
    to: tuple[str, ...] = ()
    dated: bool = True


def _heading(text: str) -> Block:
    return Block("heading", (typeset(text),))


def _paragraph(*sentences: str) -> Block:
    return Block("paragraph", (typeset(" ".join(filter(None, sentences))),))


def _list(*items: str) -> Block:
    return Block("list", tuple(typeset(item) for item in items))


def mandate(fields: LetterFields) -> Letter:
    """« Lettre de mandat » of an ambassador."""
    return Letter(
        title="Lettre de mandat",
        lead=typeset("Ambassadeur ou ambassadrice auprès des professionnels qui s’installent"),
        to=_recipient(fields),
        blocks=(
            _paragraph(f"Bonjour {fields.holder},"),
            _paragraph(
                f"{_the(fields, first=True)} vous confie un mandat d’ambassadeur ou "
                "d’ambassadrice. Vous donnez de votre temps pour que les professionnels de santé "
                "qui arrivent ici ne soient pas seuls, et nous vous en remercions."
            ),
            _paragraph(_mandate_dates(fields)),
            _heading("Ce que nous vous confions"),
            _list(
                "accueillir la personne qui arrive, l’écouter et répondre à ses premières "
                "questions ;",
                "l’orienter vers les bons interlocuteurs : agence régionale de santé, assurance "
                "maladie, aides à l’installation ;",
                "la présenter à ses confrères et consœurs, et la faire entrer dans la vie de la "
                "CPTS ;",
                "rester à ses côtés pendant ses six premiers mois ;",
                "prévenir sans attendre la coordination de toute difficulté importante ;",
                "l’inviter à répondre au questionnaire de satisfaction.",
            ),
            _heading("Ce qui n’est pas attendu de vous"),
            _paragraph(
                "Vous êtes un pair. Vous ne faites pas les démarches à la place de la personne et "
                "vous ne recrutez pour le compte de personne. En cas de doute, la coordination "
                "prend le relais."
            ),
            _heading("Discrétion"),
            _paragraph(
                "Ce que la personne vous confie reste entre vous, elle et la coordination. Ne "
                "notez dans la fiche de suivi que ce qui est utile à son accompagnement, et jamais "
                "d’information sur ses patients."
            ),
            _heading("Temps et frais de déplacement"),
            _paragraph(
                "Vous déclarez chaque mois, en ligne, le temps passé et vos déplacements. Après "
                "validation par la coordination, ils sont indemnisés selon le barème que la CPTS a "
                "fixé. Gardez vos justificatifs."
            ),
            _heading("Point d’étape, fin et retrait"),
            _paragraph(
                "Un point d’étape vous est proposé à la moitié du mandat. Vous pouvez y mettre fin "
                "à tout moment, sans motif, avec un préavis de 15 jours qui permet d’organiser le "
                "relais."
            ),
        ),
        signatures=(
            (f"Pour {_the(fields)}", fields.signatory),
            ("L’ambassadeur ou l’ambassadrice", fields.holder),
        ),
    )


def certificate(fields: LetterFields) -> Letter:
    """« Attestation » that somebody is an ambassador."""
    place = f"commune d’exercice {fields.commune}" if fields.commune else ""
    told = ", ".join(filter(None, (_within(fields.profession), place)))
    named = f"{fields.holder}, {told}," if told else fields.holder
    return Letter(
        title="Attestation",
        lead=typeset("Ambassadeur ou ambassadrice auprès des professionnels qui s’installent"),
        blocks=(
            _paragraph(
                f"{_the(fields, first=True)} atteste {_that(named)} fait partie de ses "
                "ambassadeurs et ambassadrices, après l’étude de sa candidature et une session "
                "d’intégration."
            ),
            _paragraph(_period(fields)),
            _paragraph(
                "À ce titre, cette personne accueille, oriente et parraine des "
                "professionnels de santé qui s’installent sur le territoire. Son temps et ses "
                "déplacements sont indemnisés selon le barème de la CPTS."
            ),
            _paragraph("Cette attestation est remise pour servir et valoir ce que de droit."),
        ),
        signatures=((f"Pour {_the(fields)}", fields.signatory),),
    )


def commitment(fields: LetterFields) -> Letter:
    """« Engagement d’adhésion » in return for the concierge service, to be signed."""
    return Letter(
        title="Engagement d’adhésion",
        lead=typeset("En contrepartie du service de conciergerie"),
        blocks=(
            _paragraph(
                f"Je soussigné ou soussignée {fields.holder}"
                f"{f', {_within(fields.profession)},' if fields.profession else ''} prépare mon "
                f"installation sur le territoire de {_the(fields)}, qui m’aide gratuitement dans "
                "mes démarches du quotidien."
            ),
            _paragraph("En contrepartie, je m’engage :"),
            _list(
                f"à prévenir {_the(fields)} de la date de mon installation ;",
                f"à adhérer à {_the(fields)} dès que je serai installé ou installée, et à "
                "régler la cotisation en vigueur ce jour-là.",
            ),
            _paragraph(
                "Si je ne m’installe pas sur ce territoire, cet engagement est sans effet et le "
                "service reste gratuit."
            ),
            _paragraph(
                "Le document signé est conservé dans mon dossier de conciergerie, pour me rappeler "
                "mon adhésion le moment venu. Je peux demander à le consulter ou à le faire "
                "effacer" + (f" : {fields.contact}." if fields.contact else ".")
            ),
        ),
        signatures=(
            ("Date et signature", fields.holder),
            (f"Reçu le, pour {_the(fields)}", fields.signatory),
        ),
        dated=False,
    )


def _the(fields: LetterFields, *, first: bool = False) -> str:
    """The structure within a sentence, ``first`` at its beginning: « la CPTS du Val-Fictif »."""
    article = ("La " if first else "la ") if fields.structure.startswith("CPTS") else ""
    return article + fields.structure


def _that(name: str) -> str:
    """« que Basile », « qu’Ariane »."""
    return f"qu’{name}" if fold(name)[:1] in set("aeiou") else f"que {name}"


def _within(profession: str) -> str:
    """A profession within a sentence; an abbreviation keeps its capitals."""
    return profession if profession[1:2].isupper() else profession[:1].lower() + profession[1:]


def _recipient(fields: LetterFields) -> tuple[str, ...]:
    return tuple(filter(None, (fields.holder, fields.profession, fields.commune)))


def _mandate_dates(fields: LetterFields) -> str:
    if fields.start is None:
        return ""
    start = f"Ce mandat prend effet le {date_long(fields.start)}"
    if fields.end is None:
        return f"{start}. Il peut être renouvelé."
    return (
        f"{start} et prend fin le {date_long(fields.end)}. Avant ce jour, nous vous demanderons si "
        "vous souhaitez le renouveler."
    )


def _period(fields: LetterFields) -> str:
    if fields.start is None:
        return ""
    if fields.end is None:
        return f"Son mandat a pris effet le {date_long(fields.start)}."
    return f"Son mandat court du {date_long(fields.start)} au {date_long(fields.end)}."


def made_on(letter: Letter, fields: LetterFields) -> str:
    """« Fait le 1er juin 2027 », above the signatures; nothing when it is written by hand."""
    return f"Fait le{NBSP}{date_long(fields.on)}" if letter.dated else ""


#: The letters by the name of their template in a journey.
LETTERS: dict[str, Callable[[LetterFields], Letter]] = {
    "lettre-mandat": mandate,
    "attestation-mandat": certificate,
    "engagement-adhesion": commitment,
}
