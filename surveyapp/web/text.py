"""Texts of questionnaires, as they are shown: placeholders filled, small markup to HTML."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from surveyapp.store import structure
from surveyapp.web.layout import paragraphs


def register(app: Flask) -> None:
    """Give the filters ``rich`` and ``filled`` to the templates."""
    app.add_template_filter(rich)
    app.add_template_filter(filled)


def rich(text: str) -> Markup:
    """HTML of an introduction, a thank-you or a notice (paragraphs, lists, ``**strong**``)."""
    return paragraphs(structure().fill(text))


def filled(text: str) -> str:
    """One line of text with its placeholders filled; the template escapes it."""
    return structure().fill(text)
