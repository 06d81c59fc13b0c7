"""Journeys and the forms of dossiers in a browser: a dossier opened by telephone, then a form
of its stage filled and corrected, on a phone without a script and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from surveyapp.models import now
from surveyapp.services.dossiers.stage_forms import ask
from tests import dossiers
from tests.browser.audit import check_page
from tests.browser.office import Office

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
HOME = "/coordination/parcours"


@pytest.fixture(scope="module")
def _journeys(office: Office) -> None:
    with office.site.app.app_context():
        dossiers.in_service("accompagnement", "ambassadeur", on=now().date())


@pytest.mark.usefixtures("_journeys")
@pytest.mark.parametrize(("width", "scripts"), [("320", False), ("1280", True)])
def test_a_dossier_is_opened_by_telephone(
    width: str, scripts: bool, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width, scripts=scripts)
    page.goto(HOME)
    expect(page.locator("h1")).to_have_text("Parcours")
    if scripts:
        check_page(page)
        picture(page, "index")
    page.get_by_role("link", name="Accompagnement par un ambassadeur", exact=True).click()
    if scripts:
        check_page(page)
        picture(page, "journey")
    page.get_by_role("link", name="Nouveau dossier").click()
    if scripts:
        check_page(page)
        picture(page, "new")
    page.get_by_role("button", name="Remplir le formulaire").click()
    page.get_by_role("link", name="Commencer").click()
    page.get_by_label("Prénom").fill("Léa")
    page.get_by_label("Nom", exact=False).nth(1).fill(f"Arrivante{width}-Demo")
    page.get_by_label("Adresse mail").fill(f"arrivante{width}@demo.example")
    page.get_by_label("Votre profession").select_option("60")
    page.get_by_label("Commune d’exercice").fill("Lons-Demo")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("En exercice ici depuis moins de six mois").check()
    page.get_by_label("Connaître les aides").check()
    page.get_by_label("Peu importe").check()
    page.get_by_label("J’accepte que ma demande").check()
    page.get_by_label("J’ai pris connaissance").check()
    page.get_by_role("button", name="Relire mes réponses").click()
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.locator("h1")).to_have_text("C’est enregistré")
    if scripts:
        check_page(page)
        picture(page, "thanks")
    page.get_by_role("link", name="Revenir au dossier").click()
    expect(page.locator("h1")).to_contain_text(f"Arrivante{width}-Demo")


@pytest.mark.usefixtures("_journeys")
@pytest.mark.parametrize("width", ["320", "1280"])
def test_a_form_of_a_stage_is_filled_then_corrected(
    width: str, office: Office, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width)
    user_id = _coordination(office)
    with office.site.app.app_context():
        today = now().date()
        key = dossiers.begin("ambassadeur", on=today, number=700 + int(width))
        dossiers.know(key, on=today, adhesion_a_jour="oui")
        dossiers.move(key, "instruire", on=today)
        viewer = dossiers.Viewer(dossiers.Actor.COORDINATION, user_id)
        address = ask(key, "avis_referent", viewer=viewer, now=now())
    page.goto(address)
    page.get_by_label("Votre nom").fill("Alix Demo")
    page.get_by_label("Favorable", exact=True).check()
    picture(page, "form")
    page.get_by_role("button", name="Relire mes réponses").click()
    page.get_by_role("button", name="Enregistrer l’avis").click()
    page.get_by_role("link", name="Revenir au dossier").click()
    expect(page.locator("h1")).to_contain_text("Personne-Demo")
    with office.site.app.app_context():
        mark = _last_mark(key)
        again = ask(key, "avis_referent", viewer=viewer, now=now(), corrects_id=mark)
    page.goto(again)
    expect(page.locator("main")).to_contain_text("Alix Demo")
    check_page(page)
    picture(page, "correction")
    page.get_by_role("button", name="Enregistrer l’avis").click()
    expect(page.locator("h1")).to_have_text("C’est enregistré")


@pytest.mark.usefixtures("_journeys")
def test_versions_are_compared(office: Office, colleague: Open, picture: Picture) -> None:
    page = colleague("coordination", "320")
    page.goto(f"{HOME}/ambassadeur/versions")
    check_page(page)
    picture(page, "versions")
    page.goto(f"{HOME}/conciergerie")
    check_page(page)
    picture(page, "unused")


def _coordination(office: Office) -> int:
    import sqlalchemy as sa

    from surveyapp.models import User

    with office.site.session() as session:
        found: int = session.scalars(
            sa.select(User.id).where(User.email == "coordination@demo.example")
        ).one()
    return found


def _last_mark(dossier_id: int) -> int:
    import sqlalchemy as sa

    from surveyapp.models import DossierMark, db

    return db.session.scalars(
        sa.select(DossierMark.id)
        .where(DossierMark.dossier_id == dossier_id, DossierMark.name == "avis_referent")
        .order_by(DossierMark.position.desc())
        .limit(1)
    ).one()
