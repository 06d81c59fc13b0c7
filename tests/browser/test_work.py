"""The coordinatrice at work: from a new collection to its report, from an action to its bilan."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from surveyapp.core.french import fold
from surveyapp.models import Campaign, Response, random_key
from surveyapp.services.transaction import transaction
from tests.browser.audit import check_page, squeezed_problems, width_problems
from tests.browser.office import Office
from tests.browser.site import PASSWORD, text_of
from tests.browser.walker import Walker

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]

APPLICATIONS = "/coordination/collectes/devenir-ambassadeur/reponses"
WELLBEING = "/coordination/collectes/bien-etre-soignants/resultats"
BOTH = pytest.mark.parametrize("scripts", [True, False])


@BOTH
def test_create_a_collection_open_it_and_answer(
    scripts: bool, office: Office, colleague: Open
) -> None:
    """All of it on a phone; the public link then takes an answer."""
    title = f"Soirée des nouveaux arrivants {'avec' if scripts else 'sans'} script"
    page = colleague("coordination", "320", scripts=scripts)
    page.goto("/coordination/")
    page.get_by_role("link", name="Collectes", exact=True).click()
    page.get_by_role("link", name="Créer une collecte").click()
    page.get_by_role("link", name="Votre avis sur l’événement").click()
    page.get_by_label(re.compile("^Titre de la collecte")).fill(title)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(title)
    page.get_by_role("link", name="Ouvrir la collecte").click()
    page.get_by_role("button", name="Ouvrir la collecte").click()
    expect(page.locator(".alert-success")).to_contain_text("La collecte est ouverte")
    address = page.locator(".link-text").inner_text()
    assert address.startswith(office.site.url)

    picture = page.request.get(str(page.locator(".qr img").get_attribute("src")))
    assert picture.headers["content-type"].startswith("image/svg")
    page.get_by_role("link", name="Affiche, tract, QR code").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="QR code en PNG").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")

    page.goto(address)
    expect(page.locator("h1")).to_have_text(title)
    definition = _definition(office, "satisfaction-evenement")
    Walker(page, definition).run(address.rpartition("/")[2])
    page.goto(f"/coordination/collectes/{address.rpartition('/')[2]}")
    expect(page.locator(".figure-value").first).to_have_text("1")


def test_a_wrong_date_is_said_beside_its_field(colleague: Open, picture: Picture) -> None:
    page = colleague("coordination", "320")
    page.goto("/coordination/collectes/nouvelle?questionnaire=satisfaction-evenement")
    page.get_by_label(re.compile("^Jour")).last.fill("le mois prochain")
    page.locator("main form button[type=submit]").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    check_page(page)
    picture(page, "erreur")
    for link in summary.locator("a").all():
        field = page.locator(str(link.get_attribute("href")))
        expect(field).to_have_attribute("aria-invalid", "true")


def test_find_sort_and_turn_the_pages_of_answers(
    office: Office, colleague: Open, picture: Picture
) -> None:
    _copy_answers(office, "devenir-ambassadeur", 50)
    page = colleague("coordination", "320")
    page.goto(APPLICATIONS)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(50)
    check_page(page)
    picture(page, "reponses")
    page.get_by_role("link", name="Suivante").click()
    expect(page.locator("[aria-current=page]", has_text="2")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Nom")).click()
    expect(page.locator("th a[aria-sort], th[aria-sort] a")).to_contain_text("Nom")
    names = [fold(text.rpartition(" ")[2]) for text in page.locator("tbody th").all_inner_texts()]
    assert len(names) == 50
    assert names == sorted(names)
    page.get_by_label("Rechercher").fill("PONTNEUF")
    page.get_by_role("button", name="Filtrer").click()
    for name in page.locator("tbody th").all_inner_texts():
        assert "Pontneuf" in name
    page.locator("tbody th a").first.click()
    expect(page.locator("h1")).to_contain_text("Pontneuf")
    expect(page.locator("main")).to_contain_text("Vos coordonnées")
    page.goto(f"{APPLICATIONS}?q=introuvable")
    expect(page.locator("main")).to_contain_text("Aucune réponse ne correspond")
    check_page(page)


@pytest.mark.parametrize("width", ["320", "1280"])
def test_results_show_charts_with_their_text_and_figures(
    width: str, colleague: Open, picture: Picture
) -> None:
    page = colleague("lecture", width)
    page.goto(WELLBEING)
    expect(page.locator("[data-waiting]")).to_have_count(0, timeout=60_000)
    charts = page.locator("picture img")
    assert charts.count() >= 10
    for chart in charts.all():
        assert str(chart.get_attribute("alt")).strip()
        chart.scroll_into_view_if_needed()
        _wait_drawn(page, chart)
    expect(page.locator("main")).to_contain_text("Repère national")
    check_page(page)
    picture(page, "resultats")
    if width == "320":
        return
    page.get_by_label("Comparer selon").select_option(index=1)
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator("article h4").first).to_be_visible()
    check_page(page)
    picture(page, "croises")


def test_results_read_without_script(colleague: Open) -> None:
    page = colleague("lecture", "320", scripts=False)
    page.goto(WELLBEING)
    assert page.locator("article.result table").count() >= 10
    assert width_problems(page) == []
    assert squeezed_problems(page) == []


@BOTH
def test_the_report_is_prepared_then_downloaded(scripts: bool, colleague: Open) -> None:
    page = colleague("lecture", "320", scripts=scripts)
    page.goto(WELLBEING)
    page.get_by_role("button", name="Rapport (PDF)").click()
    expect(page).to_have_url(re.compile("/taches/"))
    if scripts:
        assert width_problems(page) == []
    ready = page.get_by_role("link", name="Télécharger", exact=True)
    expect(ready.last).to_be_visible(timeout=90_000)
    with page.expect_download() as saved:
        ready.last.click()
    assert saved.value.suggested_filename.endswith(".pdf")
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("label", "start"), [("CSV", b"\xef\xbb\xbf"), ("Excel", b"PK")], ids=["csv", "xlsx"]
)
def test_exports_are_downloaded(label: str, start: bytes, colleague: Open) -> None:
    page = colleague("coordination")
    page.goto(WELLBEING)
    page.get_by_role("button", name=re.compile(label)).first.click()
    ready = page.locator("main .btn-primary", has_text="Télécharger")
    expect(ready).to_be_visible(timeout=90_000)
    with page.expect_download() as saved:
        ready.click()
    assert Path(saved.value.path()).read_bytes().startswith(start)


@pytest.mark.parametrize("width", ["320", "1280"])
def test_open_answers_are_read_before_they_are_published(
    width: str, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width)
    page.goto("/coordination/collectes/soiree-mieux-se-connaitre/resultats")
    page.get_by_role("link", name=re.compile("^Relire les réponses")).first.click()
    check_page(page)
    picture(page, "verbatims")
    first = page.locator("fieldset.verbatim").first
    text = first.locator("legend").inner_text().rpartition(":")[2].strip()
    first.get_by_text("Publier", exact=True).click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".alert-success")).to_be_visible()
    page.goto("/coordination/collectes/soiree-mieux-se-connaitre/resultats")
    expect(page.locator(".result-texts").first).to_contain_text(text)


@BOTH
def test_an_action_becomes_a_bilan(scripts: bool, colleague: Open, picture: Picture) -> None:
    page = colleague("coordination", "320", scripts=scripts)
    page.goto("/coordination/actions")
    page.get_by_role("link", name="Créer une action").click()
    title = f"Prévenir l’épuisement {'avec' if scripts else 'sans'} script"
    page.get_by_label(re.compile("^Intitulé")).fill(title)
    page.get_by_role("button", name="Créer l’action").click()
    expect(page.locator("h1")).to_have_text("Identification")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator("h1")).to_contain_text("Fiche 1")
    page.get_by_role("link", name="Actions et bilans").first.click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name=re.compile("objectifs et indicateurs")).click()
    page.get_by_label("Objectif opérationnel").first.fill("Former trente professionnels")
    page.get_by_role("button", name="Ajouter un objectif").click()
    objectives = page.get_by_label("Objectif opérationnel")
    expect(objectives).to_have_count(2)
    expect(objectives.first).to_have_value("Former trente professionnels")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="Vérifier et télécharger").click()
    expect(page.locator("h1")).to_have_text("Champs à compléter")
    with page.expect_download(timeout=60_000) as saved:
        page.get_by_role("button", name="Télécharger le bilan (DOCX)").click()
        if "/taches/" in page.url:
            page.get_by_role("link", name="Télécharger", exact=True).last.click()
    assert saved.value.suggested_filename.endswith(".docx")
    assert Path(saved.value.path()).read_bytes().startswith(b"PK")


def test_a_colleague_is_invited_and_signs_in(
    office: Office, colleague: Open, picture: Picture
) -> None:
    page = colleague("admin", "320")
    page.goto("/compte/collegues")
    page.get_by_label("Prénom et nom").fill("Dominique Lecture")
    page.get_by_label("Adresse mail").fill("dominique@demo.example")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.locator(".alert-success")).to_contain_text("dominique@demo.example")
    text = text_of(office.site.mail_to("dominique@demo.example"))
    link = re.search(r"https?://\S+/compte/invitation/\S+", text)
    assert link, text
    other = colleague("admin", "320")
    other.context.clear_cookies()
    other.goto(link[0])
    check_page(other)
    picture(other, "invitation")
    for field in other.locator("input[type=password]").all():
        field.fill(PASSWORD)
    other.locator("main button[type=submit]").click()
    expect(other.locator("h1")).to_have_text("À faire")
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other.locator("h1")).to_have_text("Connexion")
    other.goto("/coordination/")
    expect(other.locator("h1")).to_have_text("Connexion")


def test_settings_change_what_every_page_says(office: Office, colleague: Open) -> None:
    page = colleague("admin", "320")
    page.goto("/coordination/reglages")
    name = page.get_by_label(re.compile("^Nom de la structure"))
    for wanted in ("CPTS du Val-Essayé", "CPTS du Val-Fictif"):
        name.fill(wanted)
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator("header .brand")).to_have_text(wanted)


def test_the_coordination_works_with_text_twice_as_large(colleague: Open) -> None:
    page = colleague("coordination", "320")
    page.set_viewport_size({"width": 640, "height": 800})
    for path in (
        "/coordination/",
        "/coordination/collectes",
        APPLICATIONS,
        "/coordination/actions",
    ):
        page.goto(path)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert width_problems(page) == [], path


def _definition(office: Office, form: str):  # type: ignore[no-untyped-def]
    from surveyapp.core.loader import load
    from tests.browser.site import ROOT

    return load(ROOT / "forms" / f"{form}.yaml")


def _wait_drawn(page: Page, chart: Locator) -> None:
    handle = chart.element_handle()
    page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=handle)


def _copy_answers(office: Office, slug: str, count: int) -> None:
    """Fill the list up: the same answers under other keys."""
    with office.site.app.app_context(), transaction() as session:
        of_campaign = sa.select(Campaign.id).where(Campaign.slug == slug).scalar_subquery()
        found = list(
            session.scalars(
                sa.select(Response).where(
                    Response.campaign_id == of_campaign, Response.status == "submitted"
                )
            )
        )
        columns = [c.key for c in sa.inspect(Response).column_attrs]
        for index in range(count):
            source = found[index % len(found)]
            values = {key: getattr(source, key) for key in columns}
            values |= {"id": random_key(), "token_hash": None, "reference": f"COPIE-{index}"}
            session.add(Response(**values))
