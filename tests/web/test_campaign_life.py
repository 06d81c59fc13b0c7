"""Before opening, extending, repeating, copying, putting away: on the pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    Event,
    Invitation,
    Participation,
    Response,
    Visibility,
    db,
)
from surveyapp.services import polls
from surveyapp.services.people.cards import add_person
from surveyapp.services.publish import publish
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, NOMINATIVE, change, opened
from tests.core.samples import form
from tests.inviting import invited, people
from tests.meeting import live_campaign, meeting
from tests.web.checking import Browser, words
from tests.web.coordination import DAY, NAME, answers, campaign, describe_structure, now

BASE = "/coordination/collectes"


@pytest.fixture
def browser(coordination: FlaskClient, app: Flask) -> Browser:
    describe_structure()
    return Browser(coordination)


def of(slug: str) -> Campaign:
    db.session.rollback()
    return db.session.scalars(sa.select(Campaign).where(Campaign.slug == slug)).one()


def test_what_is_decided_of_a_campaign_is_kept_and_shown_again(browser: Browser) -> None:
    publish(form(ANONYMOUS))
    page = browser.get(f"{BASE}/nouvelle?questionnaire={NAME}")
    decided = {
        "access": "both",
        "visibility": "coordination",
        "language": "en",
        "intro": "Bonjour à tous.",
        "closed": "Résultats en septembre.",
        "redirect_url": "https://www.cpts.demo.example/merci",
    }
    page = page.submit("Créer la collecte", **decided)
    found = campaign()
    assert (found.access, found.visibility, found.language) == ("both", "coordination", "en")
    assert found.messages == {
        "intro": "Bonjour à tous.",
        "closed": "Résultats en septembre.",
    }
    assert found.redirect_url == decided["redirect_url"]
    assert "vus par la coordination et l’administration seulement" in page.text
    kept = page.follow("Modifier").fields("Enregistrer les changements")
    assert {name: kept[name] for name in decided} == decided


def test_thanks_by_mail_are_offered_where_somebody_can_be_thanked(browser: Browser) -> None:
    publish(form(ANONYMOUS))
    page = browser.get(f"{BASE}/nouvelle?questionnaire={NAME}")
    assert not page.has("thanks_mail")
    publish(form(NOMINATIVE))
    page = browser.get(f"{BASE}/nouvelle?questionnaire={NAME}")
    page = page.submit("Créer la collecte", thanks_mail="y").follow("Modifier")
    assert campaign().messages["thanks_mail"] == "oui"
    assert page.fields("Enregistrer les changements")["thanks_mail"] == "y"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url", "commence par https://"),
        ({"poster": "x" * 301}, "poster", "Ce texte compte au plus 300 caractères."),
        ({"intro": "x" * 2001}, "intro", "Ce texte compte au plus 2000 caractères."),
    ],
)
def test_a_wrong_setting_is_refused_beside_its_field(
    browser: Browser, fields: dict[str, str], field: str, message: str
) -> None:
    publish(form(ANONYMOUS))
    page = browser.get(f"{BASE}/nouvelle?questionnaire={NAME}")
    page = page.submit("Créer la collecte", **fields)
    assert page.status == 422
    assert [name for name, _ in page.errors()] == [field]
    assert message in page.text


def test_people_invited_only_are_not_proposed_a_public_link(browser: Browser) -> None:
    publish(form(ANONYMOUS))
    page = browser.get(f"{BASE}/nouvelle?questionnaire={NAME}")
    page = page.submit("Créer la collecte", access="invited", listed="y")
    assert not campaign().listed
    assert "Lien à diffuser" not in page.text
    page = browser.get(f"{BASE}/{campaign().slug}/diffuser")
    assert "Seules les personnes invitées peuvent répondre" in page.text
    for sheet in ("affiche.pdf", "tract.pdf"):
        assert browser.client.get(f"{BASE}/{campaign().slug}/{sheet}").status_code == 404


@pytest.mark.parametrize("typed", ["", "minuit", "24 h", "0 h", "23 h 59"])
def test_a_campaign_closes_at_the_end_of_the_day_in_la_reunion(
    browser: Browser, typed: str
) -> None:
    publish(form(ANONYMOUS))
    page = browser.get(f"{BASE}/nouvelle?questionnaire={NAME}")
    page = page.submit("Créer la collecte", closes_on="30/06/2099", closes_time=typed)
    assert campaign().closes_at == datetime(2099, 6, 30, 19, 59, 59, 999999, tzinfo=UTC)
    assert "30 juin 2099 à 23 h 59" in page.text
    before = campaign().closes_at
    page.follow("Modifier").submit("Enregistrer les changements")
    assert campaign().closes_at == before


@pytest.mark.parametrize(
    ("opens_at", "closes_at"),
    [
        (datetime(2026, 3, 1, 9, 0, 12, tzinfo=UTC), datetime(2026, 5, 31, 20, tzinfo=UTC)),
        (datetime(2026, 3, 1, 20, tzinfo=UTC), datetime(2026, 5, 31, 19, 59, tzinfo=UTC)),
        (None, None),
    ],
)
@pytest.mark.parametrize("state", [CampaignState.OPEN, CampaignState.CLOSED])
def test_dates_that_nobody_touched_stay_to_the_second(
    browser: Browser, state: CampaignState, opens_at: datetime | None, closes_at: datetime | None
) -> None:
    """Also a closing by hand at midnight, which would be read as the end of the new day."""
    opened(ANONYMOUS, state=state, opens_at=opens_at, closes_at=closes_at)
    page = browser.get(f"{BASE}/avis/modifier")
    page = page.submit("Enregistrer les changements", title="Un autre titre")
    assert page.heading == "Un autre titre"
    assert (campaign().opens_at, campaign().closes_at) == (opens_at, closes_at)


def test_what_blocks_stops_the_opening_with_a_sentence(browser: Browser) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT, capacity=3)
    page = browser.get(f"{BASE}/avis")
    assert "Avant d’ouvrir" in page.text
    assert "Bloquant Vous acceptez 3 réponses au plus" in page.text
    page = page.follow("Ouvrir la collecte")
    assert "La collecte ne peut pas s’ouvrir" in page.text
    assert not [b for b in page.tree.iter("button") if words(b) == "Ouvrir la collecte"]
    forced = browser.client.post(f"{BASE}/avis/etape/ouvrir", data={"csrf_token": _token(browser)})
    assert forced.status_code == 302
    assert campaign().state == "draft"
    assert "Vous acceptez 3 réponses au plus" in browser.get(f"{BASE}/avis").text
    change(campaign(), capacity=None)
    browser.get(f"{BASE}/avis/etape/ouvrir").submit("Ouvrir la collecte")
    assert campaign().state == "open"


def _token(browser: Browser) -> str:
    return browser.get(f"{BASE}/avis/modifier").fields("Enregistrer les changements")["csrf_token"]


def test_a_finding_leads_to_where_it_is_corrected(browser: Browser) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    page = browser.get(f"{BASE}/avis")
    assert "Aucune date de fermeture n’est prévue" in page.text
    assert page.follow("Modifier la collecte").heading == "Modifier la collecte"
    assert "Décrire la structure" not in page.text  # only an administrator may


def test_a_campaign_is_extended_and_the_history_says_from_when_to_when(browser: Browser) -> None:
    opened(ANONYMOUS, closes_at=datetime(2099, 6, 30, 19, 59, 59, 999999, tzinfo=UTC))
    page = browser.get(f"{BASE}/avis").follow("Prolonger")
    assert "Fermeture prévue le 30 juin 2099 à 23 h 59." in page.text
    early = page.submit("Prolonger la collecte", closes_on="15/06/2099")
    assert early.status == 422
    assert "Choisissez une date plus tardive" in early.text
    page = early.submit("Prolonger la collecte", closes_on="10/07/2099", closes_time="18 h")
    assert "La collecte est prolongée." in page.text
    assert (
        "Collecte prolongée ; fermeture : 30 juin 2099 à 23 h 59 → 10 juillet 2099 à 18 h"
        in page.text
    )
    assert "par Personne coordination" in page.text


@pytest.mark.parametrize("state", [CampaignState.CLOSED, CampaignState.OPEN])
def test_a_closed_campaign_takes_answers_again_until_its_new_date(
    browser: Browser, state: CampaignState
) -> None:
    opened(ANONYMOUS, state=state, closes_at=now() - DAY)
    page = browser.get(f"{BASE}/avis").follow("Prolonger")
    assert "La collecte est fermée depuis le" in page.text
    assert page.submit("Prolonger la collecte", closes_on="").status == 422
    past = page.submit("Prolonger la collecte", closes_on="01/01/2020")
    assert "Choisissez une date à venir." in past.text
    page.submit("Prolonger la collecte", closes_on="31/12/2099")
    assert campaign().state == "open"
    assert browser.get("/q/avis").status == 200


@pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.ARCHIVED])
def test_a_draft_or_an_archive_is_not_extended(browser: Browser, state: CampaignState) -> None:
    opened(ANONYMOUS, state=state)
    page = browser.get(f"{BASE}/avis/prolonger")
    assert page.path == f"{BASE}/avis"
    assert "ne peut pas être prolongée" in page.text


def test_closing_and_reopening_are_dated_in_the_history(browser: Browser) -> None:
    opened(ANONYMOUS, closes_at=datetime(2099, 6, 30, 14, 30, tzinfo=UTC))
    browser.get(f"{BASE}/avis/etape/fermer").submit("Fermer la collecte")
    page = browser.get(f"{BASE}/avis/etape/rouvrir").submit("Rouvrir la collecte")
    assert "Collecte fermée ; fermeture : 30 juin 2099 à 18 h 30 →" in page.text
    assert "Collecte rouverte ; fermeture :" in page.text
    assert "→ 30 juin 2099 à 18 h 30" in page.text


def test_a_campaign_is_copied_in_one_click(browser: Browser) -> None:
    words = {"intro": "Bonjour."}
    opened(ANONYMOUS, opens_at=now() - DAY, closes_at=now() + DAY, audience=140, messages=words)
    page = browser.get(f"{BASE}/avis").submit("Dupliquer")
    assert page.heading == "Modifier la collecte"
    copy = of("avis-compte-copie")
    assert (copy.state, copy.title) == ("draft", "Votre avis compte (copie)")
    assert (copy.opens_at, copy.closes_at, copy.previous_id) == (None, None, None)
    assert (copy.audience, copy.messages) == (140, words)
    page = browser.get(f"{BASE}/avis-compte-copie")
    assert "Le titre finit encore par « (copie) »" in page.text


def test_a_new_wave_takes_the_latest_version_and_is_linked(browser: Browser) -> None:
    first = opened(
        ANONYMOUS, "bien-etre-2026", title="Bien-être 2026", state=CampaignState.CLOSED,
        opens_at=now() - 30 * DAY, closes_at=now() - DAY, audience=140,
        visibility=Visibility.COORDINATION,
    )  # fmt: skip
    publish(form(ANONYMOUS.replace("Pour finir", "Pour terminer")))
    page = browser.get(f"{BASE}/bien-etre-2026").follow("Nouvelle vague")
    proposed = page.fields("Créer la nouvelle vague")
    year = max(now().year, 2027)
    assert proposed["title"] == f"Bien-être {year}"
    assert proposed["slug"] == f"bien-etre-{year}"
    assert proposed["closes_on"]
    assert "une version plus récente" in page.text
    page = page.submit("Créer la nouvelle vague", slug="bien-etre-2")
    wave = of("bien-etre-2")
    assert wave.previous_id == first.id
    assert wave.version_id != first.version_id
    assert (wave.audience, wave.visibility) == (140, "coordination")
    assert page.follow("Bien-être 2026").heading == "Bien-être 2026"
    assert f"Bien-être {year}" in browser.get(f"{BASE}/bien-etre-2026").text


def test_a_wave_before_that_still_takes_answers_is_a_risk(browser: Browser) -> None:
    first = opened(ANONYMOUS)
    opened(ANONYMOUS, "avis-2", title="Suite", state=CampaignState.DRAFT, previous_id=first.id)
    page = browser.get(f"{BASE}/avis-2")
    assert "La vague précédente, « Votre avis compte », prend encore des réponses" in page.text
    assert page.follow("Voir la vague précédente").heading == "Votre avis compte"


def test_archives_leave_the_list_and_are_found_again(browser: Browser) -> None:
    assert "Aucune collecte n’est archivée." in browser.get(f"{BASE}/archives").text
    opened(ANONYMOUS, state=CampaignState.ARCHIVED)
    page = browser.get(BASE)
    assert "Votre avis compte" not in page.text
    page = page.follow("Voir 1 collecte archivée")
    page = page.follow("Votre avis compte").follow("Sortir des archives")
    page.submit("Sortir des archives")
    assert "Votre avis compte" in browser.get(BASE).text


def test_the_address_is_shortened_while_nobody_has_it(browser: Browser) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    opened(ANONYMOUS, "prise", title="Autre")
    page = browser.get(f"{BASE}/avis/diffuser")
    assert "localhost/q/avis" in page.text
    assert "Cette adresse est déjà prise." in page.submit("Changer l’adresse", slug="prise").text
    wrong = page.submit("Changer l’adresse", slug="Été")
    assert (wrong.status, [field for field, _ in wrong.errors()]) == (422, ["slug"])
    page = wrong.submit("Changer l’adresse", slug="bien")
    assert page.path == f"{BASE}/bien/diffuser"
    change(of("bien"), state=CampaignState.OPEN)
    assert "Changer l’adresse" not in browser.get(f"{BASE}/bien/diffuser").text


def test_the_link_for_another_site_is_copied_as_text(browser: Browser) -> None:
    opened(ANONYMOUS, title="Avis <b>& envies</b>")
    page = browser.get(f"{BASE}/avis/diffuser")
    (area,) = page.tree.iter("textarea")
    assert area.text == '<a href="http://localhost/q/avis">Avis &lt;b&gt;&amp; envies&lt;/b&gt;</a>'
    assert "ne s’affiche pas à l’intérieur d’une autre page" in page.text


def test_poster_and_flyer_are_pdf(browser: Browser) -> None:
    opened(ANONYMOUS, closes_at=datetime(2099, 6, 30, 19, 59, 59, 999999, tzinfo=UTC))
    page = browser.get(f"{BASE}/avis/diffuser")
    for label in ("Affiche A4 (PDF)", "Tract, deux par feuille (PDF)"):
        sheet = browser.client.get(page.link(label))
        assert sheet.content_type == "application/pdf"
        assert sheet.data.startswith(b"%PDF")


@pytest.mark.parametrize("role", ["reader", "coordination"])
def test_results_of_the_coordination_are_refused_to_the_role_lecture(
    role: str, request: pytest.FixtureRequest, app: Flask
) -> None:
    describe_structure()
    client: FlaskClient = request.getfixturevalue(role)
    first = opened(ANONYMOUS, state=CampaignState.CLOSED, closes_at=now() - DAY)
    wave = opened(
        ANONYMOUS, "vague", title="Vague", state=CampaignState.CLOSED, closes_at=now() - DAY,
        previous_id=first.id, visibility=Visibility.COORDINATION,
    )  # fmt: skip
    answers(wave, 6)
    refused = role == "reader"
    for path in ("resultats", "comparaison", "graphiques"):
        assert (client.get(f"{BASE}/vague/{path}").status_code == 403) is refused, path
    home = client.get("/coordination/").get_data(as_text=True)
    assert ("/vague/resultats" in home) is not refused
    page = client.get(f"{BASE}/vague").get_data(as_text=True)
    assert ("/vague/resultats" in page) is not refused
    assert ("/vague/comparaison" in page) is not refused
    # a wave that everybody may see says nothing of one that is not theirs
    change(wave, visibility=Visibility.TEAM)
    change(first, visibility=Visibility.COORDINATION)
    shown = client.get(f"{BASE}/vague/resultats")
    assert shown.status_code == 200
    assert ("/vague/comparaison" in shown.get_data(as_text=True)) is not refused
    assert (client.get(f"{BASE}/vague/comparaison").status_code == 403) is refused


def test_a_campaign_without_a_wave_before_has_nothing_to_compare(browser: Browser) -> None:
    opened(ANONYMOUS, access=Access.BOTH)
    assert browser.get(f"{BASE}/avis/comparaison").status == 404


@pytest.mark.parametrize("body", [ANONYMOUS, NOMINATIVE])
def test_what_became_of_the_invitations_is_counted(browser: Browser, body: str) -> None:
    """Who answered is told of identified campaigns only."""
    found = opened(body, access=Access.INVITED)
    answers(found, 1, anonymous=body is ANONYMOUS)
    with transaction() as session:
        for number in range(4):
            person = add_person(session, email=f"p{number}@demo.example", last_name=f"P{number}")
            session.flush()
            mailed = now().date() if number < 3 else None
            invitation = Invitation(
                campaign_id=found.id, person_id=person.id, token_hash=str(number), mailed_on=mailed
            )
            session.add(invitation)
            session.flush()
            if number == 0:
                anonymous = body is ANONYMOUS
                used = Participation(invitation_id=invitation.id, anonymous=anonymous)
                used.response_id = None if anonymous else session.scalar(sa.select(Response.id))
                session.add(used)
    page = browser.get(f"{BASE}/avis")
    assert "En tout 4 personnes Mail parti 3 Mail à venir 1" in page.text
    assert ("Ont répondu 1, soit 25 %" in page.text) is (body is NOMINATIVE)


@pytest.mark.parametrize(
    ("access", "audience", "said"),
    [
        (Access.INVITED, 5, "17 % de 6 personnes invitées"),
        (Access.INVITED, None, "17 % de 6 personnes invitées"),
        (Access.BOTH, 30, "3 % de 30 personnes invitées, dont 6 par un lien personnel"),
    ],
)
def test_a_campaign_has_one_number_of_people_invited(
    browser: Browser, access: Access, audience: int | None, said: str
) -> None:
    """The personal links are counted; a number that was typed does not contradict them."""
    found = opened(NOMINATIVE, access=access, audience=audience)
    for who in people(6):
        invited(found, who)
    answers(found, 1, anonymous=False)
    page = browser.get(f"{BASE}/avis")
    assert said in page.text
    assert "de 5 personnes" not in page.text
    total = "6" if access is Access.INVITED else "30"
    assert f"1 réponse sur {total} personnes invitées" in browser.get("/coordination/").text
    page = browser.get(f"{BASE}/avis/resultats")
    assert f"des {total} personnes invitées" in page.text


def test_people_invited_only_have_no_link_to_spread(browser: Browser) -> None:
    found = opened(ANONYMOUS, access=Access.INVITED)
    page = browser.get(f"{BASE}/avis")
    assert "Diffusez le lien" not in page.text
    assert "Invitez les personnes qui peuvent répondre." in page.text
    invited(found, people(1)[0])
    assert "répond par le lien de son mail" in browser.get(f"{BASE}/avis").text
    opened(ANONYMOUS, slug="ouverte")
    assert "Diffusez le lien ou le QR code" in browser.get(f"{BASE}/ouverte").text


def test_people_to_invite_are_chosen_before_a_campaign_for_them_opens(browser: Browser) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT, access=Access.INVITED)
    page = browser.get(f"{BASE}/avis").follow("Préparer les invitations")
    assert page.path == f"{BASE}/avis/invitations"


def test_every_act_has_its_author(browser: Browser) -> None:
    opened(ANONYMOUS, closes_at=now() + DAY)
    browser.get(f"{BASE}/avis/prolonger").submit("Prolonger la collecte", closes_on="31/12/2099")
    browser.get(f"{BASE}/avis").submit("Dupliquer")
    rows = db.session.execute(sa.select(Event.kind, Event.user_id).order_by(Event.id)).all()
    assert [kind for kind, _ in rows][-2:] == ["campaign.prolonger", "campaign.created"]
    assert all(user is not None for _, user in rows[-2:])


def test_a_meeting_has_its_own_code_and_no_poster(browser: Browser) -> None:
    """A questionnaire for meetings is neither opened from here nor reached by its address."""
    live_campaign()
    page = browser.get(f"{BASE}/colloque")
    assert "Avant d’ouvrir" not in page.text
    assert "Lien à diffuser" not in page.text
    assert "se remplit en séance" in browser.get(f"{BASE}/colloque/diffuser").text
    assert browser.client.get(f"{BASE}/colloque/affiche.pdf").status_code == 404


def test_the_results_of_a_meeting_are_offered_to_whoever_may_see_them(
    browser: Browser, reader: FlaskClient
) -> None:
    room = meeting()
    polls.finish(room, author_id=None, now=now(), today=now().date())
    found = of("colloque")
    for visibility, shown in ((Visibility.TEAM, True), (Visibility.COORDINATION, False)):
        change(found, visibility=visibility)
        page = reader.get("/coordination/seances")
        assert page.status_code == 200
        assert (f"/collectes/{room.slug}/resultats" in page.text) is shown
