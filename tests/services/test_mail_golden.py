"""Every kind of mail as it travels, compared with the file that was looked at.

To accept a change: delete the file, run the test, look at the new one in a mail program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import mail
from surveyapp.jobs import JobRun
from surveyapp.models import Campaign, Message, Structure, db
from surveyapp.services import accounts, letters, respond
from surveyapp.services.addresses import unsubscribe_url
from surveyapp.services.dossiers import week
from surveyapp.services.letters import digest, thanks
from surveyapp.services.respond.mails import Acknowledged, acknowledge
from surveyapp.services.transaction import transaction
from tests.answering import NOMINATIVE, opened
from tests.services.test_letters_sent import answer

GOLDEN = Path(__file__).parents[1] / "golden" / "mails"
CLOSES = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
SENT = datetime(2026, 6, 12, 12, 32, tzinfo=UTC)
TITLE = "Devenir ambassadeur de la CPTS"


@pytest.fixture
def campaign(app: Flask, request: pytest.FixtureRequest) -> Iterator[Campaign]:
    """A nominative campaign of a CPTS that is described, in the language of the parameter."""
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"],
        base_url="https://enquetes.demo.example",
        mail_from="CPTS des Exemples <enquetes@demo.example>",
    )
    with transaction() as session:
        session.add(
            Structure(
                id=1,
                name="CPTS des Exemples",
                address="1 place du Marché\n00000 Exemple",
                email="coordination@demo.example",
                timezone="Europe/Paris",
                color="#1d5c63",
            )
        )
    yield opened(
        NOMINATIVE.replace("k: 5\n", "k: 5\nduration_minutes: 6\n"),
        title=TITLE,
        closes_at=CLOSES,
        language=request.param,
        messages={"thanks_mail": "oui"},
    )


def solicit(kind: str, campaign: Campaign) -> None:
    to = "alix@demo.example"
    fields = {
        "prénom": "Alix",
        "nom": "Exemple",
        "lien": "https://enquetes.demo.example/i/Zk3vPq9sXw1yTt7uKd5mRb2cNh8eLf4aGj6oQi0pVx",
        "désinscription": unsubscribe_url(to),
    }
    letter = letters.render(
        db.session, kind, campaign=campaign, language=campaign.language, fields=fields
    )
    number, language = campaign.id, campaign.language
    with transaction() as session:
        mail.post(
            session,
            to=to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            kind=kind,
            solicitation=True,
            campaign_id=number,
            language=language,
        )


def receipt(_kind: str, _campaign: Campaign) -> None:
    info = respond.find("avis")
    assert info is not None
    document = {
        "prenom": "Alix",
        "nom": "Exemple",
        "courriel": "alix@demo.example",
        "a_jour": "oui",
        "motivation": "Faire le lien entre l’hôpital et la ville.\nEt apprendre.",
    }
    with transaction() as session:
        acknowledge(session, info, Acknowledged(1, "K7QF-2M9X", document, SENT))


def resume(_kind: str, _campaign: Campaign) -> None:
    info = respond.find("avis")
    assert info is not None
    respond.send_resume_link(
        info, "jeton-de-la-reponse", to="alix@demo.example", today=date(2026, 6, 12)
    )


def tell(_kind: str, campaign: Campaign) -> None:
    with transaction() as session:
        accounts.add_user(
            session, email="coordination@demo.example", name="", role="coordination", hashed="x"
        )
    for _ in range(3):
        answer(campaign, SENT)
    since, until = "2026-06-12T05:00:00+00:00", "2026-06-13T05:00:00+00:00"
    digest.digest_job(JobRun(1, "digest", {"since": since, "until": until}, 1))


def thank(_kind: str, campaign: Campaign) -> None:
    answer(campaign, SENT, "alix@demo.example")
    thanks.thanks_job(JobRun(1, "thanks", {"campaign": campaign.id}, 1))


def account(_kind: str, _campaign: Campaign) -> None:
    with transaction() as session:
        mail.compose(
            session,
            template="invitation",
            to="camille@demo.example",
            subject="Votre accès à l’espace de la coordination",
            context={
                "name": "Camille",
                "url": "https://enquetes.demo.example/compte/invitation/jeton",
                "days": 7,
            },
            kind="account.invitation",
        )


def week_of(_kind: str, _campaign: Campaign) -> None:
    from tests.dossiers import begin, in_service

    in_service("accompagnement", "conciergerie")
    begin("accompagnement", on=date(2026, 6, 3))
    begin("conciergerie", on=date(2026, 6, 5), number=2)
    with transaction() as session:
        session.execute(sa.delete(Message))
        accounts.add_user(
            session,
            email="coordination@demo.example",
            name="Camille",
            role="coordination",
            hashed="x",
        )
    payload = {"today": "2026-06-08", "monday": "2026-06-08"}
    week.week_job(JobRun(1, "week", payload, 1))


WAYS = {
    "invitation": solicit,
    "reminder": solicit,
    "receipt": receipt,
    "resume": resume,
    "digest": tell,
    "thanks": thank,
    "account": account,
    "week": week_of,
}
FRENCH_ONLY = ("digest", "account", "week")
CASES = [
    (kind, language)
    for kind in WAYS
    for language in ("fr", "en")
    if language == "fr" or kind not in FRENCH_ONLY
]


@pytest.mark.parametrize(("kind", "campaign"), CASES, indirect=["campaign"])
def test_a_mail_is_the_golden_one(
    kind: str, campaign: Campaign, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thanks, "now", lambda: datetime(2026, 7, 1, tzinfo=UTC))
    WAYS[kind](kind, campaign)
    (message,) = db.session.scalars(sa.select(Message))
    message.message_id, message.created_at = "<identifiant@demo.example>", SENT
    content = mail.to_mime(message).as_bytes()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    found = re.sub(r"={15}\d+==", "=LIMITE=", content.decode("ascii")).replace("\r\n", "\n")
    golden = GOLDEN / f"{kind}-{request.node.callspec.params['campaign']}.eml"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="ascii")
        pytest.fail(f"{golden.name} is new: read it, then run this again")
    assert found == golden.read_text(encoding="ascii")
