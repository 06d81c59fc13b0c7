"""The results page: figures, charts, comparisons, downloads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp import jobs
from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.core.loader import load
from surveyapp.models import Campaign, CampaignState, Document, db
from surveyapp.services import reports
from surveyapp.services.transaction import transaction
from tests.bench.generate import fill
from tests.collecting import answer, campaign_of, form, mixed
from tests.web.checking import Browser, Page, words

FORMS = Path(__file__).parents[2] / "forms"
URL = "/coordination/collectes/essai/resultats"


@pytest.fixture
def wellbeing() -> FormDefinition:
    return load(FORMS / "bien-etre-soignants.yaml")


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


def opened(**values: Any) -> dict[str, Any]:
    return {"opens_at": datetime(2026, 3, 1, 8, tzinfo=UTC), **values}


def work() -> None:
    while run := jobs.claim():
        jobs.run(run)


def images(page: Page) -> list[Element]:
    return list(page.find("contenu").iter("img"))


def table(page: Page, caption: str) -> list[list[str]]:
    """Cells of the table of that caption, headings first."""
    for found in page.tree.iter("table"):
        if words(next(found.iter("caption"))) == caption:
            return [[words(cell) for cell in row] for row in found.iter("tr")]
    raise AssertionError(f"no table « {caption} »")


def test_nobody_has_answered_yet(app: Flask, browser: Browser) -> None:
    campaign_of(form(), state=CampaignState.OPEN, **opened())
    page = browser.get(URL)
    assert "Personne n’a encore répondu." in page.text
    assert "Partagez le lien de la collecte" in page.text
    assert page.link("Ouvrir la page de la collecte").endswith("/coordination/collectes/essai")
    assert "Télécharger" not in page.text


def test_closed_campaign_without_answer_says_what_to_check(app: Flask, browser: Browser) -> None:
    campaign_of(form(), state=CampaignState.DRAFT)
    assert "vérifiez ses dates, puis ouvrez-la" in browser.get(URL).text


def test_headline_says_how_many_when_and_of_how_many(app: Flask, browser: Browser) -> None:
    closes = datetime(2026, 3, 31, 18, tzinfo=UTC)
    answer(campaign_of(form(), **opened(closes_at=closes, audience=60)), *mixed(12))
    page = browser.get(URL)
    assert page.title.startswith("Résultats – Essai")
    assert page.heading == "Résultats Essai"
    assert "12 réponses comptées" in page.text
    assert "du 1er mars 2026 au 31 mars 2026" in page.text
    assert "20 % des 60 personnes invitées" in page.text
    assert "5 réponses au moins derrière chaque pourcentage" in page.text
    assert "Fermée" in page.text


def test_too_few_answers_show_nothing_and_say_why(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(3))
    page = browser.get(URL)
    assert "moins de 5 réponses" in page.text
    assert not page.has("q-note")
    assert "Télécharger" not in page.text


def test_open_campaign_moves_by_steps_and_says_so(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form(), state=CampaignState.OPEN, **opened()), *mixed(12))
    page = browser.get(URL)
    counted = 12 - int(page.text.split(" réponses reçues attendent")[0].split()[-1])
    assert f"{counted} réponses comptées" in page.text
    assert "avancent par paliers" in page.text


def test_every_question_has_its_figures_in_a_table(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(12))
    page = browser.get(URL)
    note = table(page, "Votre note")
    assert note[0][:2] == ["Note", "0"]
    assert note[1] == ["Effectif", "0", "0", "0", "3", "3", "3", "3"]
    sector = table(page, "Votre secteur")
    assert sector[0] == ["Réponse", "Effectif", "Part"]
    assert ["Nord", "8", "67 %"] not in sector  # the other one would be known by subtraction
    assert "12 réponses, moyenne 4,5, médiane 4,5" in page.text
    anchors = [link.get("href") for link in page.tree.iter("a")]
    for name in ("note", "secteur", "idee"):
        assert f"#q-{name}" in anchors
        assert page.has(f"q-{name}")


def test_page_shows_tables_until_charts_are_drawn(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(30))
    page = browser.get(URL)
    assert "graphiques se préparent" in page.text
    assert "Actualiser la page" in page.text
    assert not images(page)
    assert "results.js" in str([script.get("src") for script in page.tree.iter("script")])
    left = browser.client.get("/coordination/collectes/essai/graphiques").get_json()
    assert left == {"left": 2}
    work()
    assert browser.client.get("/coordination/collectes/essai/graphiques").get_json() == {"left": 0}
    page = browser.get(URL)
    assert "se préparent" not in page.text
    assert len(images(page)) == 2
    assert "results.js" not in str([script.get("src") for script in page.tree.iter("script")])


def test_charts_have_text_size_and_bytes(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(30))
    browser.get(URL)
    work()
    for image in images(browser.get(URL)):
        assert "30 réponses" in (image.get("alt") or "").replace("\u00a0", " ")
        assert int(image.get("width") or 0) > 0
        assert int(image.get("height") or 0) > 0
        sent = browser.client.get(image.get("src") or "")
        assert sent.mimetype == "image/svg+xml"
        assert sent.headers["Cache-Control"].startswith("private")
        assert "'unsafe-inline'" in sent.headers["Content-Security-Policy"]
        assert sent.data.startswith(b"<svg")


def test_a_chart_belongs_to_its_campaign(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(30))
    browser.get(URL)
    work()
    address = images(browser.get(URL))[0].get("src") or ""
    with transaction() as session:
        other = db.session.scalars(sa.select(Campaign)).one()
        session.add(
            Campaign(
                slug="autre", title="Autre", version_id=other.version_id, state=CampaignState.CLOSED
            )
        )
    assert browser.client.get(address).status_code == 200
    assert browser.client.get(address.replace("/essai/", "/autre/")).status_code == 404
    assert browser.client.get(address.replace("/essai/", "/rien/")).status_code == 404
    assert browser.client.get(f"{address.split('?')[0]}?taille=enorme").status_code == 404
    unknown = "/coordination/collectes/essai/graphiques/" + "0" * 32 + ".svg"
    assert browser.client.get(unknown).status_code == 404


def test_charts_of_results_that_changed_are_refused(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "REMEMBERED", 0.0)
    campaign = campaign_of(form())
    ids = answer(campaign, *mixed(30))
    browser.get(URL)
    work()
    address = images(browser.get(URL))[0].get("src") or ""
    with transaction() as session:
        session.execute(sa.text("DELETE FROM response WHERE id = :id"), {"id": ids[0]})
        campaign.epoch += 1
    assert browser.client.get(address).status_code == 404


def test_comparing_subgroups(app: Flask, browser: Browser, wellbeing: FormDefinition) -> None:
    fill(campaign_of(wellbeing), wellbeing, 400)
    options = [o.get("value") for o in browser.get(URL).find("croisement").iter("option")]
    assert options == ["", "profession", "age", "exercice"]
    page = browser.get(f"{URL}?croisement=profession")
    crossed = table(page, "Ressentez-vous de la fatigue ? – Votre profession")
    assert crossed[0][1].startswith("Ensemble (N = ")
    assert any(head.startswith("Infirmier") for head in crossed[0])
    chosen = [o for o in page.find("croisement").iter("option") if o.get("selected") is not None]
    assert [o.get("value") for o in chosen] == ["profession"]
    work()
    page = browser.get(page.path)
    assert all("croisement=profession" in (image.get("src") or "") for image in images(page))
    assert browser.client.get(images(page)[0].get("src") or "").status_code == 200


def test_unknown_comparison_is_none(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(12))
    assert browser.get(f"{URL}?croisement=note").status == 200


def test_reference_figures_stand_beside_ours(
    app: Flask, browser: Browser, wellbeing: FormDefinition
) -> None:
    fill(campaign_of(wellbeing), wellbeing, 60)
    text = browser.get(URL).text
    assert "Repère national : 64 % « se sentaient fatigués » Cette collecte :" in text
    assert "à vérifier" in text
    assert "enquête déclarative, N = 48 985, 2023" in text
    assert "moyenne nationale" not in text.lower()


def test_identified_answers_have_an_internal_view(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form(Mode.CONFIDENTIAL)), *mixed(3))
    page = browser.get(URL)
    assert "3 réponses comptées" in page.text
    assert "Vue interne" in page.text
    assert page.has("q-note")
    outside = page.follow("Voir ce qui peut être diffusé")
    assert "Vue diffusable" in outside.text
    assert not outside.has("q-note")
    assert outside.follow("Revenir à la vue interne").has("q-note")


def test_whoever_only_reads_never_gets_the_internal_view(app: Flask, reader: FlaskClient) -> None:
    answer(campaign_of(form(Mode.CONFIDENTIAL)), *mixed(3))
    page = Browser(reader).get(URL)
    assert "moins de 5 réponses" in page.text
    assert "Vue interne" not in page.text
    assert not page.has("q-note")


def test_reader_cannot_fetch_an_internal_chart(
    app: Flask, browser: Browser, reader: FlaskClient
) -> None:
    answer(campaign_of(form(Mode.CONFIDENTIAL)), *mixed(3))
    browser.get(URL)
    work()
    address = images(browser.get(URL))[0].get("src") or ""
    assert browser.client.get(address).status_code == 200
    assert reader.get(address).status_code == 404


def test_anonymous_campaigns_have_no_internal_view(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(12))
    assert "Vue interne" not in browser.get(URL).text


def test_report_is_prepared_by_the_worker(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(12))
    page = browser.get(URL).submit("Rapport (PDF)")
    assert page.heading.startswith("Rapport de résultats")
    assert page.path.startswith("/coordination/taches/")
    work()
    done = browser.get(page.path)
    with browser.client.get(done.link("Télécharger")) as sent:
        assert sent.mimetype == "application/pdf"
        assert sent.data.startswith(b"%PDF-")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Document)) == 1


def test_unknown_download(app: Flask, browser: Browser) -> None:
    campaign_of(form())
    gone = "/coordination/collectes/essai/telecharger/docx"
    assert browser.client.post(gone).status_code == 404


@pytest.mark.parametrize(
    ("button", "kind", "start"),
    [
        ("Résultats (CSV)", "text/csv", b"\xef\xbb\xbfPage;Question;"),
        ("Liste des questions et des codes (CSV)", "text/csv", b"\xef\xbb\xbfPage;Question;"),
        (
            "Résultats (Excel)",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            b"PK",
        ),
    ],
)
def test_tables_of_results(
    app: Flask, browser: Browser, button: str, kind: str, start: bytes
) -> None:
    answer(campaign_of(form()), *mixed(12))
    page = browser.get(URL).submit(button)
    work()
    with browser.client.get(browser.get(page.path).link("Télécharger")) as sent:
        assert sent.mimetype == kind
        assert sent.data.startswith(start)


def test_table_holds_the_comparison_of_the_page(
    app: Flask, browser: Browser, wellbeing: FormDefinition
) -> None:
    fill(campaign_of(wellbeing), wellbeing, 400)
    page = browser.get(f"{URL}?croisement=profession").submit("Résultats (CSV)")
    work()
    with browser.client.get(browser.get(page.path).link("Télécharger")) as sent:
        assert ";Infirmier ou infirmière;" in sent.data.decode()


def test_answers_leave_only_identified_campaigns(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(12))
    assert "Réponses (" not in browser.get(URL).text
    asked = "/coordination/collectes/essai/telecharger/reponses-csv"
    assert browser.client.post(asked).status_code == 404


def test_answers_of_an_identified_campaign(
    app: Flask, browser: Browser, reader: FlaskClient
) -> None:
    answer(campaign_of(form(Mode.CONFIDENTIAL)), *mixed(12))
    page = browser.get(URL).submit("Réponses (CSV)")
    work()
    with browser.client.get(browser.get(page.path).link("Télécharger")) as sent:
        assert sent.data.decode().count("Idée") == 12
    asked = "/coordination/collectes/essai/telecharger/reponses-csv"
    assert reader.post(asked).status_code == 404
    assert "Réponses (" not in Browser(reader).get(URL).text


def test_reader_may_have_the_report(app: Flask, reader: FlaskClient) -> None:
    answer(campaign_of(form()), *mixed(12))
    page = Browser(reader).get(URL)
    assert page.form("Rapport (PDF)") is not None
    assert page.submit("Rapport (PDF)").status == 200


def test_unknown_campaign(app: Flask, browser: Browser) -> None:
    assert browser.get("/coordination/collectes/rien/resultats").status == 404


def test_visitors_sign_in_first(app: Flask, client: FlaskClient) -> None:
    campaign_of(form())
    assert client.get(URL).status_code == 302
