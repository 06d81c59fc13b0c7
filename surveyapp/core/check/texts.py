"""Rules on the texts that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from surveyapp.core.check.outline import Outline
from surveyapp.core.definition import FormDefinition, Item, Prerequisite, Section
from surveyapp.core.issues import Issue
from surveyapp.core.reading import suggestion

#: What texts may contain between braces, replaced when they are shown.
PLACEHOLDERS = ("structure", "address", "contact", "dpo")

_APOSTROPHE = re.compile(r"[A-Za-zÀ-ÿ]'(?=[A-Za-zÀ-ÿ«])")
_SPACE = re.compile(r" [:;!?»]|« ")
_QUOTE = re.compile(r'(?:^|[\s(])"')
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|&[a-z]+;")
_REFERENCE = re.compile(r"\$\{[^}]*\}")
_PLACEHOLDER = re.compile(r"(?<!\$)\{([^{}]*)\}")
_FORM_TEXTS = (
    "title",
    "description",
    "introduction",
    "thanks",
    "submit_label",
    "safety_box",
)
_ITEM_TEXTS = (
    "label",
    "hint",
    "required_message",
    "constraint_message",
    "warning_message",
    "add_label",
)

#: File, line, key and text; no file: that of the questionnaire.
Text = tuple[str | None, int, str, str]


def _texts(outline: Outline) -> Iterator[Text]:
    definition = outline.definition
    for key in _FORM_TEXTS:
        yield None, outline.line(key), key, getattr(definition, key)
    for part in fields(definition.notice):
        value = getattr(definition.notice, part.name)
        if isinstance(value, str):
            yield None, definition.notice.line or outline.line("notice"), part.name, value
    for prerequisite in definition.prerequisites:
        yield from _item_texts(prerequisite, ("label", "message"))
    for entry in outline.entries:
        yield from _item_texts(entry.item, _ITEM_TEXTS)
        for key in ("min_label", "max_label"):
            if entry.question and key in entry.question.parameters:
                yield None, entry.line, key, entry.question.parameters[key]
    yield from _choice_texts(definition)


def _item_texts(item: Item | Section | Prerequisite, keys: tuple[str, ...]) -> Iterator[Text]:
    for key in keys:
        text = getattr(item, key, "")
        if text:
            yield None, item.line, key, text


def _choice_texts(definition: FormDefinition) -> Iterator[Text]:
    for name, choices in definition.choice_lists.items():
        for choice in choices:
            yield definition.list_files.get(name), choice.line, "label", choice.label


def faults(key: str, text: str) -> Iterator[tuple[str, str]]:
    """Code and message of each fault of typography in a text."""
    if _APOSTROPHE.search(text):
        yield "apostrophe", f"« {key} » : remplacez l’apostrophe droite par ’"
    if _SPACE.search(text):
        message = "mettez une espace insécable avant : ; ! ? et à l’intérieur des guillemets"
        yield "space", f"« {key} » : {message}"
    if _QUOTE.search(text):
        message = "remplacez les guillemets droits par des guillemets français"
        yield "quotes", f"« {key} » : {message}"


def typography(outline: Outline) -> Iterator[Issue]:
    for file, line, key, text in _texts(outline):
        for code, message in faults(key, text):
            yield outline.warning(line, code, message, file=file)


def markup(outline: Outline) -> Iterator[Issue]:
    for file, line, key, text in _texts(outline):
        if _TAG.search(text):
            message = f"« {key} » : les balises HTML ne sont pas interprétées"
            yield outline.warning(line, "markup", message, file=file)
        if _REFERENCE.search(text):
            message = f"« {key} » : une réponse ${{…}} ne s’affiche pas dans un texte"
            yield outline.warning(line, "text_reference", message, file=file)


def placeholders(outline: Outline) -> Iterator[Issue]:
    for file, line, key, text in _texts(outline):
        for word in _PLACEHOLDER.findall(text):
            if word not in PLACEHOLDERS:
                hint = suggestion(word, PLACEHOLDERS)
                message = f"« {key} » : {{{word}}} n’est remplacé par rien{hint}"
                yield outline.error(line, "placeholder", message, file=file)


RULES = (typography, markup, placeholders)
