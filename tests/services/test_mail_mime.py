"""What travels: any script in subject and names, lines that fit, one-click unsubscription."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveyapp import mail
from surveyapp.mail.mime import impossible
from surveyapp.models import Message, Structure, now
from surveyapp.services import addresses
from surveyapp.services.transaction import transaction
from tests.conftest import Mailbox
from tests.outbox import message, parsed, part, post, received

LONG_FRENCH = (
    "Nous avons bien reçu vos réponses\u00a0: évaluation de la coordination pluriprofessionnelle, "
    "de l’accès aux soins non programmés et de la prévention sur le territoire, deuxième vague"
)


def row(**values: str) -> Message:
    base = {"recipient": "alix@demo.example", "subject": "x", "text": "x\n", "html": "<p>x</p>"}
    return Message(
        **{"message_id": "<x@demo.example>", "language": "fr", **base, **values},
        address_hash="ab" * 32,
        created_at=now(),
        solicitation=values.get("kind") == "invitation",
    )


@pytest.mark.parametrize(
    "subject",
    [
        "Votre réponse est bien arrivée",
        "دعوة للمشاركة في الاستبيان 🎉 من فضلكم أجيبوا قبل نهاية الشهر",
        "Nhóm điều dưỡng – 看護師の皆様へ – Питання",
        LONG_FRENCH,
        "x" * 290 + "é",
        "🎉" * 60,
    ],
)
def test_a_subject_in_any_script_arrives_as_it_was_written(
    app: Flask, mailbox: Mailbox, subject: str
) -> None:
    number = post(subject=subject)
    mail.send_due()
    content = mailbox.envelopes[0].content
    assert isinstance(content, bytes)
    assert content.isascii(), "no server may spoil it"
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert received(mailbox)["Subject"] == message(number).subject
    assert message(number).subject.split() == subject.split()


@pytest.mark.parametrize("name", ["CPTS de l’Océan", "جمعية الصحة 🌿", "CPTS, « Grand Sud »", ""])
def test_a_sender_named_in_any_script_is_read_as_it_was_written(
    app: Flask, mailbox: Mailbox, name: str
) -> None:
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"],
        mail_from=f'"{name}" <contact@demo.example>' if name else "contact@demo.example",
    )
    post()
    mail.send_due()
    (sender,) = received(mailbox)["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "contact@demo.example")


def test_both_parts_arrive_whole_even_with_endless_lines(app: Flask, mailbox: Mailbox) -> None:
    text = "Réponses\u202f: " + "é" * 5000 + "\n.\nfin مرحبا\n"
    post(text=text, html=f"<p>{text}</p>", language="en")
    mail.send_due()
    mime = received(mailbox)
    assert part(mime, "plain").replace("\r\n", "\n") == text
    assert text.strip() in part(mime, "html").replace("\r\n", "\n")
    assert mime["Content-Language"] == "en"
    assert mime["Auto-Submitted"] == "auto-generated"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=300)
)
def test_law_what_is_written_is_what_is_read(app: Flask, subject: str) -> None:
    subject = " ".join(subject.split())
    mime = parsed(mail.to_mime(row(subject=subject)).as_bytes())
    assert mime["Subject"] == subject


def test_solicitations_alone_can_be_declined_in_one_click(app: Flask, mailbox: Mailbox) -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS des Exemples", email="coordination@demo.example"))
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"], base_url="https://enquetes.cpts-des-exemples.demo.example/sites/a"
    )
    post()
    post(solicitation=True)
    mail.send_due()
    receipt, invitation = received(mailbox, 0), received(mailbox, 1)
    assert receipt["List-Unsubscribe"] is None
    assert receipt["List-Unsubscribe-Post"] is None
    page = addresses.unsubscribe_url("alix@demo.example")
    assert invitation["List-Unsubscribe"] == (
        f"<{page}>, <mailto:coordination@demo.example"
        "?subject=Ne%20plus%20recevoir%20d%E2%80%99invitations>"
    )
    assert invitation["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    content = mailbox.envelopes[1].content
    assert isinstance(content, bytes)
    assert f"<{page}>".encode() in content, "the address is not encoded"


def test_the_link_to_decline_holds_no_address_and_cannot_be_forged(app: Flask) -> None:
    page = addresses.unsubscribe_url("alix@demo.example")
    token = page.rpartition("/")[2]
    assert "alix" not in page
    assert addresses.hash_of_token(token) == message_hash()
    body, _, signature = token.partition(".")
    assert addresses.hash_of_token(f"{body[:-2]}AA.{signature}") is None
    assert addresses.hash_of_token(body) is None
    assert addresses.hash_of_token("é" * 40) is None


def message_hash() -> str:
    with transaction() as session:
        return mail.post(
            session, to="Alix@demo.example ", subject="x", text="x", html="x", kind="x"
        ).address_hash


@pytest.mark.parametrize("address", ["a@demo.example", "a+b@hôpital.example", "o'neil@x.fr"])
def test_ordinary_addresses_are_possible(address: str) -> None:
    assert impossible(address) == ""


@pytest.mark.parametrize(
    "address", ["a@b@c", "a..b@x.fr", "<a@x.fr", "a,b@x.fr", "a@", "", "à@x.fr"]
)
def test_impossible_addresses_are_told_in_french(address: str) -> None:
    assert impossible(address).endswith(".")


def test_an_impossible_address_does_not_stop_the_files_of_a_demonstration(app: Flask) -> None:
    bad, good = post("à@demo.example"), post()
    mail.send_due()
    assert message(bad).error
    assert message(good).state == "done"
    assert len(list(app.config["SURVEYAPP"].mails.glob("*.eml"))) == 1
    with transaction() as session:
        assert session.scalar(sa.select(sa.func.count(Message.id))) == 2


@pytest.mark.parametrize("email", ["coordination@demo.example", "", "pas une adresse"])
def test_an_answer_goes_to_the_coordination(app: Flask, mailbox: Mailbox, email: str) -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS des Exemples", email=email))
    post(subject="Votre demande")
    mail.send_due()
    assert received(mailbox)["Reply-To"] == (email if email.startswith("coord") else None)
