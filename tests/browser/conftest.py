"""A real browser on a real server, with a real SMTP server beside it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from surveyapp import create_app
from surveyapp.config import Config
from surveyapp.models import Job, db
from surveyapp.services.transaction import transaction
from tests.browser.audit import Watch, watch
from tests.browser.office import ADMIN, Office, first_link, furnish
from tests.browser.site import PASSWORD, Site, free_port, prepare, serving, wait_until
from tests.conftest import IN_CI, Mailbox

#: Where pictures of the pages go, when somebody wants to look at them.
SCREENSHOTS = os.environ.get("SURVEYAPP_SCREENSHOTS", "")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
WIDTHS = {"320": PHONE, "1280": DESK}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no browser: install one of {', '.join(BROWSERS)}"
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def smtp() -> Iterator[Mailbox]:
    """An SMTP server that keeps what it receives."""
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


def _config(instance: Path, smtp: Mailbox) -> Config:
    bind = f"127.0.0.1:{free_port()}"
    return Config(
        instance=instance,
        database_url=f"sqlite:///{instance / 'surveyapp.sqlite'}",
        bind=bind,
        base_url=f"http://{bind}",
        mail_server="127.0.0.1",
        mail_port=smtp.port,
        mail_from="CPTS des Exemples <contact@demo.example>",
        worker="none",
    )


@contextmanager
def _installation(config: Config, smtp: Mailbox) -> Iterator[Site]:
    app = create_app(config)
    try:
        yield Site(app, config.base_url, smtp, config.instance)
    finally:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="package")
def site(smtp: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose seven questionnaires can be answered."""
    instance = tmp_path_factory.mktemp("site")
    config = _config(instance, smtp)
    with _installation(config, smtp) as site:
        prepare(site)
        with serving(config, instance / "server.log"):
            yield site


@pytest.fixture(scope="package")
def office(
    smtp: Mailbox, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An installation that started empty, where the first account has just been created."""
    instance = tmp_path_factory.mktemp("office")
    config = _config(instance, smtp)
    log = instance / "server.log"
    with _installation(config, smtp) as site, serving(config, log):
        link = wait_until(lambda: first_link(log.read_text()), what="the first link")
        office = Office(site, browser, link)
        context = browser.new_context()
        page = context.new_page()
        page.goto(link)
        page.get_by_label("Prénom et nom").fill("Camille Admin")
        page.get_by_label("Adresse mail").fill(ADMIN)
        page.get_by_label("Mot de passe", exact=False).first.fill(PASSWORD)
        page.get_by_label("Le même mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Créer le compte").click()
        page.wait_for_url("**/coordination/")
        office.cookies["admin"] = context.storage_state()
        context.close()
        furnish(office)
        yield office


Open = Callable[..., Page]


@contextmanager
def _browsing(browser: Browser, url: str) -> Iterator[Open]:
    """Opens fresh browsers; what any of them complained of fails the test at the end."""
    watches: list[Watch] = []
    with ExitStack() as stack:

        def new(width: str = "1280", *, scripts: bool = True, **options: Any) -> Page:
            context: BrowserContext = browser.new_context(
                viewport=WIDTHS[width],  # type: ignore[arg-type]
                java_script_enabled=scripts,
                locale="fr-FR",
                reduced_motion="reduce",  # colours are measured, not caught half-way
                base_url=url,
                **options,
            )
            context.set_default_timeout(15_000)
            stack.callback(context.close)
            watches.append(watch(context, url))
            return context.new_page()

        yield new
    complaints = [line for one in watches for line in one.complaints]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Open]:
    """Open a respondent's browser: ``visitor("320", scripts=False)``."""
    with _browsing(browser, site.url) as new:
        yield new


@pytest.fixture
def colleague(browser: Browser, office: Office) -> Iterator[Open]:
    """Open the browser of somebody who is signed in: ``colleague("lecture", "320")``.

    What the tasks of an earlier test left to say stands on no page of this one.
    """
    with office.site.app.app_context(), transaction() as session:
        session.execute(sa.update(Job).values(seen=True))
    with _browsing(browser, office.site.url) as new:

        def signed_in(role: str, width: str = "1280", **options: Any) -> Page:
            return new(width, storage_state=office.signed_in(role), **options)

        yield signed_in


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Save a picture of the whole page, when pictures are wanted."""

    def save(page: Page, name: str) -> None:
        if not SCREENSHOTS:
            return
        size = page.viewport_size or DESK
        folder = Path(SCREENSHOTS) / re.sub(r"\W+", "-", request.node.name.partition("[")[0])
        folder.mkdir(parents=True, exist_ok=True)
        page.evaluate(
            "() => Promise.all([...document.images].map(i => { i.loading = 'eager';"
            " return i.decode().catch(() => null); }))"
        )
        schemes: list[Literal["light", "dark"]] = ["light", "dark"]
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            end = f"{size['width']}{'-dark' if scheme == 'dark' else ''}.png"
            page.screenshot(path=folder / f"{name}-{end}", full_page=True)
        page.emulate_media(color_scheme="light")

    return save
