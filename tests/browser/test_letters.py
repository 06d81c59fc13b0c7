"""Rewording a mail and declining one: on a phone, by keyboard, without script."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from surveyapp.services import addresses
from tests.browser.audit import check_page
from tests.browser.office import Office

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
TEXTS = "/coordination/courriels/textes"


@pytest.mark.parametrize("width", ["320", "1280"])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_text_is_looked_at_corrected_and_saved(
    width: str, scripts: bool, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width, scripts=scripts)
    page.goto("/coordination/courriels")
    page.get_by_role("link", name="Textes des mails").click()
    page.get_by_role("link", name="Modifier Invitation en français").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Bonjour Camille,").first).to_be_visible()
    subject, text = (
        page.get_by_label("Objet (obligatoire)"),
        page.get_by_label("Texte (obligatoire)"),
    )
    text.fill("Chère {prenon},\n\nVenez :")
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(frame.get_by_text("vouliez-vous écrire {prénom}")).to_be_visible()
    page.get_by_role("button", name="Enregistrer le texte").click()
    expect(page.locator("#erreurs")).to_contain_text("vouliez-vous écrire {prénom}")
    expect(text).to_have_value("Chère {prenon},\n\nVenez :")
    if scripts:
        check_page(page)
    picture(page, "faults")
    text.fill("Chère {prénom},\n\nVenez :\n\n{lien}")
    subject.fill("À vous de jouer : {titre}")
    page.get_by_role("button", name="Voir l’aperçu").press("Enter")
    expect(frame.get_by_text("Chère Camille,").first).to_be_visible()
    expect(frame.get_by_role("link", name="Répondre au questionnaire")).to_be_visible()
    picture(page, "preview")
    page.get_by_role("button", name="M’envoyer un essai").click()
    expect(page.get_by_text("Un essai part à l’adresse")).to_be_visible()
    page.get_by_role("button", name="Enregistrer le texte").click()
    expect(page.get_by_text("Le texte est enregistré.")).to_be_visible()
    page.goto(f"{TEXTS}/invitation/fr")
    page.get_by_role("link", name="Revenir au texte d’origine").click()
    if scripts:
        check_page(page)
    page.get_by_role("button", name="Effacer mon texte").click()
    expect(page.get_by_text("Le texte d’origine est rétabli.")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_declining_and_coming_back(
    width: int, office: Office, browser: Browser, picture: Picture
) -> None:
    with office.site.app.app_context():
        path = urlsplit(addresses.unsubscribe_url(f"essai{width}@demo.example")).path
    context = browser.new_context(
        base_url=office.site.url,
        viewport={"width": width, "height": 800},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(path)
    expect(page.locator("h1")).to_have_text("Ne plus recevoir nos invitations")
    check_page(page)
    picture(page, "ask")
    page.get_by_role("button", name="Ne plus recevoir d’invitations").press("Enter")
    expect(page.locator("h1")).to_have_text("C’est fait")
    check_page(page)
    picture(page, "done")
    page.get_by_role("button", name="Recevoir de nouveau les invitations").click()
    expect(page.get_by_text("vous enverra de nouveau")).to_be_visible()
    check_page(page)
    page.goto(path[:-3])
    expect(page.locator("h1")).to_have_text("Ce lien n’est pas complet")
    check_page(page)
    context.close()
