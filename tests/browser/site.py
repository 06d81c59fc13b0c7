"""A whole installation on this machine: web server, worker, database, SMTP server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask

from surveyapp import migrate
from surveyapp.config import Config
from surveyapp.core.definition import FormDefinition
from surveyapp.core.loader import load_directory
from surveyapp.models import Campaign, CampaignState, Response, Structure, db, now
from surveyapp.services import accounts
from surveyapp.services.publish import add_version
from surveyapp.services.transaction import transaction
from tests.conftest import Mailbox

ROOT = Path(__file__).parents[2]
PASSWORD = "un mot de passe de test"
#: How long anything may take on a busy machine before a test gives up.
PATIENCE = 30.0

T = TypeVar("T")


def wait_until(read: Callable[[], T | None], *, what: str) -> T:
    """The first true value of ``read``; a test fails when none comes."""
    limit = time.monotonic() + PATIENCE
    while not (value := read()):
        if time.monotonic() > limit:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.05)
    return value


@dataclass
class Site:
    """What tests know of the installation."""

    app: Flask
    url: str
    mailbox: Mailbox
    instance: Path
    forms: dict[str, FormDefinition] = field(default_factory=dict)

    def address(self, path: str) -> str:
        return self.url + path

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A session that reads what the server wrote."""
        with self.app.app_context():
            yield db.session
            db.session.rollback()

    def documents(self, slug: str, *, status: str = "submitted") -> list[dict[str, Any]]:
        """The answers of a campaign, newest last as far as the database knows."""
        statement = (
            sa.select(Response.document)
            .join(Campaign, Campaign.id == Response.campaign_id)
            .where(Campaign.slug == slug, Response.status == status)
            .order_by(Response.submitted_at)
        )
        with self.session() as session:
            return list(session.scalars(statement))

    def count(self, slug: str) -> int:
        return len(self.documents(slug))

    def open_campaign(self, form: str, slug: str, **values: Any) -> str:
        """A campaign of its own for a test, open unless ``values`` say otherwise."""
        with self.app.app_context(), transaction() as session:
            version = add_version(session, self.forms[form])
            session.add(
                Campaign(
                    slug=slug,
                    title=values.pop("title", self.forms[form].title),
                    version_id=version.id,
                    state=values.pop("state", CampaignState.OPEN),
                    opens_at=values.pop("opens_at", now() - timedelta(days=1)),
                    **values,
                )
            )
        return slug

    def add_account(self, role: str) -> str:
        """An account; returns its address. The password is :data:`PASSWORD`."""
        with self.app.app_context():
            hashed = accounts.hashed_password(PASSWORD)
            with transaction() as session:
                accounts.add_user(
                    session,
                    email=f"{role}@demo.example",
                    name=f"Camille {role.capitalize()}",
                    role=role,
                    hashed=hashed,
                )
        return f"{role}@demo.example"

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the SMTP server got for ``address``."""
        return [
            message_from_bytes(envelope.content, policy=policy.default)
            for envelope in list(self.mailbox.envelopes)
            if address in envelope.rcpt_tos and isinstance(envelope.content, bytes)
        ]

    def mail_to(self, address: str, *, subject: str = "") -> EmailMessage:
        """The first mail for ``address`` whose subject contains ``subject``, once it is there."""

        def found() -> EmailMessage | None:
            mails = self.mails_to(address)
            return next((m for m in mails if subject in str(m["Subject"])), None)

        return wait_until(found, what=f"a mail « {subject} » to {address}")


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(site: Site) -> None:
    """Publish the seven questionnaires and collect each."""
    with site.app.app_context():
        migrate.upgrade(db.engine)
    site.forms = {d.name: d for d in load_directory(ROOT / "forms")}
    with site.app.app_context(), transaction() as session:
        session.add(
            Structure(
                id=1,
                name="CPTS des Exemples",
                address="1 place de la Mairie, 00000 Exempleville",
                email="contact@demo.example",
                phone="03 53 01 12 34",
                dpo_email="dpo@demo.example",
            )
        )
    for name in site.forms:
        site.open_campaign(name, name)


@contextmanager
def serving(config: Config, log: Path) -> Iterator[None]:
    """``surveyapp run`` on the installation, until the end of the block."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SURVEYAPP_")}
    environment |= {
        "SURVEYAPP_INSTANCE": str(config.instance),
        "SURVEYAPP_BIND": config.bind,
        "SURVEYAPP_MAIL_SERVER": config.mail_server,
        "SURVEYAPP_MAIL_PORT": str(config.mail_port),
        "SURVEYAPP_MAIL_FROM": config.mail_from,
        "SURVEYAPP_MIN_FILL_SECONDS": "0",
    }
    command = [sys.executable, "-m", "surveyapp.cli", "run"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_until(
                lambda: _answers(f"{config.base_url}/healthz", process, log), what="the server"
            )
            yield
            assert process.poll() is None, f"the server stopped:\n{log.read_text()}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(40)


def _answers(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, f"the server stopped:\n{log.read_text()}"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def in_days(days: int) -> datetime:
    return now() + timedelta(days=days)
