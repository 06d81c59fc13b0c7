"""What the tests of the lists of dossiers share."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

from surveyapp.models import (
    now,
)
from tests.dossiers import begin, event, move
from tests.web.checking import Page, words

HOME = "/coordination/dossiers/"
LIST = f"{HOME}parcours/installation"
TABLE = f"{LIST}?vue=tableau"
SHOW = "Voir ce qui se passerait"
TODAY = now().astimezone(ZoneInfo("Europe/Paris")).date()
LONG_AGO = TODAY - timedelta(days=60)


def names(page: Page) -> list[str]:
    """The names of the lines of the table."""
    return [words(e) for e in page.tree.iter("th") if e.get("scope") == "row"]


def lanes(page: Page) -> dict[str, list[str]]:
    """The names of the cards of each stage."""
    sections = [e for e in page.tree.iter("section") if e.get("class") == "lane"]
    return {
        words(next(s.iter("h2"))): [words(link) for item in s.iter("li") for link in item.iter("a")]
        for s in sections
    }


def headings(page: Page) -> list[str]:
    return [
        words(e).removesuffix(", trier") for e in page.tree.iter("th") if e.get("scope") == "col"
    ]


def ask(page: Page, button: str, **answers: str | list[str]) -> Page:
    """Send a form whose method is GET."""
    form = page.form(button)
    assert form.get("method") == "get"
    sent = page.fields(button)
    for name, value in answers.items():
        sent.setlist(name, [value] if isinstance(value, str) else value)
    target = urljoin(page.path, form.get("action") or page.path.partition("?")[0])
    return page.browser.get(f"{target}?{urlencode(list(sent.items(multi=True)))}")


def three() -> tuple[int, int, int]:
    """Arbre is new, Buisson is late, Chêne has gone to the interview."""
    private = {"loisirs": "escalade", "accord_cls": False}
    arbre = begin("installation", name="Arbre-Demo", number=1, on=TODAY, profession="10")
    buisson = begin("installation", name="Buisson-Demo", number=2, on=LONG_AGO, **private)
    chene = begin("installation", name="Chêne-Demo", number=3, on=TODAY, profession="60")
    event(chene, "rdv_propose", on=TODAY)
    move(chene, "fixer_entretien", on=TODAY)
    return arbre, buisson, chene


def ticked(page: Page, *ids: int) -> list[str]:
    boxes = [e.get("value") for e in page.tree.iter("input") if e.get("name") == "dossier"]
    assert {str(number) for number in ids} <= set(boxes)
    return [str(number) for number in ids]
