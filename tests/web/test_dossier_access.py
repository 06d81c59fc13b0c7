"""Every page of a dossier, tried by everybody on dossiers that are not theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, DossierFile, DossierMark, DossierNote, User, db, now
from surveyapp.permissions import ENDPOINTS, granted
from surveyapp.services.dossiers import acts, files
from surveyapp.services.dossiers.access import Viewer
from surveyapp.web.dossiers.blueprint import today
from tests.dossiers import COORDINATION, begin, in_service
from tests.spaces import account_for, entrusted, in_mandate, person_of

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples")

#: What stands on no page of whoever may not see the dossier.
SECRETS = ("Personne-Demo", "Ambassadrice-Demo", "Une note entre nous", "piece-secrete")
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def people(app: Flask, add_user: Callable[..., User]) -> dict[str, tuple[User, list[int]]]:
    """By role, somebody and the dossiers that are not theirs."""
    day = today()
    in_service("ambassadeur", "accompagnement", "installation", "conciergerie", on=day)
    mandate = in_mandate(on=day)
    accompanied = entrusted(person_of(mandate), on=day)
    secret = begin("installation", on=day, number=3, accord_cls=False)
    shared = begin("installation", on=day, number=4, accord_cls=True)
    request = begin("conciergerie", on=day, number=5)
    other = in_mandate(on=day, number=60)
    every = [mandate, accompanied, secret, shared, request, other]
    for key in every:
        acts.add_note(key, "Une note entre nous", shared=False, viewer=COORDINATION, now=now())
        _upload(key)
    mine = person_of(mandate)
    return {
        "lecture": (add_user("lecture"), every),
        "referent": (add_user("referent"), [accompanied, secret, shared, request]),
        "partenaire": (add_user("partenaire"), [mandate, accompanied, secret, request, other]),
        "ambassadeur": (account_for(mine, add_user), [secret, shared, request, other]),
    }


def _upload(key: int) -> None:
    files.upload(
        key,
        filename="piece-secrete.pdf",
        data=PDF,
        label="piece-secrete",
        shared=False,
        viewer=Viewer(Actor.COORDINATION, None),
        now=now(),
    )


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every page that names a dossier, and how it is asked for."""
    for rule in app.url_map.iter_rules():
        if "dossier_id" in rule.arguments:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def address(app: Flask, rule: Rule, key: int) -> str:
    """The address for this dossier, with things of this dossier in it."""
    marks = sa.select(DossierMark.id).where(DossierMark.dossier_id == key)
    papers = sa.select(DossierFile.id).where(DossierFile.dossier_id == key)
    notes = sa.select(DossierNote.id).where(DossierNote.dossier_id == key)
    known = {"mark_id": marks, "file_id": papers, "note_id": notes}
    values = {
        name: db.session.scalar(known[name].limit(1)) if name in known else "1"
        for name in rule.arguments
    }
    values["dossier_id"] = key
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def genuine(client: FlaskClient) -> dict[str, str]:
    """What a page of their own lets them send."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/compte/").text)
    assert token is not None
    return {"csrf_token": token[1]}


def state() -> list[tuple[int, int]]:
    db.session.rollback()
    rows = db.session.execute(sa.select(Dossier.id, Dossier.revision).order_by(Dossier.id))
    return [(key, revision) for key, revision in rows]


def test_a_dossier_that_is_not_theirs_does_not_exist(
    app: Flask,
    people: dict[str, tuple[User, list[int]]],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    pages, before = list(rules(app)), state()
    for role, (user, foreign) in people.items():
        client, held = sign_in(user), granted({role})
        data = genuine(client)
        tried = 0
        for rule, method in pages:
            expected = 404 if ENDPOINTS[rule.endpoint] in held else 403
            for key in foreign:
                where = address(app, rule, key)
                answer = client.open(where, method=method, data=data if method == "POST" else None)
                assert answer.status_code == expected, (role, method, where, answer.status_code)
                assert not any(secret in answer.text for secret in SECRETS), (role, method, where)
                tried += 1
        assert tried > 100, role
        assert state() == before, role


def test_lists_searches_and_calendars_name_no_dossier_of_others(
    people: dict[str, tuple[User, list[int]]], sign_in: Callable[[User], FlaskClient]
) -> None:
    pages = ["/coordination/dossiers/", "/coordination/dossiers/recherche?q=demo"]
    pages += ["/coordination/dossiers/a-faire", "/ambassadeur/", "/compte/agenda"]
    for name in ("ambassadeur", "accompagnement", "installation", "conciergerie"):
        pages += [f"/coordination/dossiers/parcours/{name}{view}" for view in ("", "?vue=tableau")]
    for role in ("referent", "partenaire", "ambassadeur"):
        user, foreign = people[role]
        client = sign_in(user)
        addresses = [f"/coordination/dossiers/{key}" for key in foreign]
        addresses += [f"/ambassadeur/{key}" for key in foreign]
        seen = 0
        for page in pages:
            answer = client.get(page, follow_redirects=True)
            assert answer.status_code in (200, 403, 404), (role, page, answer.status_code)
            seen += answer.status_code == 200
            assert "Une note entre nous" not in answer.text, (role, page)
            assert not any(f'{where}"' in answer.text for where in addresses), (role, page)
        assert seen >= 2, role


def test_the_walk_would_see_an_open_door(
    app: Flask,
    people: dict[str, tuple[User, list[int]]],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    """Their own dossiers are shown by the very addresses that were refused."""
    for role, endpoint in (("referent", "dossiers.show"), ("ambassadeur", "space.show")):
        user, foreign = people[role]
        own = [key for key, _ in state() if key not in foreign]
        rule = next(r for r in app.url_map.iter_rules() if r.endpoint == endpoint)
        answers = [sign_in(user).get(address(app, rule, key)) for key in own]
        assert {answer.status_code for answer in answers} <= {200, 302}
        assert any("Demo" in answer.text for answer in answers)
