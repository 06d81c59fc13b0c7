"""So many mails per minute and solicitations per month, none to whoever declined."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Flask

from surveyapp import mail
from surveyapp.models import WorkState, now
from surveyapp.services import addresses, outbox
from surveyapp.worker import run_once
from tests.conftest import Mailbox
from tests.outbox import let_time_pass, message, post, received


def limit(app: Flask, **settings: int) -> None:
    app.config["SURVEYAPP"] = replace(app.config["SURVEYAPP"], **settings)


def test_no_more_mails_leave_in_a_minute_than_the_server_allows(
    app: Flask, mailbox: Mailbox
) -> None:
    limit(app, mail_per_minute=3)
    numbers = [post(f"p{n}@demo.example") for n in range(8)]
    assert mail.send_due() == 3
    assert mail.send_due() == 0
    let_time_pass(seconds=59)
    assert mail.send_due() == 0
    let_time_pass(seconds=2)
    assert mail.send_due() == 3
    let_time_pass(seconds=61)
    assert mail.send_due() == 2
    assert {message(n).state for n in numbers} == {WorkState.DONE}
    assert message(numbers[-1]).attempts == 1, "waiting is not an attempt"


def test_mails_that_another_worker_holds_count_until_they_have_left(
    app: Flask, mailbox: Mailbox
) -> None:
    limit(app, mail_per_minute=3)
    for n in range(8):
        post(f"p{n}@demo.example")
    held, _ = mail.claim()
    assert len(held) == 3
    let_time_pass(seconds=70)
    assert mail.send_due() == 0, "the other worker is slow, but may still send its three"
    for one in held:
        assert mail.begin(one)
    let_time_pass(seconds=30)
    assert mail.send_due() == 0


def test_a_refused_mail_counts_too(app: Flask, mailbox: Mailbox) -> None:
    limit(app, mail_per_minute=1)
    mailbox.replies["a@demo.example"] = "450 later"
    post("a@demo.example")
    post("b@demo.example")
    assert mail.send_due() == 1
    assert mail.send_due() == 0


def test_without_a_limit_everything_leaves(app: Flask, mailbox: Mailbox) -> None:
    for n in range(45):
        post(f"p{n}@demo.example")
    run_once()
    assert len(mailbox.envelopes) == 45


def test_confirmations_go_before_invitations(app: Flask, mailbox: Mailbox) -> None:
    limit(app, mail_per_minute=2)
    for n in range(3):
        post(f"p{n}@demo.example", solicitation=True)
    post("attend@demo.example")
    mail.send_due()
    assert mailbox.envelopes[0].rcpt_tos == ["attend@demo.example"]


def test_a_solicitation_too_many_is_held_back_and_shown(app: Flask, mailbox: Mailbox) -> None:
    limit(app, solicitations_per_month=2)
    for n in range(3):
        post(solicitation=True, kind="invite", subject=f"n° {n}")
    post("autre@demo.example", solicitation=True)
    receipt = post(subject="Accusé de réception")
    run_once()
    assert len(mailbox.envelopes) == 4
    (held,) = outbox.failed_mails()
    assert held.subject == "n° 2"
    assert "a déjà reçu 2 invitations ou relances en 30 jours" in (held.error or "")
    assert message(receipt).state is WorkState.DONE
    let_time_pass(days=29)
    again = post(solicitation=True)
    mail.send_due()
    assert message(again).state is WorkState.FAILED
    let_time_pass(days=2)
    outbox.send_again([again], now=now())
    mail.send_due()
    assert message(again).state is WorkState.DONE


def test_the_count_does_not_depend_on_how_the_address_is_written(
    app: Flask, mailbox: Mailbox
) -> None:
    limit(app, solicitations_per_month=1)
    post("Alix@Demo.example", solicitation=True)
    post(" alix@demo.example ", solicitation=True)
    run_once()
    assert len(mailbox.envelopes) == 1


def test_a_limit_of_zero_is_none(app: Flask, mailbox: Mailbox) -> None:
    limit(app, solicitations_per_month=0)
    for _ in range(9):
        post(solicitation=True)
    run_once()
    assert len(mailbox.envelopes) == 9


def test_who_declined_gets_no_solicitation_even_one_that_waits_but_every_confirmation(
    app: Flask, mailbox: Mailbox
) -> None:
    invitation, receipt = post(solicitation=True), post(subject="Accusé de réception")
    hashed = message(invitation).address_hash
    addresses.unsubscribe(hashed, today=date(2026, 6, 1))
    run_once()
    assert [received(mailbox)["Subject"]] == ["Accusé de réception"]
    assert len(mailbox.envelopes) == 1
    assert message(receipt).state is WorkState.DONE
    assert message(invitation).state is WorkState.FAILED
    assert "ne veut plus recevoir d’invitations depuis le 1er\u00a0juin" in (
        message(invitation).error or ""
    )
    addresses.welcome_back(hashed)
    outbox.send_again([invitation], now=now())
    run_once()
    assert message(invitation).state is WorkState.DONE


def test_an_address_that_was_refused_gets_no_solicitation_until_it_takes_mail(
    app: Flask, mailbox: Mailbox
) -> None:
    mailbox.replies["alix@demo.example"] = "550 no such user"
    post()
    run_once()
    held = post(solicitation=True)
    run_once()
    assert "a refusé cette adresse" in (message(held).error or "")
    mailbox.replies.clear()
    post(subject="Accusé de réception")
    run_once()
    welcome = post(solicitation=True)
    run_once()
    assert message(welcome).state is WorkState.DONE
