"""Answers a questionnaire the way a person does: what is on the screen, page after page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Locator, Page

from surveyapp.core.definition import OTHER, FormDefinition, Kind, Question, Repeat
from surveyapp.core.french import date_short

#: What is typed where the questionnaire has a condition of its own. Eleven digits that pass
#: Luhn's check: an RPPS number of nobody.
TYPED: Mapping[str, str] = {
    "annee_arrivee": "2015",
    "rpps": "10000000009",
    "date_contact": "01/09/2025",
    "adultes": "2",
    "enfants": "1",
    "telephone": "06 39 98 12 34",
    "rappel_contact": "Camille Martin, 06 39 98 12 34",
}
#: What is chosen where the first choice would skip what we want to see.
CHOSEN: Mapping[str, str] = {
    "foyer": "couple_enfants",
    "logement": "louer",
    "qualite": "candidat",
    "type_exercice": "regroupe",  # keeps the next question asked, with and without script
}
BUTTON = ".actions button[name=_action]"


@dataclass
class Walker:
    """Fills the pages of one questionnaire. ``given`` collects the answers, by question."""

    page: Page
    definition: FormDefinition
    address: str = "prenom.nom@exemple.example"
    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    at_page: Callable[[str], None] = lambda name: None
    given: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._questions = {q.name: q for q in self.definition.every_question()}
        self._repeats = {r.name: r for r in self.definition.repeats()}

    def start(self, slug: str) -> None:
        """Open the public address and begin."""
        self.page.goto(f"/q/{slug}")
        self.at_page("accueil")
        self.go(lambda: self.page.locator("main a.btn-primary").click())

    def run(self, slug: str) -> None:
        """From the public address to the thank-you page."""
        self.start(slug)
        while (name := self.section) is not None:
            self.at_page(name)
            self.fill()
            self.next()
        if self.page.url.endswith("/relire-et-envoyer") or self.on_review:
            self.at_page("relecture")
            self.go(lambda: self.page.locator("main button.btn-primary").click())
        self.at_page("merci")

    def until(self, slug: str, section: str) -> None:
        """From the public address to the page ``section``, which is left as it is."""
        self.start(slug)
        while self.section != section:
            assert self.section is not None, f"{section} was not found, {self.page.url} was"
            self.fill()
            self.next()

    def finish(self) -> None:
        """From where we are to the thank-you page."""
        while self.section is not None:
            self.fill()
            self.next()
        if self.on_review:
            self.go(lambda: self.page.locator("main button.btn-primary").click())
        assert self.page.url.endswith("/merci"), self.page.url

    @property
    def section(self) -> str | None:
        """The page of questions that is shown; ``None`` on any other page."""
        last = self.page.url.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]
        return last if self.definition.section(last) else None

    @property
    def on_review(self) -> bool:
        return self.page.locator("section.review").count() > 0

    def next(self) -> None:
        """Go on; answer what only the server could ask for, as without script."""
        here = self.section
        for _ in range(5):
            self.go(lambda: self.page.locator(BUTTON).first.click())
            if self.section != here or here is None:
                return
            errors = self.page.locator(".error-summary:not(.warning-summary) li").all_inner_texts()
            assert not errors, f"{self.page.url}: {errors}"
            self.fill()
        raise AssertionError(f"stuck on {self.page.url}")

    def back(self) -> None:
        self.go(lambda: self.page.locator("button[name=_action][value=back]").click())

    def go(self, act: Callable[[], object]) -> None:
        """Do something that opens another page, and wait for that page."""
        with self.page.expect_navigation(wait_until="load"):
            act()

    def fill(self) -> None:
        """Answer every question that is on the screen, also those that an answer opens."""
        self._add_turns()
        done: set[str] = set()
        while waiting := [name for name in self.shown() if name not in done]:
            for name in waiting:
                if name in self.shown():
                    self._answer(name)
                done.add(name)
        for name in self.shown():
            base = name.rpartition("-")[2]
            if name not in self.given and base in self._questions:
                raise AssertionError(f"not answered: {name}")
        if self.section and self.section not in self.seen:
            self.seen.append(self.section)

    def shown(self) -> list[str]:
        """Names of the fields on the screen, in order."""
        names: list[str] = self.page.evaluate(
            """() => [...new Set([...document.querySelectorAll(
                "form.respond :is(input, select, textarea)")]
                .filter(e => e.name && e.type !== "hidden" && !e.closest(".trap")
                    && e.parentElement.checkVisibility({visibilityProperty: true})
                    && !e.closest(".other"))
                .map(e => e.name))]"""
        )
        return names

    def control(self, name: str) -> Locator:
        return self.page.locator(f'form.respond [name="{name}"]')

    def option(self, name: str, value: str) -> Locator:
        return self.page.locator(f'form.respond [name="{name}"][value="{value}"]')

    def tick(self, name: str, value: str) -> None:
        """Choose an option where people do: on its label."""
        option = self.option(name, value)
        if not option.is_checked():
            label = self.page.locator(f'label[for="{option.get_attribute("id")}"]')
            label.click(force=True)  # the box may lie over its label, or the label over the box
            assert option.is_checked(), f"{name}={value} cannot be ticked on {self.page.url}"

    def _add_turns(self) -> None:
        """One block of each repeat that is on the screen."""
        for name in self._repeats:
            button = self.page.locator(f'button[value="add:{name}"]')
            empty = self.page.locator(f"#q-{name}-0").count() == 0
            if empty and button.count() and button.is_visible():
                self.go(button.click)

    def _answer(self, name: str) -> None:
        question = self._questions[name.rpartition("-")[2]]
        match question.kind:
            case Kind.SELECT_ONE | Kind.RANGE:
                self.given[name] = self._choose(question, name)
            case Kind.SELECT_MULTIPLE:
                picked = [c.name for c in question.choices if c.name != OTHER and not c.exclusive]
                picked = [self.chosen.get(question.name, picked[0])]
                self.tick(name, picked[0])
                self.given[name] = picked
            case Kind.RANK:
                for index, choice in enumerate(question.choices):
                    self.control(name).nth(index).select_option(choice.name)
                self.given[name] = [choice.name for choice in question.choices]
            case Kind.ACKNOWLEDGE:
                self.tick(name, "1")
                self.given[name] = True
            case _:
                self.control(name).fill(self._text(question))
                self.given[name] = self._text(question)

    def _choose(self, question: Question, name: str) -> str:
        wanted = self.chosen.get(question.name) or CHOSEN.get(question.name)
        known = [c.name for c in question.choices]
        value = wanted if wanted and (wanted in known or not known) else (known or ["4"])[0]
        if self.control(name).first.evaluate("e => e.tagName") == "SELECT":
            self.control(name).select_option(value)
        else:
            self.tick(name, value)
        return value

    def _text(self, question: Question) -> str:
        if question.name in self.typed:
            return self.typed[question.name]
        if question.kind is Kind.EMAIL:
            return self.address
        if question.name in TYPED:
            return TYPED[question.name]
        if question.kind is Kind.DATE:
            return date_short(date.today() + timedelta(days=60))  # noqa: DTZ011
        if question.kind in (Kind.INTEGER, Kind.DECIMAL):
            return "3"
        return f"Réponse d’essai ({question.name.replace('_', ' ')})"


def expected_keys(walker: Walker) -> set[str]:
    """Top-level keys that the stored document must have."""
    keys = {name.partition("-")[0] for name in walker.given}
    computed = {q.name for q in walker.definition.questions() if q.kind is Kind.CALCULATE}
    return keys | computed


__all__ = ["BUTTON", "Repeat", "Walker", "expected_keys"]
