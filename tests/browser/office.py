"""The coordination's side of an installation: its colleagues, a year of fictional data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser
from werkzeug.exceptions import HTTPException

from surveyapp.core.address import address_hash
from surveyapp.models import MailTemplate, Message, WorkState, now
from surveyapp.permissions import ENDPOINTS, Permission, granted
from surveyapp.services import addresses
from surveyapp.services.demo import load_demo
from surveyapp.services.transaction import transaction
from tests.browser.site import PASSWORD, Site

ADMIN = "camille.admin@demo.example"


@dataclass
class Office:
    """The installation and, for each role, the cookies of somebody who is signed in."""

    site: Site
    browser: Browser
    first_link: str
    cookies: dict[str, Any] = field(default_factory=dict)

    def signed_in(self, role: str) -> Any:
        """Cookies of a colleague with ``role``, who signs in once."""
        if role not in self.cookies:
            email = ADMIN if role == "admin" else self.site.add_account(role)
            context = self.browser.new_context(base_url=self.site.url)
            page = context.new_page()
            page.goto("/compte/connexion")
            page.get_by_label("Adresse mail").fill(email)
            page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Se connecter").click()
            page.wait_for_url(lambda url: "/connexion" not in url)
            self.cookies[role] = context.storage_state()
            context.close()
        return self.cookies[role]

    def endpoint(self, path: str) -> tuple[str, Mapping[str, Any]] | None:
        """Which page an address leads to; ``None`` when there is none."""
        try:
            return self.site.app.url_map.bind("").match(path, method="GET")
        except HTTPException:
            return None


def pages_of(role: str, office: Office) -> set[str]:
    """The pages that can be opened (GET) by a role, by the table of permissions."""
    allowed = granted({role})
    return {
        str(rule.endpoint)
        for rule in office.site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and ENDPOINTS.get(str(rule.endpoint)) in allowed - {Permission.PUBLIC}
    }


def furnish(office: Office) -> None:
    """Load the fictional year, a mail that failed, a text and addresses of its own."""
    with office.site.app.app_context():
        load_demo(today=now().date())
        with transaction() as session:
            session.add(
                Message(
                    kind="respond.receipt",
                    recipient="adresse.fautive@demo.example",
                    subject="Nous avons bien reçu vos réponses",
                    text="Bonjour",
                    html="<p>Bonjour</p>",
                    message_id="<essai@demo.example>",
                    state=WorkState.FAILED,
                    error="Le serveur de mail a refusé cet envoi : 550 inconnu",
                    done_at=now(),
                )
            )
            session.add(
                MailTemplate(
                    scope="all",
                    kind="reminder",
                    language="fr",
                    subject="Encore quelques jours : {titre}",
                    body="Bonjour {prénom},\n\n{lien}",
                )
            )
            today = now().date()
            addresses.decline(session, address_hash("partie@demo.example"), today=today)
            refused = address_hash("adresse.fautive@demo.example")
            addresses.note_refusal(session, refused, "550 5.1.1 inconnu", today=today)


def first_link(log: str) -> str | None:
    """The address that creates the first account, once ``surveyapp run`` has printed it."""
    found = re.search(r"https?://\S+/compte/premier/\S+", log)
    return found[0] if found else None
