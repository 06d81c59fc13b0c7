"""A real installation to measure: its database filled, its server started, a signed-in visitor."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from surveyapp import create_app, migrate
from surveyapp.config import Config
from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.core.loader import load
from surveyapp.models import Campaign, CampaignState, db, now
from surveyapp.services.accounts import add_user, hashed_password
from surveyapp.services.demo import load_demo
from surveyapp.services.publish import definition_of, publish
from surveyapp.services.transaction import transaction
from tests.bench.generate import fill

FORM = Path(__file__).with_name("banc-d-essai.yaml")
FORMS = Path(__file__).parents[2] / "forms"
#: The contributions to the national survey that our figures are compared with.
SIZE = 48_985
OPEN, CLOSED, NAMED = "mesure", "mesure-close", "mesure-nominative"
MEETING = "mesure-seance"
SIGN_IN = "/compte/connexion"
EMAIL, PASSWORD = "mesure@demo.example", "une phrase de passe pour mesurer"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the installation lives and answers."""

    instance: Path
    port: int
    environment: dict[str, str]
    supervisor: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def environment(instance: Path, port: int) -> dict[str, str]:
    """Variables of the installation; respondents here type faster than people."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SURVEYAPP_")}
    return {
        **kept,
        "SURVEYAPP_INSTANCE": str(instance),
        "SURVEYAPP_BIND": f"127.0.0.1:{port}",
        "SURVEYAPP_MIN_FILL_SECONDS": "0",
    }


def prepare(instance: Path, size: int) -> None:
    """Create the database, the campaigns and ``size`` answers to two of them."""
    instance.mkdir(parents=True, exist_ok=True)
    app = create_app(Config.from_environment(environment(instance, 8000)))
    with app.app_context():
        migrate.upgrade(db.engine)
        with transaction() as session:
            add_user(
                session, email=EMAIL, name="Mesure", role="admin", hashed=hashed_password(PASSWORD)
            )
        definition = load(FORM)
        named = replace(definition, name="banc-nominatif", mode=Mode.CONFIDENTIAL, version="2")
        _campaign(definition, OPEN, CampaignState.OPEN, 0)
        _campaign(definition, CLOSED, CampaignState.CLOSED, size)
        _campaign(named, NAMED, CampaignState.CLOSED, size)
        _campaign(load(FORMS / "sondage-seance.yaml"), MEETING, CampaignState.DRAFT, 0)
        load_demo(today=now().date())
        db.session.remove()
        db.engine.dispose()


def _campaign(definition: FormDefinition, slug: str, state: CampaignState, size: int) -> None:
    version_id = publish(definition).id
    with transaction() as session:
        session.add(
            Campaign(
                slug=slug,
                title=f"Enquête de mesure ({slug})",
                version_id=version_id,
                state=state,
                opens_at=datetime(2026, 1, 12, tzinfo=UTC),
                closes_at=datetime(2026, 3, 1, tzinfo=UTC)
                if state is CampaignState.CLOSED
                else None,
            )
        )
    campaign = db.session.scalars(db.select(Campaign).filter_by(slug=slug)).one()
    if size:
        fill(campaign, definition_of(campaign.version), size, seed=campaign.id)


@contextmanager
def serving(instance: Path) -> Iterator[Site]:
    """``surveyapp run`` on a free port, stopped cleanly at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = environment(instance, port)
    process = subprocess.Popen(
        [sys.executable, "-m", "surveyapp.cli", "run"],
        env=variables,
        stdout=subprocess.DEVNULL,
    )
    site = Site(instance, port, variables, process)
    try:
        _wait(site)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait(site: Site) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and site.supervisor.poll() is None:
        try:
            if Visitor(site.port).get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    location: str
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass(slots=True)
class Visitor:
    """A browser of one tab: cookies, compressed transfers, no redirect followed on its own."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Page:
        return self._send("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form with the CSRF token of the page that holds it."""
        return self._send("POST", path, urlencode(fields))

    def follow(self, page: Page) -> Page:
        while page.status in {302, 303}:
            page = self.get(_path(page.location))
        return page

    def sign_in(self) -> None:
        page = self.get(SIGN_IN)
        if page.status == 404:
            raise RuntimeError(f"no page at {SIGN_IN}")
        fields = {"csrf_token": token(page.body), "email": EMAIL, "password": PASSWORD}
        reply = self.post(SIGN_IN, fields)
        if reply.status not in {302, 303}:
            raise RuntimeError(f"sign-in refused: HTTP {reply.status}")

    def _send(self, method: str, path: str, body: str | None) -> Page:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Accept-Encoding": "gzip", "Accept": "text/html,*/*"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        content = reply.read()
        seconds = time.perf_counter() - start
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.split(";", 1)[0]
        connection.close()
        found = {k.lower(): v for k, v in reply.headers.items()}
        return Page(reply.status, found.get("location", ""), found, content, seconds)


def open_meeting(visitor: Visitor) -> str:
    """Open the meeting and its first question as the presenter does; its code."""
    page = visitor.get("/coordination/seances")
    reply = visitor.post(
        f"/coordination/seances/ouvrir/{MEETING}", {"csrf_token": token(page.body)}
    )
    code = _path(reply.location).split("/")[3]
    page = visitor.get(f"/coordination/seances/{code}/ecran")
    act = {"csrf_token": token(page.body), "acte": "suivante"}
    visitor.post(f"/coordination/seances/{code}/agir?page=ecran", act)
    return code


def token(body: bytes) -> str:
    """The CSRF token of a page."""
    import gzip

    text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    match = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', text)
    if match is None:
        raise RuntimeError("the page has no CSRF token")
    return match[1].decode()


def _path(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
