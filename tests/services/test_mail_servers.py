"""Servers that greylist, break off, fall silent or refuse: nothing lost, copies recognisable."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from surveyapp import mail
from surveyapp.models import WorkState, db, now
from surveyapp.services import addresses
from tests.conftest import Mailbox
from tests.faulty_smtp import FaultySmtp
from tests.outbox import let_time_pass, make_due, message, parsed, post, received


def use(app: Flask, server: FaultySmtp) -> None:
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"],
        mail_server="127.0.0.1",
        mail_port=server.port,
        mail_from="contact@demo.example",
        mail_timeout=1,
    )


def test_a_greylisted_mail_arrives_on_the_second_try(app: Flask, mailbox: Mailbox) -> None:
    mailbox.replies["alix@demo.example"] = "450 4.7.1 greylisted, come back later"
    number = post()
    mail.send_due()
    assert message(number).state is WorkState.PENDING
    assert "450 4.7.1 greylisted" in (message(number).error or "")
    assert addresses.status_of(db.session, "alix@demo.example").refused_on is None
    mailbox.replies.clear()
    let_time_pass(minutes=1)
    mail.send_due()
    assert message(number).state is WorkState.DONE
    assert message(number).error is None
    assert received(mailbox)["Message-ID"] == message(number).message_id


@pytest.mark.parametrize("trouble", ["drop", "hang", "drop at 250"])
def test_a_server_that_breaks_in_the_middle_of_a_mail_gets_it_again(
    app: Flask, trouble: str
) -> None:
    with FaultySmtp(trouble) as server:
        use(app, server)
        numbers = [post(f"p{n}@demo.example") for n in range(3)]
        mail.send_due()
        first = message(numbers[0])
        assert first.state is WorkState.PENDING
        assert first.run_at > now()
        assert ("à temps" if trouble == "hang" else "coupé la connexion") in (first.error or "")
        while mail.send_due():
            pass
        assert [message(n).state for n in numbers[1:]] == [WorkState.DONE, WorkState.DONE]
        assert message(numbers[1]).attempts == 1, "a mail that was not tried loses no attempt"
        make_due()
        mail.send_due()
        assert message(numbers[0]).state is WorkState.DONE
        identifiers = [parsed(content)["Message-ID"] for content in server.received]
    assert sorted(set(identifiers)) == sorted(message(n).message_id for n in numbers)
    copies = 2 if trouble == "drop at 250" else 1
    assert identifiers.count(first.message_id) == copies, "a copy bears the same Message-ID"


def test_a_worker_that_lost_its_lease_sends_nothing(app: Flask, mailbox: Mailbox) -> None:
    post()
    (slow,), _ = mail.claim()
    let_time_pass(hours=1)
    (quick,), _ = mail.claim()
    assert mail.begin(quick)
    assert not mail.begin(slow)


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 no such user", "550 no such user", "551 gone", "553 5.2.1 disabled"]
)
def test_an_address_that_the_server_refuses_is_marked_until_it_takes_mail(
    app: Flask, mailbox: Mailbox, reply: str
) -> None:
    mailbox.replies["alix@demo.example"] = reply
    post(" Alix@demo.example")
    mailbox.replies["Alix@demo.example"] = reply
    mail.send_due()
    status = addresses.status_of(db.session, "alix@demo.example")
    assert status.refused_on is not None
    assert status.refusal == reply
    assert reply in status.reason
    assert addresses.unreachable(db.session, ["ALIX@demo.example", "b@demo.example"]) == {
        message(1).address_hash: status.reason
    }
    mailbox.replies.clear()
    post()
    mail.send_due()
    assert addresses.status_of(db.session, "alix@demo.example") == addresses.AddressStatus()
    assert addresses.unreachable(db.session, ["alix@demo.example"]) == {}


@pytest.mark.parametrize(
    "reply",
    ["550 5.7.1 relaying denied", "530 5.7.0 authenticate first", "552 5.2.2 mailbox full"],
)
def test_a_refusal_that_is_not_about_the_address_does_not_mark_it(
    app: Flask, mailbox: Mailbox, reply: str
) -> None:
    mailbox.replies["alix@demo.example"] = reply
    number = post()
    mail.send_due()
    assert message(number).state is WorkState.FAILED
    assert addresses.status_of(db.session, "alix@demo.example").refused_on is None


def test_a_sender_that_the_server_refuses_is_named(app: Flask, mailbox: Mailbox) -> None:
    async def refuse(*_: object) -> str:
        return "550 5.7.1 not from here"

    mailbox.handle_MAIL = refuse  # type: ignore[attr-defined]
    first, second = post(), post("b@demo.example")
    mail.send_due()
    assert "refuse l’expéditeur contact@demo.example" in (message(first).error or "")
    assert message(second).attempts == 0


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("bénédicte@demo.example", "qui précède @ contient des lettres accentuées"),
        ("pas une adresse", "n’est pas complète"),
        ("@demo.example", "n’est pas complète"),
        ("a@" + "x" * 70 + ".example", "La fin de l’adresse"),
        ("a@..example", "La fin de l’adresse"),
    ],
)
def test_an_address_that_cannot_be_written_to_is_explained_and_stops_nobody(
    app: Flask, mailbox: Mailbox, address: str, sentence: str
) -> None:
    bad, good = post(address), post()
    mail.send_due()
    assert sentence in (message(bad).error or "")
    assert message(bad).state is WorkState.FAILED
    assert message(good).state is WorkState.DONE


def test_a_site_name_with_accents_is_written_as_the_network_wants_it(
    app: Flask, mailbox: Mailbox
) -> None:
    post("alix@hôpital.example")
    mail.send_due()
    assert mailbox.envelopes[0].rcpt_tos == ["alix@xn--hpital-ixa.example"]
