"""The coordinatrice's pages: found by following links, like somebody who explores."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from surveyapp.permissions import ENDPOINTS, Permission, granted
from tests.browser.audit import check_page
from tests.browser.conftest import DESK, PHONE
from tests.browser.office import Office, pages_of

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]

#: Not pages to look at: pictures, files, signing out; or reached by a button that writes.
NOT_PAGES = {
    "manage.qr_code_svg",
    "manage.qr_code_png",
    "manage.poster",
    "manage.flyer",
    "results.chart",
    "documents.download",
    "account.home",
    "security.logout",
    "security.verify",
    "tasks.show",
    "results.charts_left",  # for scripts
    "manage.preview_letter",  # in a frame
    "polls.state",
    "programme.volumes_file",
    "polls.qr",
}
#: Pages that only some dossiers lead to: the tests of dossiers look at them.
ELSEWHERE = {
    "ambassadors.access",
    "dossiers.facts",
    "files.download",
    "files.remove",
    "journeys.versions",
    "places.contact",
    "places.crossing",
}
#: Where the walk begins; a search is asked by a form.
STARTS = ("/coordination/", "/compte/", "/compte/deconnexion")
SEARCH = "/coordination/dossiers/recherche?q=demo"
#: How many addresses of the same page are opened: one, but for those that vary most.
SAMPLES = {
    "manage.campaign": 12,
    "results.show": 2,
    "manage.letter_text": 3,
    "people.change": 2,
    "invite.index": 12,
}
#: Pages that differ by this argument are all opened.
EVERY = {"actions.page": "page", "manage.move_campaign": "step"}


def explore(
    page: Page, office: Office, visit: Callable[[str, str], None], *starts: str
) -> set[str]:
    """Follow every link from « À faire »; ``visit(endpoint, path)`` sees each page once."""
    waiting, known = [*STARTS, *starts], set[str]()
    opened: Counter[tuple[str, str]] = Counter()
    problems: list[str] = []
    while waiting:
        path = waiting.pop(0)
        found = office.endpoint(urlsplit(path).path)
        assert found, f"a link leads nowhere: {path}"
        endpoint, arguments = found
        kind = (endpoint, str(arguments.get(EVERY.get(endpoint, ""), "")))
        outside = ENDPOINTS[endpoint] is Permission.PUBLIC or endpoint in NOT_PAGES
        if outside or opened[kind] >= SAMPLES.get(endpoint, 1):
            continue
        opened[kind] += 1
        answer = page.goto(path)
        assert answer is not None
        if answer.status != 200:
            problems.append(f"{answer.status}: {path}")
            continue
        visit(endpoint, path)
        for link in _links(page):
            if link not in known:
                known.add(link)
                waiting.append(link)
    assert not problems, "\n".join(problems)
    return {endpoint for endpoint, _ in opened}


def _links(page: Page) -> list[str]:
    links: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a[href]")]
            .filter(a => a.origin === location.origin && a.pathname !== location.pathname)
            .map(a => a.pathname + a.search)"""
    )
    return list(dict.fromkeys(links))


def test_every_page_of_an_administrator(office: Office, colleague: Open, picture: Picture) -> None:
    """Each page of the table of permissions is found by following links, and is sound.

    On a telephone, then on a desk; the colours of the dark do not change with the width.
    """
    page = colleague("admin", "320")
    problems: list[str] = []
    names: Counter[str] = Counter()

    def look(endpoint: str, path: str) -> None:
        names[endpoint] += 1
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            try:
                check_page(page, dark=size is PHONE)
            except AssertionError as error:
                problems.append(str(error))
            picture(page, f"{endpoint}-{names[endpoint]}")

    try:
        seen = explore(page, office, look, SEARCH)
    finally:
        assert not problems, "\n\n".join(problems)
    assert pages_of("admin", office) - NOT_PAGES - ELSEWHERE - seen == set()


@pytest.mark.parametrize("role", ["coordination", "lecture"])
def test_no_role_is_shown_what_it_may_not_open(role: str, office: Office, colleague: Open) -> None:
    """No link leads to a refusal, and what is refused is refused when typed by hand."""
    page = colleague(role)
    allowed = granted({role})

    def look(endpoint: str, path: str) -> None:
        assert ENDPOINTS[endpoint] in allowed, f"{endpoint} is shown to {role}"

    explore(page, office, look)
    refused = ["/coordination/reglages", "/compte/collegues"]
    if role == "lecture":
        refused += [
            "/coordination/collectes/nouvelle",
            "/coordination/collectes/devenir-ambassadeur/reponses",
            "/coordination/actions/nouvelle",
        ]
    for path in refused:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403, path
        check_page(page)


def test_the_first_link_works_once(office: Office, browser: object, picture: Picture) -> None:
    context = browser.new_context()  # type: ignore[attr-defined]
    page = context.new_page()
    answer = page.goto(office.first_link)
    assert answer.status == 410
    expect(page.locator("h1")).to_have_text("Ce lien n’est plus valable")
    context.close()


def test_nobody_enters_without_signing_in(office: Office, browser: object) -> None:
    context = browser.new_context(base_url=office.site.url)  # type: ignore[attr-defined]
    page = context.new_page()
    for path in ("/coordination/", "/coordination/collectes", "/coordination/actions"):
        page.goto(path)
        expect(page.locator("h1")).to_have_text("Connexion")
    context.close()


def test_the_end_of_a_session_is_announced_and_put_off(colleague: Open, picture: Picture) -> None:
    page = colleague("coordination", "320")
    page.clock.install()
    page.goto("/coordination/")
    notice = page.locator("#fin-de-session")
    page.clock.fast_forward("11:40:00")
    expect(notice).to_be_hidden()
    page.clock.fast_forward("10:00")
    expect(notice).to_contain_text(re.compile(r"Votre session se termine à \d{1,2}\sh"))
    check_page(page)
    picture(page, "fin-de-session")
    page.get_by_role("button", name="Rester connectée").click()
    expect(notice).to_contain_text("C’est fait")
    expect(notice.get_by_role("button")).to_be_hidden()
    page.clock.fast_forward("11:52:00")
    expect(notice).to_contain_text("Votre session se termine à")
    page.clock.fast_forward("10:00")
    expect(notice).to_contain_text("Votre session est terminée")


def test_a_form_sent_after_the_end_is_sent_again(
    colleague: Open, office: Office, picture: Picture
) -> None:
    page = colleague("admin", "320")
    page.goto("/coordination/annuaire/nouvelle")
    page.locator("form[method=post] input[type=text]").first.fill("Texte gardé malgré tout")
    page.context.clear_cookies()
    page.locator("main form[method=post] button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session est terminée")
    expect(page.locator("main")).to_contain_text("Texte gardé malgré tout")
    check_page(page)
    picture(page, "rendu")
    page.context.add_cookies(office.signed_in("admin")["cookies"])
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("restée ouverte trop longtemps")
    page.get_by_role("button", name="Renvoyer").click()
    expect(page).to_have_url(re.compile("/coordination/annuaire/"))
    expect(page.locator("header nav")).to_be_visible()
