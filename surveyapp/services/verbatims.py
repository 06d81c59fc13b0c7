"""Review of open answers: nothing that somebody wrote is published before it was read.

Answers are listed in an order that says nothing of their authors (another one for each
question), and under a key from which no id can be read: two answers of the same person
cannot be brought together. Of an anonymous campaign only those are listed that its results
already count.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import compress

import numpy as np
import sqlalchemy as sa
from flask import current_app

from surveyapp.core.columns import Ints, Storage
from surveyapp.core.definition import FormDefinition, Kind
from surveyapp.core.french import typeset
from surveyapp.models import Campaign, Verbatim, VerbatimState, random_key
from surveyapp.services.results import Published, decisions, place, published
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import answers
from surveyapp.store.answers import Decided

TEXT_LENGTH = 10_000


class VerbatimError(Exception):
    """The decision cannot be taken; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An open question of a campaign. ``withheld``: too few answers to list any.

    ``waiting``, ``kept`` and ``hidden`` count its answers by decision.
    """

    name: str
    label: str
    withheld: bool
    waiting: int = 0
    kept: int = 0
    hidden: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.kept + self.hidden


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """One answer to review. ``published`` is what readers see of it, ``original`` what was
    written; they differ when something was masked. ``state`` is ``None`` before the review.
    """

    key: str
    question: str
    original: str
    published: str
    state: VerbatimState | None

    @property
    def masked(self) -> bool:
        return self.published != self.original


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one answer; ``state`` ``None`` puts it back among those to review.

    ``text``, if any, is published instead of the answer.
    """

    key: str
    state: VerbatimState | None
    text: str = ""


def open_questions(campaign: Campaign, *, at: datetime | None = None) -> tuple[OpenQuestion, ...]:
    """The questions that have open answers, with how far their review is."""
    shown = _shown(campaign, at)
    decided = decisions(campaign, shown)
    found = []
    for name, label in _questions(shown.definition):
        ids = _countable(shown, name)
        states = Counter(d.state for d in _among(decided.get(name, []), ids))
        kept, hidden = states[VerbatimState.KEPT], states[VerbatimState.HIDDEN]
        withheld = shown.disclosure[name].lines is None
        found.append(OpenQuestion(name, label, withheld, len(ids) - kept - hidden, kept, hidden))
    return tuple(found)


def _among(decided: list[Decided], ids: Ints) -> Iterator[Decided]:
    """The decisions on answers that are listed."""
    keys = np.array([d.response_id for d in decided], dtype=np.int64)
    return compress(decided, np.isin(keys, ids))


def open_answers(
    campaign: Campaign,
    question: str,
    *,
    state: VerbatimState | str | None = "",
    at: datetime | None = None,
) -> tuple[OpenAnswer, ...]:
    """The answers to an open question; ``state`` keeps those of one state (``None``: waiting)."""
    shown = _shown(campaign, at)
    if question not in dict(_questions(shown.definition)):
        return ()
    allowed = set(_countable(shown, question).tolist())
    decided = {d.response_id: d for d in answers.decisions(campaign.id, question)}
    found = [
        (key, _answer(question, key, text, decided.get(key)))
        for key, text in answers.texts(campaign.id, question)
        if key in allowed
    ]
    found.sort(key=lambda pair: place(question, pair[0]))
    return tuple(one for _, one in found if state == "" or one.state == state)


def keep(campaign: Campaign, key: str, *, text: str = "", at: datetime | None = None) -> None:
    """Let an answer be published, as it is or, with ``text``, in these words."""
    decide(campaign, [Decision(key, VerbatimState.KEPT, text)], at=at)


def hide(campaign: Campaign, key: str, *, at: datetime | None = None) -> None:
    """Never publish an answer."""
    decide(campaign, [Decision(key, VerbatimState.HIDDEN)], at=at)


def decide(
    campaign: Campaign, decisions: Sequence[Decision], *, at: datetime | None = None
) -> None:
    """Write the decisions on a page of answers: all of them or none.

    :raises VerbatimError: a text is too long, or an answer is gone.
    """
    if any(len(d.text.strip()) > TEXT_LENGTH for d in decisions):
        raise VerbatimError(f"Le texte dépasse {TEXT_LENGTH} caractères : raccourcissez-le.")
    places = _places(campaign, {d.key for d in decisions}, at)
    campaign_id = campaign.id
    with transaction() as session:
        for decision in decisions:
            _write(session, campaign_id, decision, *places[decision.key])


def keep_all(
    campaign: Campaign, question: str, *, expected: int, at: datetime | None = None
) -> None:
    """Publish every answer to ``question`` that waits for its review.

    :raises VerbatimError: there are not ``expected`` of them any more.
    """
    shown = _shown(campaign, at)
    names = dict(_questions(shown.definition))
    allowed = set(_countable(shown, question).tolist()) if question in names else set()
    campaign_id = campaign.id
    with transaction() as session:
        decided = {d.response_id for d in answers.decisions(campaign_id, question)}
        waiting = sorted(allowed - decided)
        if len(waiting) != expected:
            raise VerbatimError("Les réponses à relire ont changé : relisez les nouvelles d’abord.")
        common = {"campaign_id": campaign_id, "question": question, "state": VerbatimState.KEPT}
        rows = [{**common, "id": random_key(), "response_id": key} for key in waiting]
        if rows:
            session.execute(sa.insert(Verbatim), rows)


def _shown(campaign: Campaign, at: datetime | None) -> Published:
    """What staff may read: all of an identified campaign, the counted answers of another."""
    return published(campaign, internal=True, at=at)


def _questions(definition: FormDefinition) -> Iterator[tuple[str, str]]:
    """Open questions and « Autre, précisez », with their labels."""
    for question in definition.questions():
        if definition.identifies(question):
            continue
        if definition.live and question.words:
            continue  # counted, and read in the meeting
        if question.kind is Kind.TEXT:
            yield question.name, question.label
        elif question.or_other:
            yield question.other_name, f"{question.label} – Autre, précisez"


def _countable(shown: Published, question: str) -> Ints:
    """Ids of the answers to an open question that may be listed."""
    column, lines = shown.columns[question], shown.disclosure[question].lines
    if lines is None or column.field.storage is not Storage.FLAG:
        return shown.columns.ids[:0]
    return shown.columns.ids[lines & column.answered()]


def _answer(question: str, response_id: int, text: str, decided: Decided | None) -> OpenAnswer:
    words = decided.text if decided is not None and decided.text is not None else text
    state = decided.state if decided is not None else None
    return OpenAnswer(_key(question, response_id), question, text, words, state)


def _key(question: str, response_id: int) -> str:
    """Names an answer in a page. Only this installation can make it or read it."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    message = f"verbatim:{question}:{response_id}".encode()
    return f"{question}.{hmac.new(secret, message, hashlib.sha256).hexdigest()[:24]}"


def _places(campaign: Campaign, keys: Set[str], at: datetime | None) -> dict[str, tuple[str, int]]:
    """Question and id of the answers that keys name."""
    shown = _shown(campaign, at)
    wanted = {key.partition(".")[0] for key in keys} & set(dict(_questions(shown.definition)))
    found = {
        key: (question, response_id)
        for question in wanted
        for response_id in _countable(shown, question).tolist()
        if (key := _key(question, response_id)) in keys
    }
    if len(found) != len(keys):
        raise VerbatimError("Cette réponse n’existe plus : rechargez la page.")
    return found


def _write(
    session: AnySession, campaign_id: int, decision: Decision, question: str, response_id: int
) -> None:
    found = answers.decision(response_id, question)
    if decision.state is None:
        if found is not None:
            session.delete(found)
        return
    words = decision.text.strip() if decision.state is VerbatimState.KEPT else ""
    if words == answers.text_of(response_id, question):
        words = ""
    if found is None:
        found = Verbatim(campaign_id=campaign_id, response_id=response_id, question=question)
        session.add(found)
    found.id = random_key()  # whoever noted the decisions reads them again
    found.state, found.text = decision.state, words or None
