"""Sign-in, permissions, rate limits, forged-request protection and security headers."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    jsonify,
    redirect,
    request,
    url_for,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from surveyapp import mail
from surveyapp.config import Config
from surveyapp.core.french import typeset
from surveyapp.keys import totp_key
from surveyapp.models import Role, User, db
from surveyapp.permissions import ENDPOINTS, Permission, can
from surveyapp.web.session import held_page

log = logging.getLogger(__name__)

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}

#: Requests to Flask-Security that write: on SQLite they must say so from the start.
WRITING = frozenset(
    {
        "security.forgot_password",
        "security.reset_password",
        "security.change_password",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "security.mf_recovery_codes",
    }
)

#: Tries per address. Answering a questionnaire is never limited by
#: address: a meeting room of 300 phones shares one.
LIMITS = {
    "security.login": "20 per minute; 200 per hour",
    "security.forgot_password": "5 per minute; 30 per hour",
    "security.two_factor_token_validation": "10 per minute; 60 per hour",
    "security.mf_recovery": "10 per minute; 60 per hour",
    "account.first": "20 per minute",
    "account.invitation": "20 per minute",
}
#: Tries at one account from one address, and from everywhere: whoever guesses from one place
#: is stopped there, without shutting the owner of the account out.
PER_ACCOUNT_HERE = "10 per 5 minutes; 100 per day"
PER_ACCOUNT = "1000 per day"

#: Bytes that these pages accept, instead of what suffices everywhere else: files are dropped
#: there, 10 MB each, by whoever is signed in.
UPLOADS = {"files.index": 12 * 1024 * 1024}

#: Argon2 as its authors advise (the library's defaults); in a millisecond, for tests.
STRONG_HASH: dict[str, int] = {}
QUICK_HASH = {"argon2__time_cost": 1, "argon2__memory_cost": 64}

MESSAGES = {
    "GENERIC_AUTHN_FAILED": "Adresse ou mot de passe inconnu. Vérifiez les deux et réessayez.",
    "GENERIC_RECOVERY": "Si un compte porte cette adresse, un mail vient de lui être envoyé.",
    "PASSWORD_RESET_REQUEST": "Si un compte porte cette adresse, un mail vient de lui être envoyé.",
    "INVALID_RESET_PASSWORD_TOKEN": "Ce lien n’est plus valable. Demandez-en un nouveau.",
    "PASSWORD_RESET_EXPIRED": "Ce lien a expiré au bout de %(within)s. Demandez-en un nouveau.",
    "PASSWORD_RESET_NO_LOGIN": "Votre mot de passe est changé. Connectez-vous avec le nouveau.",
    "PASSWORD_CHANGE": "Votre mot de passe est changé.",
    "UNAUTHENTICATED": "Connectez-vous pour ouvrir cette page.",
    "LOGIN": "Connectez-vous pour ouvrir cette page.",
    "REFRESH": "Confirmez votre mot de passe pour continuer.",
    "REAUTHENTICATION_REQUIRED": "Confirmez votre mot de passe pour continuer.",
    "REAUTHENTICATION_SUCCESSFUL": "Merci, vous pouvez continuer.",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "Vous êtes connecté.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "La connexion en deux étapes est activée.",
    "TWO_FACTOR_DISABLED": "La connexion en deux étapes est désactivée.",
    "TWO_FACTOR_INVALID_TOKEN": "Ce code n’est pas le bon. Attendez le suivant et réessayez.",
    "INVALID_RECOVERY_CODE": "Ce code de secours n’est pas le bon ou a déjà servi.",
    "DISABLED_ACCOUNT": "Ce compte est désactivé. Demandez à la personne qui administre le site.",
}


class OutboxMailUtil(MailUtil):
    """Flask-Security's mails go through the outbox, in the transaction of their cause."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        after_this_request(_commit)
        to = recipient if isinstance(recipient, str) else recipient[1]
        mail.post(
            db.session,
            to=to,
            subject=str(subject),
            text=body or "",
            html=html or "",
            kind=f"account.{template.rpartition('/')[2]}",
        )

    def validate(self, email: str) -> str:
        """Check the form of an address; the DNS is not asked while somebody waits."""
        return str(self.normalize(email))


def _commit(response: Response) -> Response:
    """Flask-Security leaves the commit to the end of the request, and forgets it at times."""
    db.session.commit()
    return response


def init_security(app: Flask, config: Config) -> None:
    """Everything that stands between a request and a page."""
    if config.proxies:
        n = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.config.update(_settings(config))
    app.before_request(enforce)
    CSRFProtect(app)
    Security(app, SQLAlchemyUserDatastore(db, User, Role), mail_util_cls=OutboxMailUtil)
    _forget_visitors(app)
    app.after_request(harden)


def _forget_visitors(app: Flask) -> None:
    """Neither address nor browser is noted, nobody is remembered after the browser closes.

    Without its hook Flask-Login also leaves the session alone on pages that do not read it,
    so that what is the same for everybody can be cached.
    """
    manager: LoginManager = app.login_manager  # type: ignore[attr-defined]
    manager.session_protection = None
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    # Flask-Principal would read the session, and so vary by cookie, even for stylesheets.
    principal = app.extensions["security"].principal
    app.before_request_funcs[None].remove(principal._on_before_request)


def init_limits(app: Flask, config: Config) -> None:
    """Slow down whoever guesses passwords. Call it once all pages are registered."""
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=config.redis_url or "memory://",
        in_memory_fallback_enabled=bool(config.redis_url),
        swallow_errors=not config.testing,
        enabled=not config.testing,
    )
    app.extensions["surveyapp.limiter"] = limiter  # its decorators only hold a weak reference
    views: dict[str, Any] = app.view_functions
    for endpoint, limit in LIMITS.items():
        views[endpoint] = limiter.limit(limit, methods=["POST"])(views[endpoint])
    for limit, key in ((PER_ACCOUNT_HERE, _account_tried_here), (PER_ACCOUNT, _account_tried)):
        by_account = limiter.limit(limit, methods=["POST"], key_func=key)
        views["security.login"] = by_account(views["security.login"])


def _account_tried() -> str:
    return "account:" + request.form.get("email", "").strip().casefold()[:320]


def _account_tried_here() -> str:
    return f"{get_remote_address()} {_account_tried()}"


def _settings(config: Config) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure,
        "SESSION_COOKIE_NAME": "__Host-session" if config.secure else "session",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        # As long as the session: a token that expires would lose somebody's answers.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_ENABLED": not config.testing,
        "SECURITY_URL_PREFIX": "/compte",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_LOGIN_URL": "/connexion",
        "SECURITY_LOGOUT_URL": "/deconnexion",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_RESET_URL": "/mot-de-passe-oublie",
        "SECURITY_CHANGE_URL": "/mot-de-passe",
        "SECURITY_VERIFY_URL": "/verification",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/deux-etapes",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/code-perdu",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/codes-de-secours",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/code-de-secours",
        "SECURITY_POST_LOGIN_VIEW": "/compte/accueil",
        "SECURITY_POST_LOGOUT_VIEW": "/compte/connexion",
        "SECURITY_POST_CHANGE_VIEW": "/compte/",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/compte/",
        "SECURITY_PASSWORD_SALT": config.password_salt or config.secret_key,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_TRACKABLE": False,
        "SECURITY_CACHE_CONTROL": None,  # ours; theirs is malformed with Werkzeug 3.1
        "SECURITY_REGISTERABLE": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TOTP_SECRETS": {"1": totp_key(config)},
        "SECURITY_TOTP_ISSUER": "surveyapp",
        "SECURITY_EMAIL_SENDER": config.mail_from,
        "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Choisir un nouveau mot de passe",
        "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Votre mot de passe a été changé",
        "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Votre mot de passe a été changé",
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }
    for name in ("TWO_FACTOR_VALIDITY_COOKIE", "CSRF_COOKIE"):
        settings[f"SECURITY_{name}"] = {
            "httponly": True,
            "secure": config.secure,
            "samesite": "Strict",
        }
    for name, text in MESSAGES.items():
        settings[f"SECURITY_MSG_{name}"] = (typeset(text), "error" if "INVALID" in name else "info")
    settings["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = (
        QUICK_HASH if config.testing else STRONG_HASH
    )
    return settings


def enforce() -> BaseResponse | None:
    """Let a request through only if the table of permissions says so."""
    endpoint = request.endpoint
    if endpoint is None:  # no such page: the 404 comes by itself
        return None
    _announce_write(endpoint)
    needed = ENDPOINTS.get(endpoint)
    if needed is None:
        log.error("%s is not in surveyapp/permissions.py", endpoint)
        abort(403)
    if needed is Permission.PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _sign_in_first()
    if not can(needed):
        abort(403)
    if endpoint in UPLOADS:
        request.max_content_length = UPLOADS[endpoint]
    return None


def _sign_in_first() -> BaseResponse:
    if wants_json():
        response = jsonify(error="Connectez-vous.")
        response.status_code = 401
        return response
    if held := held_page():
        return held
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=target))


def wants_json() -> bool:
    """Whether the visitor is a script of ours rather than a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _announce_write(endpoint: str) -> None:
    if request.method == "POST" and endpoint in WRITING:
        db.session.connection(execution_options={"surveyapp_write": True})


def harden(response: Response) -> Response:
    """Add the security headers. A page says for itself when it may be kept."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SURVEYAPP"].secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
