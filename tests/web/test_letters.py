"""The texts of the mails: changed by the coordinatrice, checked, looked at, tried on oneself."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import Event, MailTemplate, Message, User, db
from surveyapp.services import letters
from tests.answering import ANONYMOUS, opened
from tests.web.checking import Browser

INVITATION = "/coordination/courriels/textes/invitation/fr"
TEXT = "Bonjour {prénom},\n\nVenez :\n\n{lien}\n\nÀ bientôt"


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


def rows() -> list[MailTemplate]:
    return list(db.session.scalars(sa.select(MailTemplate)))


def test_every_mail_can_be_opened_in_both_languages(browser: Browser) -> None:
    page = browser.get("/coordination/courriels").follow("Textes des mails")
    links = [a.get("href") or "" for a in page.find("contenu").iter("a")]
    texts = [link for link in links if link.count("/textes/")]
    assert len(texts) == 12
    for link in texts:
        form = browser.get(link).fields("Enregistrer le texte")
        assert form["subject"]
        assert form["body"]


def test_a_text_is_changed_for_all_campaigns_and_can_be_undone(browser: Browser) -> None:
    page = browser.get(INVITATION).submit("Enregistrer le texte", subject="À vous !", body=TEXT)
    assert "Le texte est enregistré" in page.text
    assert "votre texte" in page.text
    letter = letters.render(
        db.session,
        "invitation",
        campaign=None,
        language="fr",
        fields={"prénom": "Zoé", "lien": "https://x.example/i/1"},
    )
    assert letter.subject == "À vous\u202f!"
    assert "Bonjour Zoé,\n\nVenez\u00a0:\n\nhttps://x.example/i/1\n\nÀ bientôt" in letter.text
    page = browser.get(INVITATION).follow("Revenir au texte d’origine")
    assert rows(), "asked before anything is destroyed"
    page = page.submit("Effacer mon texte")
    assert "texte d’origine est rétabli" in page.text
    assert rows() == []
    events = [e.kind for e in db.session.scalars(sa.select(Event).order_by(Event.id))]
    assert events == ["letter.changed", "letter.restored"]


def test_a_campaign_may_have_its_own_words(browser: Browser) -> None:
    campaign = opened(ANONYMOUS)
    form = browser.get("/coordination/courriels/textes").form("Voir ses textes")
    assert (form.get("method"), [s.get("name") for s in form.iter("select")]) == (
        "get",
        ["collecte"],
    )
    page = browser.get(f"/coordination/courriels/textes?collecte={campaign.slug}")
    assert campaign.title in page.text
    assert "Résumé des nouvelles réponses" not in page.text
    page = browser.get(f"{INVITATION}?collecte={campaign.slug}")
    page.submit("Enregistrer le texte", subject="Pour elle", body=TEXT)
    found = letters.wording_of(
        db.session, letters.LetterKind.INVITATION, campaign_id=campaign.id, language="fr"
    )
    other = letters.wording_of(
        db.session, letters.LetterKind.INVITATION, campaign_id=None, language="fr"
    )
    assert found.subject == "Pour elle"
    assert other.subject != "Pour elle"
    history = browser.get(f"/coordination/collectes/{campaign.slug}")
    assert "Texte d’un mail modifié" in history.text


@pytest.mark.parametrize(
    ("changes", "sentence", "place"),
    [
        ({"body": "Bonjour {prenon},\n\n{lien}"}, "vouliez-vous écrire {prénom}", "body"),
        ({"body": "Bonjour\n\n{lien} {rien du tout}"}, "les champs de ce mail sont", "body"),
        ({"body": "Bonjour"}, "Ajoutez {lien} au texte", "body"),
        ({"body": "Bonjour {prénom, {lien}"}, "Une accolade est seule", "body"),
        ({"body": "Bonjour } {lien}"}, "Une accolade est seule", "body"),
        ({"body": "{numéro} {lien}"}, "n’est pas connu dans ce mail", "body"),
        ({"body": " "}, "Écrivez le texte du mail", "body"),
        ({"body": "{lien}" + "x" * 10_000}, "Raccourcissez le texte", "body"),
        ({"subject": "  "}, "Écrivez un objet", "subject"),
        ({"subject": "x" * 300}, "Raccourcissez l’objet", "subject"),
        ({"subject": "{titr}"}, "vouliez-vous écrire {titre}", "subject"),
    ],
)
@pytest.mark.parametrize("button", ["Enregistrer le texte", "M’envoyer un essai"])
def test_a_text_that_cannot_work_is_explained_and_nothing_typed_is_lost(
    browser: Browser, changes: dict[str, str], sentence: str, place: str, button: str
) -> None:
    typed = {"subject": "Objet", "body": TEXT, **changes}
    page = browser.get(INVITATION).submit(button, **typed)
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert [(where, sentence in said) for where, said in page.errors()] == [(place, True)]
    assert {name: page.fields(button)[name] for name in typed} == typed
    assert rows() == []
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 0


def test_names_of_fields_are_read_generously(browser: Browser) -> None:
    body = "Bonjour {Prenom} { NOM }, avant le {date cloture} :\n{LIEN}"
    page = browser.get(INVITATION).submit("Enregistrer le texte", subject="x", body=body)
    assert page.status == 200
    letter = letters.render(
        db.session,
        "invitation",
        campaign=None,
        language="fr",
        fields={
            "prénom": "Ana",
            "nom": "B",
            "date_clôture": "1er mai",
            "lien": "https://x.example",
        },
    )
    assert "Bonjour Ana B, avant le 1er mai" in letter.text


def test_the_preview_shows_what_was_typed_in_a_frame_where_nothing_runs(
    browser: Browser, coordination: FlaskClient
) -> None:
    page = browser.get(INVITATION)
    (frame,) = page.tree.iter("iframe")
    assert frame.get("sandbox") == ""
    assert frame.get("title")
    saved = coordination.get(frame.get("src") or "")
    assert "Bonjour Camille" in saved.text
    sent = page.fields("Voir l’aperçu")
    sent["subject"], sent["body"] = "Objet <b>à moi</b>", "Salut {prénom} <script>\n\n{lien}"
    typed = coordination.post(f"{INVITATION}/apercu", data=sent)
    assert "Salut Camille &lt;script&gt;" in typed.text
    assert "Objet &lt;b&gt;à moi&lt;/b&gt;" in typed.text
    assert "<script" not in typed.text
    assert "Répondre au questionnaire" in typed.text
    assert rows() == []
    policy = typed.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    sent["body"] = "{prenon}"
    assert (
        "vouliez-vous écrire {prénom}" in coordination.post(f"{INVITATION}/apercu", data=sent).text
    )


def test_a_trial_goes_to_oneself_only_and_saves_nothing(browser: Browser, app: Flask) -> None:
    page = browser.get(INVITATION).submit("M’envoyer un essai", subject="Objet", body=TEXT)
    assert "Un essai part à l’adresse coordination@demo.example" in page.text
    assert page.fields("Enregistrer le texte")["body"] == TEXT
    (message,) = db.session.scalars(sa.select(Message))
    assert message.recipient == "coordination@demo.example"
    assert message.subject == "[Essai] Objet"
    assert "Bonjour Camille" in message.text
    assert not message.solicitation
    assert rows() == []


@pytest.mark.parametrize(
    "path",
    ["invitation/de", "lettre/fr", "digest/fr?collecte=avis", "invitation/fr?collecte=inconnue"],
)
def test_what_does_not_exist_is_not_found(browser: Browser, path: str) -> None:
    opened(ANONYMOUS)
    assert browser.get(f"/coordination/courriels/textes/{path}").status == 404


def test_somebody_who_only_reads_may_not_write_texts(reader: FlaskClient, app: Flask) -> None:
    assert reader.get(INVITATION).status_code == 403
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
