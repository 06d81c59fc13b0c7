"""Invitations in a browser: from the list to the answer, on a phone and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import Envelope
from playwright.sync_api import Page, expect

from surveyapp import worker
from tests.browser.audit import check_page
from tests.browser.office import Office
from tests.browser.site import wait_until

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
HOME = "/coordination/collectes/devenir-ambassadeur/invitations"
LINK = re.compile(r"https?://\S+/i/[\w-]+")


@pytest.mark.parametrize("width", ["320", "1280"])
def test_every_page_is_sound(width: str, colleague: Open, picture: Picture) -> None:
    page = colleague("coordination", width)
    page.goto("/coordination/collectes/devenir-ambassadeur")
    page.get_by_role("link", name="Invitations", exact=True).click()
    expect(page.locator("h1")).to_have_text("Invitations")
    check_page(page)
    picture(page, "index")
    page.get_by_role("link", name="Voir la liste, changer").first.click()
    expect(page.locator("h1")).to_contain_text("Relance du")
    check_page(page)
    picture(page, "wave")
    page.get_by_label("Partir le").fill("hier")
    page.get_by_role("button", name="Choisir ce jour").click()
    expect(page.locator("#erreurs")).to_be_visible()
    check_page(page)
    picture(page, "wave-to-correct")
    page.goto(f"{HOME}/telephone")
    expect(page.locator("tbody tr").first).to_contain_text("Préfère le téléphone")
    check_page(page)
    picture(page, "phone")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Noter l’appel").first).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto(f"{HOME}/choisir")
    check_page(page)
    picture(page, "choose")
    page.goto("/coordination/collectes/projet-installation/invitations")
    expect(page.locator(".empty-state")).to_be_visible()
    check_page(page)
    picture(page, "empty")


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_from_the_list_to_the_answer(
    scripts: bool, colleague: Open, office: Office, picture: Picture
) -> None:
    """Some people are invited by their tag; one follows the link of the mail."""

    def look(seen: Page, name: str) -> None:
        if scripts:  # the audit is a script itself
            check_page(seen)
            picture(seen, name)

    slug = "conciergerie" if scripts else "projet-installation"
    page = colleague("coordination", "320", scripts=scripts)
    page.goto(f"/coordination/collectes/{slug}/invitations/choisir")
    page.get_by_label("Étiquette").select_option("groupe prévention")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_role("status").filter(has_text="invitée").first).to_be_visible()
    before = len(office.site.mailbox.envelopes)
    page.get_by_role("button", name=re.compile("Inviter ce")).click()
    page.wait_for_url("**/taches/**")
    work(office)
    content = wait_until(
        lambda: links(office.site.mailbox.envelopes[before:]), what="the invitations"
    )
    page.goto(f"/coordination/collectes/{slug}/invitations")
    expect(page.locator("tbody")).not_to_have_count(0)
    look(page, "sent")
    visitor = colleague("coordination", "320", scripts=scripts)
    visitor.goto(content[0])
    assert "/i/" not in visitor.url
    expect(visitor.get_by_role("main")).to_contain_text("Votre lien personnel")
    look(visitor, "start")
    visitor.get_by_role("link", name="Commencer").click()
    look(visitor, "page")
    visitor.goto("/i/inconnu")
    expect(visitor.locator("h1")).to_have_text("Ce lien personnel ne mène plus à rien")
    look(visitor, "no-link")


def work(office: Office) -> None:
    """What the worker does; this installation runs none of its own."""
    with office.site.app.app_context():
        worker.run_once()


def links(envelopes: Sequence[Envelope]) -> list[str]:
    """The personal links of the mails that arrived."""
    found = []
    for envelope in envelopes:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        found += LINK.findall(body.get_content()) if body else []
    return found
