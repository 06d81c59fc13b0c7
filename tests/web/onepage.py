"""A questionnaire of one page, asked and answered: what tests of fields need."""

from __future__ import annotations

from typing import Any

from tests.answering import NOTICE, opened, sent
from tests.core.samples import page as page_of
from tests.web.checking import Browser, Page

SEND = "Envoyer mes réponses"
REVIEW = "Relire mes réponses"
ANONYMOUS = "mode: anonymous\nk: 5\nretention_months: unlimited\n"
LISTS = """
choices:
  on: [{name: oui, label: Oui}, {name: non, label: Non}]
  fruits:
    - {name: pomme, label: Pomme}
    - {name: poire, label: Poire}
    - {name: aucun, label: Aucun, exclusive: true}
"""


def ask(browser: Browser, *items: str, head: str = ANONYMOUS) -> Page:
    """The only page of a questionnaire with these items."""
    opened(NOTICE + head + LISTS + page_of(*items))
    return browser.get("/q/avis/page")


def answer(page: Page, **answers: Any) -> dict[str, Any]:
    """Send the page; what was stored."""
    end = page.submit(SEND if SEND in page.text else REVIEW, **answers)
    end = end if end.path.endswith("/merci") else end.submit(SEND)
    assert end.path == "/q/avis/fin/merci", end.errors()
    return sent()[-1].document
