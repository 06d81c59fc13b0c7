"""What partners and referents have of the lists of dossiers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from surveyapp.models import (
    Dossier,
    User,
)
from surveyapp.services.transaction import transaction
from tests.dossiers import begin, in_service, know
from tests.web.checking import Browser
from tests.web.registering import (
    HOME,
    LIST,
    LONG_AGO,
    TABLE,
    TODAY,
    headings,
    lanes,
    names,
    three,
)


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    in_service("installation", on=LONG_AGO)
    return Browser(coordination)


def test_a_partner_sees_shared_dossiers_and_shared_columns_only(
    browser: Browser,
    add_user: Callable[..., User],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    in_service("conciergerie", on=LONG_AGO)
    arbre, _, _ = three()
    know(arbre, on=TODAY, motif_issue="logement", lieu_installation="Lons-Demo")
    with transaction() as session:
        session.get_one(Dossier, arbre).search += " escalade"
    partner = Browser(sign_in(add_user("partenaire")))
    page = partner.get(HOME)
    assert "Conciergerie" not in page.text
    assert "2 dossiers ouverts" in page.text
    page = partner.get(TABLE)
    assert names(page) == ["Arbre-Demo Prénom1", "Chêne-Demo Prénom3"]
    shown = headings(page.follow("Toutes les colonnes"))
    assert "Lieu d’installation" in shown
    assert "Motif de l’issue" not in shown
    assert "Croisement attendu le" in shown  # it runs from the interview, which is shared
    asked = partner.get(f"{TABLE}&colonnes=motif_issue,lieu_installation&tri=c.motif_issue")
    assert headings(asked)[-1] == "Lieu d’installation"
    assert "Logement ou scolarité" not in asked.text
    assert names(partner.get(f"{TABLE}&q=escalade")) == []
    assert names(partner.get(f"{TABLE}&q=arbre")) == ["Arbre-Demo Prénom1"]
    assert "Agir sur plusieurs dossiers" not in page.text
    assert "Excel" not in page.text
    assert partner.get(f"{HOME}parcours/conciergerie").status == 404
    found = partner.get(f"{HOME}recherche?q=demo")
    assert "2 dossiers" in found.text
    assert "annuaire" not in found.text
    late = lanes(partner.get(LIST))
    assert late["Recueil 1 dossier"] == ["Arbre-Demo Prénom1"]


def test_an_agreement_taken_back_empties_the_columns_at_once(
    browser: Browser,
    add_user: Callable[..., User],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    arbre = begin("installation", name="Arbre-Demo", on=TODAY, accord_cls=False, horizon="court")
    with transaction() as session:  # what a page that is a moment late could still hold
        session.get_one(Dossier, arbre).shared = True
    partner = Browser(sign_in(add_user("partenaire")))
    page = partner.get(f"{TABLE}&colonnes=recueil.nom,recueil.courriel")
    assert "personne1@demo.example" not in page.text


def test_referents_see_candidatures_only(
    browser: Browser,
    add_user: Callable[..., User],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    three()
    in_service("ambassadeur", on=LONG_AGO)
    begin("ambassadeur", name="Volontaire-Demo", on=TODAY)
    referent = Browser(sign_in(add_user("referent")))
    page = referent.get(HOME)
    assert "Installations" not in page.text
    page = referent.get(f"{HOME}parcours/ambassadeur?vue=tableau")
    assert names(page) == ["Volontaire-Demo Prénom1"]
    assert referent.get(LIST).status == 404
    assert "0 dossier" in referent.get(f"{HOME}recherche?q=arbre").text
