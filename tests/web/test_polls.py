"""The pages of a meeting, without script: telephones, screen, desk, end."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.poll import Act, PollState
from surveyapp.models import CampaignState
from surveyapp.services import polls
from surveyapp.services.polls import Room
from surveyapp.store.campaigns import campaign_by_slug
from tests.meeting import NOW, TODAY, documents, live_campaign, meeting, poll, votes
from tests.web.checking import Browser

JSON = {"Accept": "application/json"}
WORDS = (Act.NEXT, Act.NEXT, Act.NEXT, Act.NEXT)


def telephone(app: Flask) -> Browser:
    return Browser(app.test_client())


def state(client: FlaskClient, room: Room, **arguments: str) -> Any:
    answer = client.get(f"/s/{room.code}/etat", query_string=arguments)
    return answer.json if answer.status_code == 200 else None


@pytest.fixture
def instantly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept between two requests."""
    monkeypatch.setattr("surveyapp.services.polls.board.KEPT_SECONDS", -1.0)


pytestmark = pytest.mark.usefixtures("instantly")


# --- the telephone ---------------------------------------------------------------------------


def test_a_code_leads_to_the_meeting_however_it_is_typed(app: Flask) -> None:
    room = meeting()
    typed = f"%20{room.code[:2].lower()}%20{room.code[2:]}"
    page = telephone(app).get(f"/s?code={typed}")
    assert page.path == f"/s/{room.code}"
    assert "La première question va arriver" in page.text
    assert telephone(app).get(f"/s/{room.code.lower()}").path == f"/s/{room.code}"


def test_an_unknown_code_says_what_to_do(app: Flask) -> None:
    page = telephone(app).get("/s?code=zzz")
    assert page.status == 404
    assert "Aucune séance n’a ce code. Relisez l’écran" in page.text
    assert telephone(app).get("/s/ZZZZZ").status == 404
    assert app.test_client().get("/s/ZZZZZ/etat").status_code == 404
    assert app.test_client().post("/s/ZZZZZ").status_code == 404


def test_a_vote_is_counted_once_and_can_be_changed(app: Flask) -> None:
    room = meeting(Act.NEXT)
    browser = telephone(app)
    page = browser.get(f"/s/{room.code}").submit("Envoyer", reponse="non")
    assert "Votre réponse est envoyée" in page.text
    page = page.submit("Changer ma réponse", reponse="bientot")
    assert page.fields("Changer ma réponse")["reponse"] == "bientot"
    page.submit("Changer ma réponse")
    assert votes() == 1
    assert polls.board_of(room).tally.bars[1].count == 1


def test_words_are_typed_and_come_back(app: Flask) -> None:
    room = meeting(*WORDS)
    page = telephone(app).get(f"/s/{room.code}")
    page = page.send("Envoyer", {"reponse": ["le lien", "", "Écoute"]})
    assert page.fields("Changer ma réponse").getlist("reponse") == ["lien", "Écoute", ""]
    assert "lien (1)" in page.text


def test_nothing_chosen_is_said_kindly(app: Flask) -> None:
    room = meeting(Act.NEXT)
    page = telephone(app).get(f"/s/{room.code}").submit("Envoyer")
    assert page.status == 409
    assert "Choisissez une réponse, puis envoyez." in page.text
    assert votes() == 0


def test_after_the_stop_a_vote_is_refused(app: Flask) -> None:
    room = meeting(Act.NEXT)
    page = telephone(app).get(f"/s/{room.code}")
    polls.act(room, Act.FREEZE)
    page = page.submit("Envoyer", reponse="non")
    assert "Le vote est arrêté : cette réponse n’a pas été comptée." in " ".join(page.text.split())
    assert votes() == 0


def test_the_next_question_comes_by_its_link(app: Flask) -> None:
    room = meeting(Act.NEXT)
    page = telephone(app).get(f"/s/{room.code}")
    polls.act(room, Act.NEXT)
    page = page.follow("Question suivante")
    assert "Que faut-il faire en premier" in page.text
    page.send("Envoyer", {"reponse": ["acces", "outils"]})
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    page = page.follow("Question suivante")
    assert "La séance est terminée" in page.text


def test_a_telephone_has_no_session_and_its_cookie_goes_nowhere_else(app: Flask) -> None:
    room = meeting(Act.NEXT)
    answer = app.test_client().get(f"/s/{room.code}")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    morsel = SimpleCookie(cookie)["voix"]
    assert morsel["path"] == f"/s/{room.code}"
    assert morsel["samesite"] == "Lax"
    assert morsel["httponly"]


@pytest.mark.parametrize("fields", [{}, {"csrf_token": "x" * 64}, {"csrf_token": "é"}])
def test_a_vote_from_elsewhere_is_refused(app: Flask, fields: dict[str, str]) -> None:
    room = meeting(Act.NEXT)
    client = app.test_client()
    client.get(f"/s/{room.code}")
    sent = {"question": "engagement", "reponse": "non", **fields}
    answer = client.post(f"/s/{room.code}", data=sent, headers=JSON)
    assert answer.status_code == 400
    assert "rechargez la page" in answer.json["error"]
    assert votes() == 0


def test_the_proof_of_one_telephone_is_none_for_another(app: Flask) -> None:
    room = meeting(Act.NEXT)
    sent = telephone(app).get(f"/s/{room.code}").fields("Envoyer")
    other = app.test_client()
    other.get(f"/s/{room.code}")
    assert other.post(f"/s/{room.code}", data=sent, headers=JSON).status_code == 400


def test_telephones_learn_what_changed_and_nothing_else(app: Flask) -> None:
    room = meeting(Act.NEXT)
    client = app.test_client()
    first = state(client, room)
    assert "Votre territoire" in first["question"]
    assert client.get(f"/s/{room.code}/etat?v={first['v']}").status_code == 204
    polls.vote(room, "engagement", ["non"], word="a")
    second = state(client, room, v=first["v"])
    assert second["key"] == first["key"]
    assert "100" in second["results"]
    polls.act(room, Act.FREEZE)
    assert state(client, room, v=second["v"])["key"] != first["key"]
    assert "Set-Cookie" not in client.get(f"/s/{room.code}/etat").headers


def test_hidden_until_voted_shows_the_results_to_who_has_voted(app: Flask) -> None:
    room = meeting(Act.HIDE, Act.NEXT, Act.RESULTS)
    browser = telephone(app)
    page = browser.get(f"/s/{room.code}")
    assert not page.has("resultats")
    assert state(browser.client, room)["results"] == ""
    sent = page.fields("Envoyer") | {"reponse": "non"}
    proof = browser.client.post(f"/s/{room.code}", data=sent, headers=JSON).json["proof"]
    assert "Résultats" in state(browser.client, room, preuve=proof)["results"]
    assert browser.get(f"/s/{room.code}").has("resultats")
    assert not telephone(app).get(f"/s/{room.code}").has("resultats")
    polls.act(room, Act.FREEZE)
    assert telephone(app).get(f"/s/{room.code}").has("resultats")


def test_results_that_the_presenter_hides_are_on_no_telephone(app: Flask) -> None:
    room = meeting(Act.NEXT, Act.RESULTS)
    page = telephone(app).get(f"/s/{room.code}").submit("Envoyer", reponse="non")
    assert not page.has("resultats")


def test_the_ordinary_address_of_the_collection_leads_to_the_meeting(app: Flask) -> None:
    room = meeting(Act.NEXT)
    assert telephone(app).get("/q/colloque").path == f"/s/{room.code}"


# --- the presenter ---------------------------------------------------------------------------


def test_open_a_meeting_from_its_collection(coordination: FlaskClient) -> None:
    live_campaign()
    browser = Browser(coordination)
    page = browser.get("/coordination/collectes/colloque").follow("Séances")
    page = page.submit("Ouvrir la séance Le colloque")
    assert page.path == f"/coordination/seances/{poll().code}/ecran"
    assert f"localhost/s {poll().code}" in page.text.replace("Code : ", "").replace(
        "puis tapez ", ""
    )
    assert browser.get("/coordination/seances").link("Écran") == page.path


def test_the_page_of_the_collection_says_who_votes_and_opens_the_meeting(
    coordination: FlaskClient,
) -> None:
    live_campaign()
    page = Browser(coordination).get("/coordination/collectes/colloque")
    assert "Qui peut répondre les participants de la séance" in page.text
    assert "lien public" not in page.text
    assert "page d’accueil" not in page.text
    page = page.submit("Ouvrir la séance")
    assert page.path == f"/coordination/seances/{poll().code}/ecran"
    page = Browser(coordination).get("/coordination/collectes/colloque")
    assert "Ouvrir la séance" not in page.text
    assert page.link("Aller à l’écran")
    assert "Diffusez le lien" not in page.text


def test_no_meeting_yet_says_what_to_do(coordination: FlaskClient) -> None:
    page = Browser(coordination).get("/coordination/seances")
    assert "Aucun sondage en séance" in page.text
    assert page.link("Créer une collecte")


def test_a_meeting_without_script(app: Flask, coordination: FlaskClient) -> None:
    room = meeting()
    page = Browser(coordination).get(f"/coordination/seances/{room.code}/ecran")
    page = page.submit("Première question →")
    telephone(app).get(f"/s/{room.code}").submit("Envoyer", reponse="non")
    page = page.follow("Actualiser")
    assert "100 % (1)" in page.text
    page = page.submit("Arrêter le vote F")
    assert "vote arrêté" in page.text
    page = page.submit("Cacher les résultats R")
    assert "100 %" not in page.text
    page = page.submit("Reprendre le vote F").submit("Suivante →").submit("← Précédente")
    assert poll().question == "engagement"
    assert poll().state is PollState.FROZEN
    page = page.follow("Terminer la séance").submit("Terminer et enregistrer")
    assert "1 réponse enregistrée" in page.text
    assert documents() == [{"engagement": "non"}]
    found = campaign_by_slug("colloque")
    assert found is not None
    assert found.state is CampaignState.CLOSED


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_each_kind_of_question_is_shown_everywhere(
    place: int, app: Flask, coordination: FlaskClient
) -> None:
    room = meeting(*[Act.NEXT] * place)
    question, values = room.questions[place - 1], ("non", "acces", "5", "lien")
    polls.vote(room, question.name, [values[place - 1]], word="a")
    browser = Browser(coordination)
    for page in ("ecran", "regie"):
        assert (
            question.label.split()[0]
            in browser.get(f"/coordination/seances/{room.code}/{page}").text
        )
    assert telephone(app).get(f"/s/{room.code}").has("resultats")


def test_words_pass_through_the_desk(coordination: FlaskClient) -> None:
    room = meeting(*WORDS, Act.MODERATE)
    polls.vote(room, "mots", ["lien", "gros mot"], word="a")
    browser = Browser(coordination)
    screen = f"/coordination/seances/{room.code}/ecran"
    page = browser.get(screen)
    assert "2 mots à relire" in page.text
    assert "lien" not in page.text
    page = browser.get(f"/coordination/seances/{room.code}/regie")
    page = page.submit("Montrer « lien »").submit("Écarter « gros mot »")
    assert "Aucun mot n’attend." in page.text
    assert "lien (1)" in browser.get(screen).text
    page.submit("Retirer « lien »")
    assert "lien" not in browser.get(screen).text


def test_the_screen_asks_for_its_part_alone(coordination: FlaskClient) -> None:
    room = meeting(Act.NEXT)
    address = f"/coordination/seances/{room.code}/etat?page=ecran"
    first = coordination.get(address, headers=JSON).json
    assert first["votes"] == 0
    assert coordination.get(f"{address}&v={first['v']}", headers=JSON).status_code == 204
    polls.vote(room, "engagement", ["non"], word="a")
    assert coordination.get(f"{address}&v={first['v']}", headers=JSON).json["votes"] == 1


def test_an_act_answers_a_script_with_what_it_changed(coordination: FlaskClient) -> None:
    room = meeting()
    address = f"/coordination/seances/{room.code}/agir?page=ecran"
    seen = polls.board_of(room).seen
    for _ in range(2):  # pressed twice
        sent = {"acte": "suivante", "vu": seen}
        assert (
            "Votre territoire" in coordination.post(address, data=sent, headers=JSON).json["html"]
        )
    refused = coordination.post(address, data={"acte": "montrer:inconnue"}, headers=JSON)
    assert refused.status_code == 409
    assert refused.json["error"].endswith(".")
    assert coordination.post(address, data={"acte": "sauter"}, headers=JSON).status_code == 400
    word = f"/coordination/seances/{room.code}/mot"
    assert coordination.post(word, data={"question": "x", "mot": "y"}).status_code == 400


def test_the_last_question_says_how_to_end(coordination: FlaskClient) -> None:
    room = meeting(*WORDS)
    address = f"/coordination/seances/{room.code}/agir?page=regie"
    page = Browser(coordination).post(address, {"acte": "suivante"})
    assert "terminez la séance pour enregistrer" in page.text


def test_the_end_can_be_seen_again(coordination: FlaskClient) -> None:
    room = meeting()
    browser = Browser(coordination)
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    for page in ("ecran", "regie", "terminer"):
        assert "terminée" in browser.get(f"/coordination/seances/{room.code}/{page}").text
    assert browser.get("/coordination/seances").link("Résultats")


def test_the_end_says_that_refused_words_leave_no_answer(coordination: FlaskClient) -> None:
    room = meeting(*WORDS)
    polls.vote(room, "mots", ["lien"], word="a")
    polls.vote(room, "mots", ["gros mot"], word="b")
    polls.decide_word(room, "mots", "gros mot", accepted=False)
    page = Browser(coordination).get(f"/coordination/seances/{room.code}/terminer")
    assert "tous leurs mots ont été refusés" in page.text
    page = page.submit("Terminer et enregistrer")
    said = "2 téléphones ont voté ; 1 réponse enregistrée : les mots refusés ne sont pas gardés"
    assert said in page.text
    assert len(documents()) == 1


def test_the_qr_code_leads_to_the_telephone_page(coordination: FlaskClient) -> None:
    room = meeting()
    answer = coordination.get(f"/coordination/seances/{room.code}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert coordination.get("/coordination/seances/ZZZZZ/qr.svg").status_code == 404
