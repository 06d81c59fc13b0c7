"""From a page of a questionnaire to a WTForms class, and from what is posted to answers."""

from surveyapp.forms.fields import FIELDS, AnswerField, Option, Row
from surveyapp.forms.page import PageForm, Typed, page_class

__all__ = ["FIELDS", "AnswerField", "Option", "PageForm", "Row", "Typed", "page_class"]
