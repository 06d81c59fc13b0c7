"""Mail: written with its cause, sent once over a real SMTP server, refusals noted."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from surveyapp import mail
from surveyapp.models import Message, WorkState, db, now
from surveyapp.services.transaction import transaction
from tests.conftest import Mailbox, start_smtp

Post = Callable[..., int]


@pytest.fixture
def post(app: Flask) -> Post:
    """Add a mail to the outbox: ``post("a@demo.example")``."""

    def add(to: str = "alix@demo.example", **options: str) -> int:
        with transaction() as session:
            message = mail.post(
                session,
                to=to,
                subject=options.pop("subject", "Votre réponse est bien arrivée"),
                text="Bonjour,\n\nça va ?\n",
                html="<p>Bonjour,</p><p>ça va ?</p>",
                kind="test",
                **options,
            )
            return message.id

    return add


def message(message_id: int) -> Message:
    db.session.rollback()
    found = db.session.get(Message, message_id)
    assert found is not None
    return found


def received(box: Mailbox, index: int = 0) -> EmailMessage:
    content = box.envelopes[index].content
    assert isinstance(content, bytes)
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_mail_arrives_as_text_and_html_marked_as_automatic(post: Post, mailbox: Mailbox) -> None:
    message_id = post()
    mail.send_due()
    mime = received(mailbox)
    assert mime["Subject"] == "Votre réponse est bien arrivée"
    assert mime["To"] == "alix@demo.example"
    assert "contact@demo.example" in mime["From"]
    assert "CPTS des Exemples" in mime["From"]
    assert mime["Auto-Submitted"] == "auto-generated"
    assert mime["Message-ID"] == message(message_id).message_id
    assert mime["Message-ID"].endswith("@demo.example>")
    text, html = mime.get_body(("plain",)), mime.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "ça va" in text.get_content()
    assert "<p>" in html.get_content()
    assert message(message_id).state is WorkState.DONE


def test_a_mail_of_a_transaction_that_fails_is_never_sent(app: Flask, mailbox: Mailbox) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        mail.post(session, to="a@demo.example", subject="x", text="x", html="x", kind="x")
        raise ZeroDivisionError
    assert mail.send_due() == 0


def test_many_mails_share_one_connection(post: Post, mailbox: Mailbox) -> None:
    for n in range(10):
        post(f"p{n}@demo.example")
    assert mail.send_due() == 10
    assert len(mailbox.envelopes) == 10
    assert len(mailbox.sessions) == 1


def test_the_same_mail_is_added_once(post: Post, mailbox: Mailbox) -> None:
    assert post(dedupe_key="ack:1") == post(dedupe_key="ack:1")
    mail.send_due()
    mail.send_due()
    assert len(mailbox.envelopes) == 1


def test_a_refused_address_is_given_up_with_the_reason_and_stops_nobody(
    post: Post, mailbox: Mailbox
) -> None:
    mailbox.replies["personne@demo.example"] = "550 no such mailbox"
    refused, good = post("personne@demo.example"), post("alix@demo.example")
    mail.send_due()
    assert message(refused).state is WorkState.FAILED
    assert "550 no such mailbox" in (message(refused).error or "")
    assert message(good).state is WorkState.DONE


def test_a_full_mailbox_is_tried_again_later(post: Post, mailbox: Mailbox) -> None:
    mailbox.replies["alix@demo.example"] = "452 mailbox full"
    message_id = post()
    mail.send_due()
    assert message(message_id).state is WorkState.PENDING
    assert message(message_id).run_at > now()
    assert mail.send_due() == 0


@pytest.mark.parametrize(
    "address", ["pas-une-adresse é@demo.example", "a@b@c\nBcc: x@demo.example"]
)
def test_an_impossible_address_does_not_stop_the_others(
    post: Post, mailbox: Mailbox, address: str
) -> None:
    bad, good = post(address), post("alix@demo.example")
    mail.send_due()
    assert message(bad).state is not WorkState.DONE or len(mailbox.envelopes) == 2
    assert message(good).state is WorkState.DONE
    assert all("Bcc" not in received(mailbox, n) for n in range(len(mailbox.envelopes)))


def test_a_server_that_is_down_loses_nothing(post: Post, app: Flask, mailbox: Mailbox) -> None:
    config = app.config["SURVEYAPP"]
    app.config["SURVEYAPP"] = replace(config, mail_port=9)
    ids = [post(), post("b@demo.example")]
    mail.send_due()
    for message_id in ids:
        assert message(message_id).state is WorkState.PENDING
        assert "injoignable" in (message(message_id).error or "")
    app.config["SURVEYAPP"] = config
    with transaction() as session:
        session.execute(sa.update(Message).values(run_at=now() - timedelta(seconds=1)))
    mail.send_due()
    assert len(mailbox.envelopes) == 2


def test_a_mail_is_given_up_after_a_day_and_a_half_of_tries(post: Post, app: Flask) -> None:
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"], mail_server="127.0.0.1", mail_port=9, mail_from="c@demo.example"
    )
    message_id = post()
    for _ in range(mail.MAX_ATTEMPTS):
        with transaction() as session:
            session.execute(sa.update(Message).values(run_at=now() - timedelta(seconds=1)))
        mail.send_due()
    assert message(message_id).state is WorkState.FAILED
    assert timedelta(days=1) < sum(mail.BACKOFF, timedelta()) < timedelta(days=2)


def test_a_silent_server_is_dropped_after_the_time_out(post: Post, app: Flask) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        app.config["SURVEYAPP"] = replace(
            app.config["SURVEYAPP"],
            mail_server="127.0.0.1",
            mail_port=silent.getsockname()[1],
            mail_timeout=1,
        )
        message_id = post()
        mail.send_due()
    assert message(message_id).state is WorkState.PENDING
    assert "à temps" in (message(message_id).error or "")


def test_a_mail_held_by_a_dead_worker_is_sent_by_the_next(post: Post, mailbox: Mailbox) -> None:
    message_id = post()
    mail.claim()
    assert mail.send_due() == 0
    with transaction() as session:
        session.execute(sa.update(Message).values(lease_until=now() - timedelta(seconds=1)))
    mail.send_due()
    assert len(mailbox.envelopes) == 1
    assert message(message_id).state is WorkState.DONE


def test_without_a_server_mails_are_written_to_files(post: Post, app: Flask) -> None:
    message_id = post()
    mail.send_due()
    files = list(app.config["SURVEYAPP"].mails.glob("*.eml"))
    assert len(files) == 1
    parsed = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    assert parsed["Subject"] == "Votre réponse est bien arrivée"
    assert message(message_id).state is WorkState.DONE


@pytest.mark.parametrize(("password", "state"), [("bon", "done"), ("faux", "pending")])
def test_a_wrong_password_of_the_server_is_said_without_showing_it(
    post: Post, app: Flask, password: str, state: str
) -> None:
    def check(_s: object, _e: object, _x: object, _m: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=data.password == b"bon", handled=False)

    box = Mailbox()
    server = start_smtp(box, auth_require_tls=False, authenticator=check)
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"],
        mail_server="127.0.0.1",
        mail_port=server.port,
        mail_username="compte",
        mail_password=password,
    )
    message_id = post()
    mail.send_due()
    server.stop()
    assert message(message_id).state == state
    assert len(box.envelopes) == (state == "done")
    assert "faux" not in (message(message_id).error or "")


def test_the_outbox_is_stuck_when_mails_wait_for_an_hour(post: Post) -> None:
    post()
    assert mail.stuck(db.session) == 0
    with transaction() as session:
        old = now() - timedelta(hours=2)
        session.execute(sa.update(Message).values(run_at=old, created_at=old))
    assert mail.stuck(db.session) == 1


def test_a_composed_mail_has_two_parts_and_full_addresses(app: Flask) -> None:
    with transaction() as session:
        found = mail.compose(
            session,
            template="invitation",
            to="b@demo.example",
            subject="Votre accès",
            context={"name": "<Bénédicte>", "url": "http://localhost/x", "days": 7},
            kind="test",
        )
        assert "&lt;Bénédicte&gt;" in found.html
        assert "<Bénédicte>" in found.text
        assert "http://localhost/x" in found.text
