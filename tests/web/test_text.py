"""Texts of questionnaires on a page: small markup, placeholders, nothing of the visitor's."""

from __future__ import annotations

import pytest
from flask import Flask

from surveyapp.models import Structure
from surveyapp.services.transaction import transaction
from surveyapp.web.text import filled, rich


@pytest.fixture
def known(app: Flask) -> None:
    with transaction() as session:
        session.add(
            Structure(
                name="CPTS <des> Exemples",
                address="1 rue de la Paix\n97400 Saint-Denis",
                email="contact@demo.example",
                dpo_email="dpo@demo.example",
            )
        )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Un.\n\nDeux.", "<p>Un.</p>\n<p>Deux.</p>"),
        ("Une ligne\nsur deux.", "<p>Une ligne sur deux.</p>"),
        ("- un\n- deux", "<ul><li>un</li><li>deux</li></ul>"),
        ("**Très** clair", "<p><strong>Très</strong> clair</p>"),
        ("<script>x</script> & **<b>**", None),
        ("", ""),
    ],
)
def test_the_small_markup(known: None, text: str, html: str | None) -> None:
    shown = str(rich(text))
    if html is None:
        assert "<script>" not in shown
        assert "<b>" not in shown
    else:
        assert shown == html


def test_placeholders_are_filled_then_escaped(known: None) -> None:
    assert filled("{structure}, {address}") == (
        "CPTS <des> Exemples, 1 rue de la Paix 97400 Saint-Denis"
    )
    assert str(rich("Écrivez à {dpo} ou {contact}, **{structure}**.")) == (
        "<p>Écrivez à dpo@demo.example ou contact@demo.example, "
        "<strong>CPTS &lt;des&gt; Exemples</strong>.</p>"
    )


def test_other_braces_are_left_alone(known: None) -> None:
    assert filled("{inconnu} {0} {") == "{inconnu} {0} {"


def test_what_the_structure_has_not_told_is_said_in_words(app: Flask) -> None:
    for text in ("{structure}", "{address}", "{contact}", "{dpo}"):
        assert filled(text)
        assert "{" not in filled(text)
