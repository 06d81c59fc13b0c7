"""Drafts and sending under the hands of many at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.models import FormVersion, SpentToken, db
from surveyapp.services import respond
from surveyapp.services.publish import publish
from surveyapp.services.respond import CampaignInfo, Door, Draft
from surveyapp.services.respond.drafts import hashed
from surveyapp.services.respond.sending import new_reference
from tests.answering import ANONYMOUS, NOMINATIVE, change, drafts, opened, sent, together
from tests.core.samples import form

TODAY = date(2026, 6, 27)
NOW = datetime(2026, 6, 27, 9, 30, tzinfo=UTC)
WHO = {"prenom": "Ana", "nom": "Martin", "courriel": "ana@demo.example", "a_jour": "oui"}


def info(slug: str = "avis") -> CampaignInfo:
    campaign = respond.find(slug)
    assert campaign is not None
    return campaign


def draft(**values: Any) -> Draft:
    return Draft(values=values, version_id=info().version_id)


def submit(campaign: CampaignInfo, token: str, **values: Any) -> None:
    respond.submit(campaign, token, draft(**values), today=TODAY, now=NOW)


def test_a_draft_is_written_and_read_back(app: Flask) -> None:
    opened(ANONYMOUS)
    token = respond.new_token()
    assert respond.load(info(), token) is None
    kept = Draft({"annees": 3}, {"jour": "demain"}, ["profil"], "profil", info().version_id)
    respond.save(info(), token, kept, today=TODAY)
    assert respond.load(info(), token) == kept
    kept.fill("profil", ["annees", "liberal"], {"liberal": "oui"}, {})
    respond.save(info(), token, kept, today=TODAY)
    assert respond.load(info(), token) == kept
    assert kept.values == {"liberal": "oui"}
    assert len(drafts()) == 1


def test_filling_a_page_forgets_what_it_asked_before_and_nothing_else() -> None:
    kept = Draft({"a": 1, "b": 2}, {"a": "x", "enfants-0-age": "y", "b": "z"}, ["p"], "p")
    kept.fill("q", ["a", "enfants"], {}, {})
    assert kept.values == {"b": 2}
    assert kept.raw == {"b": "z"}
    assert kept.seen == ["p", "q"]


def test_a_draft_of_another_campaign_is_not_found(app: Flask) -> None:
    opened(ANONYMOUS)
    opened(ANONYMOUS, "autre")
    token = respond.new_token()
    respond.save(info(), token, draft(annees=3), today=TODAY)
    assert respond.load(info("autre"), token) is None


def test_a_first_page_sent_twice_at_once_is_one_draft(app: Flask) -> None:
    opened(ANONYMOUS)
    campaign, token = info(), respond.new_token()

    def save(number: int) -> None:
        respond.save(
            campaign, token, Draft({"annees": 1}, version_id=campaign.version_id), today=TODAY
        )

    assert together(app, 4, save) == [None] * 4
    assert len(drafts()) == 1


@pytest.mark.parametrize(("body", "values"), [(ANONYMOUS, {"liberal": "non"}), (NOMINATIVE, WHO)])
def test_one_answer_sent_many_times_at_once_counts_once(
    app: Flask, body: str, values: dict[str, Any]
) -> None:
    opened(body)
    campaign, token = info(), respond.new_token()
    respond.save(campaign, token, draft(**values), today=TODAY)
    ready = draft(**values)
    results = together(
        app, 6, lambda _: respond.submit(campaign, token, ready, today=TODAY, now=NOW)
    )
    assert results == [None] * 6
    assert len(sent()) == 1
    assert drafts() == []


def test_the_last_place_goes_to_one_of_many(app: Flask) -> None:
    opened(ANONYMOUS, capacity=2)
    campaign, ready = info(), draft(liberal="non")
    results = together(
        app,
        6,
        lambda _: respond.submit(campaign, respond.new_token(), ready, today=TODAY, now=NOW),
    )
    refused = [result for result in results if result is not None]
    assert [type(refusal) for refusal in refused] == [respond.Full] * 4, refused
    assert len(sent()) == 2


def test_what_is_incomplete_stays_a_draft(app: Flask) -> None:
    opened(ANONYMOUS)
    token = respond.new_token()
    respond.save(info(), token, draft(annees=3), today=TODAY)
    with pytest.raises(respond.Incomplete) as refused:
        submit(info(), token, annees=3)
    assert [problem.name for problem in refused.value.outcome.problems] == ["liberal"]
    assert sent() == []
    assert len(drafts()) == 1


def test_a_text_that_was_never_understood_is_not_sent_in_silence(app: Flask) -> None:
    opened(ANONYMOUS)
    left = draft(liberal="non")
    left.raw = {"jour": "bientôt"}
    with pytest.raises(respond.Incomplete) as refused:
        respond.submit(info(), respond.new_token(), left, today=TODAY, now=NOW)
    assert [problem.name for problem in refused.value.outcome.problems] == ["jour"]
    left.raw = {"stress": "x"}  # on a page that this person does not see
    respond.submit(info(), respond.new_token(), left, today=TODAY, now=NOW)
    assert len(sent()) == 1


def test_only_what_is_clean_is_stored(app: Flask) -> None:
    opened(ANONYMOUS)
    submit(info(), respond.new_token(), liberal="non", stress=3, libre="caché", intrus=1)
    assert sent()[0].document == {"liberal": "non"}


def test_a_sent_draft_cannot_be_written_any_more(app: Flask) -> None:
    opened(ANONYMOUS)
    token = respond.new_token()
    submit(info(), token, liberal="non")
    with pytest.raises(respond.AlreadySent):
        respond.save(info(), token, draft(liberal="oui"), today=TODAY)
    assert db.session.get(SpentToken, hashed(token)) is not None


def test_receipts(app: Flask) -> None:
    opened(NOMINATIVE)
    token = respond.new_token()
    assert respond.receipt(info(), token) is None
    submit(info(), token, **WHO)
    receipt = respond.receipt(info(), token)
    assert receipt is not None
    assert (receipt.reference, receipt.sent_at) == (sent()[0].reference, NOW)
    assert receipt.mail == "ana@demo.example"
    assert respond.whose(token) == "avis"
    assert respond.whose("inconnu") is None


def test_references_can_be_read_out() -> None:
    found = {new_reference() for _ in range(200)}
    assert len(found) == 200
    assert not set("01IO-") & set("".join(found).replace("-", ""))


def test_a_draft_goes_on_with_the_version_it_was_begun_with(app: Flask) -> None:
    campaign = opened(ANONYMOUS)
    token = respond.new_token()
    respond.save(info(), token, draft(liberal="oui"), today=TODAY)
    newer = publish(form(ANONYMOUS.replace('version: "1"', "") + 'version: "2"\n'))
    change(campaign, version_id=newer.id)
    begun = respond.load(info(), token)
    assert begun is not None
    assert info().version_id == newer.id
    old = respond.with_version(info(), begun.version_id)
    assert old.definition.version == "1"
    respond.submit(old, token, begun, today=TODAY, now=NOW)
    assert sent()[0].version_id != newer.id


@pytest.mark.parametrize(
    ("columns", "door"),
    [
        ({}, Door.OPEN),
        ({"opens_at": NOW + timedelta(minutes=1)}, Door.SOON),
        ({"closes_at": NOW}, Door.GRACE),
        ({"closes_at": NOW - timedelta(minutes=59)}, Door.GRACE),
        ({"closes_at": NOW - timedelta(minutes=60)}, Door.CLOSED),
        ({"state": "closed"}, Door.CLOSED),
        ({"state": "closed", "closes_at": NOW - timedelta(minutes=1)}, Door.CLOSED),
        ({"state": "archived"}, Door.CLOSED),
        ({"state": "draft"}, Door.UNKNOWN),
    ],
)
def test_doors(app: Flask, columns: dict[str, Any], door: Door) -> None:
    opened(ANONYMOUS, **columns)
    assert info().door(NOW) is door


def test_versions_are_read_once(app: Flask) -> None:
    opened(ANONYMOUS)
    info()
    seen: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    assert info().definition.title == "Votre avis"
    assert len(seen) == 1
    assert FormVersion.__tablename__ in seen[0]
