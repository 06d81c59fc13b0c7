"""Put an installation in a state to serve, and say what its owner must know."""

from __future__ import annotations

import os
import secrets
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from surveyapp import migrate
from surveyapp.config import ConfigError
from surveyapp.links import absolute_url, settings
from surveyapp.models import Campaign, CampaignState, User, db, now
from surveyapp.services import accounts
from surveyapp.services.transaction import transaction

DEMO_EMAIL = "coordination@demo.example"
_SYLLABLES = [c + v for c in "bdfglmnprtvz" for v in "aeiou"]


def prepare(*, with_demo: bool) -> dict[str, Any]:
    """Migrate, load the fictional data if asked and if there is none.

    Returns ``first_link`` (text or ``None``) and ``demo`` (``None``, or its accounts and the
    pages to look at first).
    """
    _check_redis()
    migrate.upgrade(db.engine)
    demo = None
    if with_demo:
        password = _demo_account()
        _demo_data()
        others = _other_accounts(password)
        demo = {"email": DEMO_EMAIL, "password": password, "others": others, "pages": _pages()}
    return {"first_link": accounts.first_link(now()), "demo": demo}


def _check_redis() -> None:
    """Sign-in attempts would be counted by each process for itself, and nobody would know."""
    url = settings().redis_url
    if not url:
        return
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()
    except redis.RedisError:
        raise ConfigError(
            "La variable SURVEYAPP_REDIS_URL désigne un serveur qui ne répond pas ; attendu : "
            "l’adresse d’un Redis en marche, ou rien."
        ) from None


def _demo_data() -> None:
    if db.session.scalar(sa.select(Campaign.id).limit(1)) is None:
        from surveyapp.services.demo import load_demo

        load_demo(today=now().astimezone(ZoneInfo("Europe/Paris")).date())


def _other_accounts(password: str) -> list[str]:
    """Those who see less than the coordination, with the same password."""
    from surveyapp.services.demo.accounts import play_accounts

    return play_accounts(hashed=accounts.hashed_password(password))


def _demo_account() -> str:
    """The demonstration account with the password of the settings, or one drawn once."""
    password = settings().demo_password or _drawn_password()
    hashed = accounts.hashed_password(password)
    with transaction() as session:
        user = session.scalars(sa.select(User).where(User.email == DEMO_EMAIL)).first()
        if user is None:
            accounts.add_user(
                session, email=DEMO_EMAIL, name="Camille Demo", role="admin", hashed=hashed
            )
        else:
            user.password = hashed
    return password


def _drawn_password() -> str:
    """Kept in the folder of the installation, so that every start prints the same."""
    path = settings().instance / "demo_password"
    if not path.exists():
        words = ["".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(3)]
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("-".join(words))
    return path.read_text().strip()


def _pages() -> list[tuple[str, str]]:
    """What shows the product best, in the order of a visit."""
    pages = [("Ce que la coordination a à faire", absolute_url("manage.home"))]
    open_one = _campaign(CampaignState.OPEN)
    closed = _campaign(CampaignState.CLOSED) or open_one
    if open_one:
        url = absolute_url("respond.start", slug=open_one.slug)
        pages.append(("Répondre à un questionnaire, comme un professionnel", url))
    if closed:
        url = absolute_url("results.show", slug=closed.slug)
        pages.append(("Les résultats d’une collecte, ses graphiques et son rapport", url))
    pages.append(("Faire voter une salle, en direct", absolute_url("polls.index")))
    pages.append(("Les dossiers des quatre parcours", absolute_url("register.index")))
    pages.append(("L’annuaire, d’où partent les invitations", absolute_url("people.index")))
    pages.append(("Le bilan d’action demandé par l’ARS", absolute_url("actions.index")))
    return pages


def _campaign(state: CampaignState) -> Campaign | None:
    found = sa.select(Campaign).where(Campaign.state == state, Campaign.internal.is_(False))
    return db.session.scalars(found.order_by(Campaign.id).limit(1)).first()
