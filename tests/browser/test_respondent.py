"""What a respondent meets on the way: skip logic, errors, second thoughts, interruptions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import check_page, focus_problems, width_problems
from tests.browser.site import Site, text_of
from tests.browser.walker import BUTTON, Walker

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]

AMBASSADOR = "candidature-ambassadeur"
CARE = "satisfaction-accompagnement"
CONCIERGE = "demande-conciergerie"
EVENT = "satisfaction-evenement"
WELLBEING = "bien-etre-soignants"


def test_a_question_appears_as_soon_as_an_answer_asks_for_it(site: Site, visitor: Open) -> None:
    page = visitor("320")
    walker = Walker(page, site.forms[CARE])
    walker.until(CARE, "avis")
    missing = walker.control("manque")
    expect(missing).to_be_hidden()
    walker.tick("note_globale", "2")
    expect(missing).to_be_visible()
    walker.tick("note_globale", "5")
    expect(missing).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_answer_that_is_no_longer_asked_for_is_dropped(
    scripts: bool, site: Site, visitor: Open
) -> None:
    slug = site.open_campaign(CARE, f"avis-change-{scripts}".lower())
    page = visitor(scripts=scripts)
    walker = Walker(page, site.forms[CARE], chosen={"note_globale": "2"})
    walker.until(slug, "avis")
    walker.fill()
    walker.next()
    assert walker.given["manque"]
    walker.back()
    expect(walker.control("manque")).to_have_value(walker.given["manque"])
    walker.tick("note_globale", "5")
    walker.next()
    walker.finish()
    (document,) = site.documents(slug)
    assert document["note_globale"] == 5
    assert "manque" not in document


def test_without_script_the_server_asks_what_an_answer_opens(
    site: Site, visitor: Open, picture: Picture
) -> None:
    """Said kindly, not as an error, even when the new question is obligatory."""
    page = visitor("320", scripts=False)
    walker = Walker(page, site.forms[CARE])
    walker.until(CARE, "suite")
    expect(walker.control("rappel_contact")).to_be_hidden()
    walker.tick("rappel", "oui")
    walker.go(lambda: page.locator(BUTTON).first.click())
    expect(page.locator(".error-summary")).to_have_count(0)
    notice = page.locator("#avis")
    expect(notice).to_contain_text("Une question s’ajoute")
    expect(notice.locator("a")).to_have_attribute("href", "#rappel_contact")
    expect(walker.control("rappel_contact")).to_be_visible()
    picture(page, "question-ajoutee")


def test_going_back_keeps_what_was_typed(site: Site, visitor: Open) -> None:
    """Even what is not acceptable yet: nobody types anything twice."""
    page = visitor("320")
    walker = Walker(page, site.forms[AMBASSADOR])
    walker.until(AMBASSADOR, "exercice")
    walker.control("annee_arrivee").fill("deux mille")
    walker.control("commune").fill("Exempleville")
    walker.back()
    assert walker.section == "adhesion"
    walker.next()
    expect(walker.control("annee_arrivee")).to_have_value("deux mille")
    expect(walker.control("commune")).to_have_value("Exempleville")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_summary_of_errors_leads_to_each_field(
    scripts: bool, site: Site, visitor: Open, picture: Picture
) -> None:
    page = visitor("320", scripts=scripts)
    walker = Walker(page, site.forms[AMBASSADOR])
    walker.until(AMBASSADOR, "identite")
    walker.control("courriel").fill("prenom.nom@")
    walker.go(lambda: page.locator(BUTTON).first.click())
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("Des réponses sont à corriger")
    expect(page).to_have_title(re.compile("^Erreur"))
    links = summary.locator("a")
    assert links.count() == 4
    for index in range(links.count()):
        field = str(links.nth(index).get_attribute("href")).lstrip("#")
        control = page.locator(f"#{field}")
        expect(control).to_have_attribute("aria-invalid", "true")
        described = str(control.get_attribute("aria-describedby"))
        expect(page.locator(f"#{field}-erreur")).to_contain_text(links.nth(index).inner_text())
        assert f"{field}-erreur" in described.split()
        links.nth(index).click()
        if scripts:
            expect(control).to_be_focused()
        else:
            assert page.url.endswith(f"#{field}")
    if scripts:
        check_page(page)
        picture(page, "erreurs")


def test_other_opens_a_text_field(site: Site, visitor: Open) -> None:
    page = visitor("320")
    walker = Walker(page, site.forms[WELLBEING])
    walker.until(WELLBEING, "leviers")
    text = walker.control("attentes_other")
    expect(text).to_be_hidden()
    walker.tick("attentes", "other")
    expect(text).to_be_visible()
    text.fill("Une salle de pause")
    page.locator("label[for=attentes-other]").click()
    expect(text).to_be_hidden()


def test_a_text_beside_other_ticks_it_without_script(site: Site, visitor: Open) -> None:
    slug = site.open_campaign(WELLBEING, "autre-sans-script")
    page = visitor("320", scripts=False)
    walker = Walker(page, site.forms[WELLBEING])
    walker.until(slug, "leviers")
    walker.control("attentes_other").fill("Une salle de pause")
    walker.next()
    walker.finish()
    (document,) = site.documents(slug)
    assert document["attentes"] == ["other"]
    assert document["attentes_other"] == "Une salle de pause"


def test_none_unticks_the_others_and_they_untick_none(site: Site, visitor: Open) -> None:
    page = visitor("320")
    walker = Walker(page, site.forms[WELLBEING])
    walker.until(WELLBEING, "leviers")
    walker.tick("attentes", "stress")
    walker.tick("attentes", "parole")
    walker.tick("attentes", "aucune")
    expect(walker.option("attentes", "stress")).not_to_be_checked()
    expect(walker.option("attentes", "parole")).not_to_be_checked()
    walker.tick("attentes", "stress")
    expect(walker.option("attentes", "aucune")).not_to_be_checked()


def test_a_prerequisite_explains_itself_and_lets_one_back(
    site: Site, visitor: Open, picture: Picture
) -> None:
    page = visitor("320")
    walker = Walker(page, site.forms[AMBASSADOR])
    walker.until(AMBASSADOR, "adhesion")
    walker.tick("a_jour", "non")
    walker.go(lambda: page.locator(BUTTON).first.click())
    expect(page.locator("h1")).to_contain_text("Régularisez votre cotisation")
    expect(page.locator("main")).to_contain_text("contact@demo.example")
    check_page(page)
    picture(page, "condition")
    walker.go(lambda: page.get_by_role("link", name="Corriger ma réponse").click())
    expect(walker.option("a_jour", "non")).to_be_checked()
    walker.tick("a_jour", "oui")
    walker.next()
    assert walker.section == "exercice"


def test_review_lets_one_change_an_answer_and_come_back(site: Site, visitor: Open) -> None:
    slug = site.open_campaign(CONCIERGE, "relecture")
    page = visitor("320")
    walker = Walker(page, site.forms[CONCIERGE])
    walker.start(slug)
    while walker.section is not None:
        walker.fill()
        walker.next()
    review = page.locator("main")
    expect(review).to_contain_text("Réponse d’essai (prenom)")
    walker.go(lambda: page.get_by_role("link", name="Modifier la page « Vous »").click())
    walker.control("prenom").fill("Dominique")
    walker.next()
    assert walker.on_review
    expect(review).to_contain_text("Dominique")
    walker.finish()
    assert site.documents(slug)[0]["prenom"] == "Dominique"


@pytest.mark.parametrize("form", [CONCIERGE, EVENT])
def test_a_double_click_sends_once(form: str, site: Site, visitor: Open) -> None:
    slug = site.open_campaign(form, f"double-{form}")
    page = visitor()
    walker = Walker(page, site.forms[form], "double.clic@exemple.example")
    walker.start(slug)
    last = site.forms[form].sections[-1].name
    while walker.section not in (None, last):
        walker.fill()
        walker.next()
    walker.fill()
    if form == CONCIERGE:
        walker.next()
    page.locator("main .actions button.btn-primary").dblclick()
    page.wait_for_url("**/merci")
    assert site.count(slug) == 1
    page.go_back()
    page.goto(f"/q/{slug}")
    assert site.count(slug) == 1


def test_a_link_resumes_the_draft_on_another_device(
    site: Site, visitor: Open, picture: Picture
) -> None:
    page = visitor("320")
    address = "reprise@exemple.example"
    walker = Walker(page, site.forms[AMBASSADOR], address)
    walker.until(AMBASSADOR, "exercice")
    walker.control("commune").fill("Exempleville")
    walker.go(lambda: page.locator("button[name=_action][value=later]").click())
    expect(page.locator("#courriel")).to_have_value(address)
    check_page(page)
    picture(page, "plus-tard")
    walker.go(lambda: page.get_by_role("button", name="Recevoir le lien").click())
    expect(page.locator("h1")).to_have_text("Le lien est en route")
    check_page(page)
    text = text_of(site.mail_to(address, subject="Reprendre"))
    link = re.search(r"https?://\S+/reprise/\S+", text)
    assert link, text

    other = visitor()
    other.goto(link[0])
    there = Walker(other, site.forms[AMBASSADOR], address)
    if there.section is None:
        check_page(other)
        picture(other, "reprise")
        there.go(lambda: other.locator("main .btn-primary").first.click())
    assert there.section == "exercice"
    expect(there.control("commune")).to_have_value("Exempleville")


def test_the_author_gets_a_copy_of_the_answers(site: Site, visitor: Open) -> None:
    page = visitor()
    address = "copie@exemple.example"
    walker = Walker(page, site.forms[CONCIERGE], address)
    walker.run(CONCIERGE)
    reference = page.locator(".reference").inner_text()
    mail = site.mail_to(address)
    text = text_of(mail)
    assert reference in text
    for name, value in walker.given.items():
        if isinstance(value, str) and not site.forms[CONCIERGE].question(name).choices:  # type: ignore[union-attr]
            shown = value if "/" not in value else ""
            assert shown in text, f"{name}: {value}\n{text}"
    html = mail.get_body(("html",))
    assert html is not None
    assert reference in html.get_content()


def test_help_is_at_hand_on_every_page_of_the_wellbeing_survey(site: Site, visitor: Open) -> None:
    page = visitor("320")
    seen: list[str] = []

    def look(name: str) -> None:
        box = page.locator("aside.safety")
        expect(box).to_be_visible()
        expect(box).to_contain_text("3114")
        expect(box).to_contain_text("0 805 23 23 36")
        seen.append(name)

    Walker(page, site.forms[WELLBEING], at_page=look).run(WELLBEING)
    assert seen[0] == "accueil"
    assert seen[-1] == "merci"
    assert len(seen) == len(site.forms[WELLBEING].sections) + 2


def test_an_anonymous_survey_offers_no_link_and_no_reference(site: Site, visitor: Open) -> None:
    page = visitor()
    walker = Walker(page, site.forms[EVENT])
    walker.start(EVENT)
    expect(page.locator("button[value=later]")).to_have_count(0)
    walker.finish()
    expect(page.locator(".reference")).to_have_count(0)


def test_answered_with_the_keyboard_alone(site: Site, visitor: Open) -> None:
    """Tab, arrows, Space and Enter are enough, and the focus can be seen all the way."""
    slug = site.open_campaign(EVENT, "au-clavier")
    page = visitor()
    page.goto(f"/q/{slug}")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    _tab_to(page, "main a.btn-primary")
    _press(page, "Enter")
    for name in ("satisfaction", "enjeu", "apports", "note_globale"):
        _tab_to(page, f"[name={name}]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"#{name}-1")).to_be_checked()
    _tab_to(page, ".actions button.btn-primary")
    _press(page, "Enter")
    _tab_to(page, "[name=conserver]")
    page.keyboard.type("Les échanges")
    _tab_to(page, ".actions button.btn-primary")
    _press(page, "Space")
    expect(page).to_have_url(re.compile("/merci$"))
    (document,) = site.documents(slug)
    assert document["note_globale"] == 2
    assert document["conserver"] == "Les échanges"


@pytest.mark.parametrize(("form", "section"), [(CARE, "avis"), (AMBASSADOR, "exercice")])
def test_the_focus_can_be_seen(form: str, section: str, site: Site, visitor: Open) -> None:
    page = visitor()
    Walker(page, site.forms[form]).until(form, section)
    assert focus_problems(page) == []


@pytest.mark.parametrize(
    ("form", "section"),
    [(CARE, "avis"), (WELLBEING, "forme"), (AMBASSADOR, "criteres"), (AMBASSADOR, "engagements")],
)
def test_text_twice_as_large_still_fits(
    form: str, section: str, site: Site, visitor: Open, picture: Picture
) -> None:
    """At 640 px, as a window of 1280 px where everything is doubled, then the text alone."""
    page = visitor("320")
    Walker(page, site.forms[form]).until(form, section)
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert width_problems(page) == []
    picture(page, f"{form}-{section}-200")


def test_the_policy_refuses_a_script_inside_the_page(site: Site, browser: object) -> None:
    """The other tests fail on any refusal: this one shows that there would be one."""
    context = browser.new_context(base_url=site.url)  # type: ignore[attr-defined]
    refused: list[str] = []
    context.on("console", lambda message: refused.append(message.text))
    page = context.new_page()
    page.goto("/")
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'pris'";
            document.body.append(script);
        }"""
    )
    assert page.title() != "pris"
    assert any("Content Security Policy" in line for line in refused)
    context.close()


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the Tab key never reaches {selector} on {page.url}")


def _press(page: Page, key: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)
